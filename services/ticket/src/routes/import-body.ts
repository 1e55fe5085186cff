import { baseErrors, decoded, decodedBody, problem, type Charset } from '@dueline/http'

/** Most lines of one import, blank ones included. */
export const linesMax = 100_000

/** A line of a body: its number from 1, and its text; null when its bytes are no text of the charset. */
export interface TextLine {
  readonly line: number
  readonly text: string | null
}

/**
 * The lines of a body that are not blank, read one by one; a byte order mark at the start is no part of them.
 * @throws Problem 413 when there are more than 100,000, counted before any is read, 400 for a body that is no UTF-16
 */
export function linesOf (body: Buffer, charset: Charset): Iterable<TextLine> {
  const { name, decoder, isBytewise } = charset
  if (isBytewise) return countedLines(body, (part) => decoded(part, decoder))
  const text = decodedBody(body, charset)
  if (text === null) {
    return problem(baseErrors.validation_failed, { faults: [{ pointer: '', message: `is not ${name}` }] })
  }
  return countedLines(text, (part) => part)
}

function countedLines<Whole extends string | Buffer> (
  whole: Whole,
  textOf: (part: Whole) => string | null
): Iterable<TextLine> {
  let count = 0
  for (let at = 0; at < whole.length; count++) {
    if (count === linesMax) {
      problem(baseErrors.payload_too_large, {
        detail: `an import may have at most ${linesMax} lines, blank ones included`
      })
    }
    const end = whole.indexOf('\n', at)
    at = end === -1 ? whole.length : end + 1
  }
  return splitLines(whole, textOf)
}

function* splitLines<Whole extends string | Buffer> (
  whole: Whole,
  textOf: (part: Whole) => string | null
): Generator<TextLine> {
  for (let at = 0, line = 1; at < whole.length; line++) {
    const found = whole.indexOf('\n', at)
    const end = found === -1 ? whole.length : found
    const text = textOf((typeof whole === 'string' ? whole.slice(at, end) : whole.subarray(at, end)) as Whole)
    if (text === null || text.trim() !== '') yield { line, text }
    at = end + 1
  }
}

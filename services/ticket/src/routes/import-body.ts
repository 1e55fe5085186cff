import { TextDecoder } from 'node:util'
import { baseErrors, problem } from '@dueline/http'

/** Most lines of one import, blank ones included. */
export const linesMax = 100_000

/** How texts of a charset are read: by which decoder, and whether a line break is the byte 10 in it. */
export interface Charset {
  name: string
  decoder: string
  isBytewise: boolean
}

// what exports of other systems come in; all that a decoder knows would include many a surprise
const bytewise = [
  'utf-8',
  'iso-8859-1',
  'iso-8859-6',
  'iso-8859-15',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'windows-1256'
]
const charsets = new Map<string, Charset>([
  ...bytewise.map((name): [string, Charset] => [name, { name, decoder: name, isBytewise: true }]),
  ['us-ascii', { name: 'us-ascii', decoder: 'utf-8', isBytewise: true }],
  ['utf-16', { name: 'utf-16', decoder: 'utf-16le', isBytewise: false }],
  ['utf-16le', { name: 'utf-16le', decoder: 'utf-16le', isBytewise: false }],
  ['utf-16be', { name: 'utf-16be', decoder: 'utf-16be', isBytewise: false }]
])

/** Names of the charsets that can be read. */
export const charsetNames: readonly string[] = [...charsets.keys()]

/**
 * The charset that a `Content-Type` declares; UTF-8 when it declares none. @throws Problem 415 for one that cannot be
 * read
 */
export function charsetOf (contentType: string): Charset {
  const declared = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1] ?? 'utf-8'
  return (
    charsets.get(declared.toLowerCase()) ??
      problem(baseErrors.unsupported_media_type, { detail: `the charset must be one of ${charsetNames.join(', ')}` })
  )
}

/** A line of a body: its number from 1, and its text; null when its bytes are no text of the charset. */
export interface TextLine {
  readonly line: number
  readonly text: string | null
}

/**
 * The lines of a body that are not blank, read one by one; a byte order mark at the start is no part of them.
 * @throws Problem 413 when there are more than 100,000, counted before any is read, 400 for a body that is no UTF-16
 */
export function linesOf (body: Buffer, { name, decoder, isBytewise }: Charset): Iterable<TextLine> {
  if (isBytewise) return countedLines(body, (part) => decoded(part, decoder))
  // without a declared order the mark at the start says it
  const isBigEndian = name === 'utf-16' && body[0] === 0xfe && body[1] === 0xff
  const text = decoded(body, isBigEndian ? 'utf-16be' : decoder)
  if (text === null) {
    return problem(baseErrors.validation_failed, { faults: [{ pointer: '', message: `is not ${name}` }] })
  }
  return countedLines(text, (part) => part)
}

const decoders = new Map<string, TextDecoder>()

function decoderOf (name: string): TextDecoder {
  const decoder = decoders.get(name) ?? new TextDecoder(name, { fatal: true })
  decoders.set(name, decoder)
  return decoder
}

function decoded (bytes: Uint8Array, decoder: string): string | null {
  try {
    return decoderOf(decoder).decode(bytes)
  } catch {
    return null
  }
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

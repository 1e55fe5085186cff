import { escapePointer } from './json-pointer.ts'

/** What is wrong with a JSON value, and where: a JSON pointer (RFC 6901), empty for the value itself. */
export interface JsonFault {
  pointer: string
  message: string
}

/** Deepest nesting of objects and arrays that is taken in: far more than anybody means, and what recursion bears. */
export const jsonDepthMax = 100
const faultsMax = 100
const badCharacters = 'a zero character or half a surrogate pair'

/** Whether Postgres takes a text: the zero character it refuses, and halves of surrogate pairs are no characters. */
function isStorable (text: string): boolean {
  return !text.includes('\0') && !/\p{Cs}/u.test(text)
}

/** A step of a pointer, itself fit to be kept. */
function tokenOf (step: string | number): string {
  return escapePointer(String(step))
    .replaceAll('\0', '\ufffd')
    .replace(/\p{Cs}/gu, '\ufffd')
}

/** A double holds every integer of fewer digits. */
const manyDigits = 16

/**
 * Whether a text has `manyDigits` digits in a row. It looks at one character in so many, and around it where that is a
 * digit: every request comes by here, and an expression would take as long as parsing does.
 */
function hasManyDigits (text: string): boolean {
  const isDigit = (at: number): boolean => {
    const code = text.charCodeAt(at)
    return code >= 48 && code <= 57
  }
  for (let at = manyDigits - 1; at < text.length; at += manyDigits) {
    if (!isDigit(at)) continue
    let [from, to] = [at, at + 1]
    while (isDigit(from - 1)) from--
    while (to - from < manyDigits && isDigit(to)) to++
    if (to - from >= manyDigits) return true
  }
  return false
}

/**
 * `value` as it was parsed from `text`, but an integer of which a double would lose digits, such as 9007199254740993,
 * stands in it as a bigint, for `jsonFaults` to refuse. Costs a glance over the text unless that holds 16 digits in a
 * row.
 */
export function withInexactIntegers (text: string, value: unknown): unknown {
  if (!hasManyDigits(text)) return value
  try {
    // whoever parsed it may have passed over a byte order mark
    return JSON.parse(text.replace(/^\ufeff/, ''), inexactAsBigint)
  } catch {
    // The stack does not bear such depth; the value is refused for it.
    return value
  }
}

function inexactAsBigint (_name: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value
  if (!Number.isFinite(value) || !/^-?[0-9]+$/.test(source)) return value
  const written = BigInt(source)
  return written === BigInt(value) ? value : written
}

/**
 * What in a parsed JSON value cannot be taken in, whatever its schema says: nesting deeper than 100 levels, characters
 * that Postgres refuses, in texts and in names, and numbers that no double holds: those which `JSON.parse` reads as
 * Infinity, and integers that would lose digits (see `withInexactIntegers`).
 * In document order, at most 100. What lies deeper than that is not looked at, so that the check bears what it refuses;
 * the pointers can be stored. Bytes have no faults here: whoever reads them as JSON asks about what he has read.
 */
export function jsonFaults (value: unknown): JsonFault[] {
  const faults: JsonFault[] = []
  const path: (string | number)[] = []

  function note (message: string): void {
    faults.push({ pointer: path.map((step) => `/${tokenOf(step)}`).join(''), message })
  }

  function visitMembers (members: object): void {
    if (path.length >= jsonDepthMax) return note(`must not be nested deeper than ${jsonDepthMax} levels`)
    const steps = Array.isArray(members) ? members.keys() : Object.keys(members)
    for (const step of steps) {
      if (faults.length >= faultsMax) return
      path.push(step)
      if (typeof step === 'string' && !isStorable(step)) note(`is a name that holds ${badCharacters}`)
      visit((members as Record<string | number, unknown>)[step])
      path.pop()
    }
  }

  function visit (value: unknown): void {
    if (typeof value === 'string') {
      if (!isStorable(value)) note(`must not hold ${badCharacters}`)
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) note('must be a number between -1.8e308 and 1.8e308')
    } else if (typeof value === 'bigint') {
      note(
        'must be an integer of which no digit would be lost, as from -(2^53) to 2^53; longer ones can be sent as text'
      )
    } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) visitMembers(value)
  }

  visit(value)
  return faults.slice(0, faultsMax)
}

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
  return String(step)
    .replaceAll('~', '~0')
    .replaceAll('/', '~1')
    .replaceAll('\0', '\ufffd')
    .replace(/\p{Cs}/gu, '\ufffd')
}

/**
 * What in a parsed JSON value cannot be taken in, whatever its schema says: nesting deeper than 100 levels, characters
 * that Postgres refuses, in texts and in names, and numbers that no double holds, which `JSON.parse` reads as Infinity.
 * In document order, at most 100. What lies deeper than that is not looked at, so that the check bears what it refuses;
 * the pointers can be stored.
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
    } else if (typeof value === 'object' && value !== null) visitMembers(value)
  }

  visit(value)
  return faults.slice(0, faultsMax)
}

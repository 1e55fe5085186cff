// What people and programs make of a value in a cell, and back. A value that could mean two things is refused.
import { formatDuration, type Micros } from '@dueline/business-time'
import { existingInstant, isUuid } from '@dueline/contracts'

/** What a cell of a file holds. */
export type Cell = string | number | boolean | Date | null
/** What a cell turned out to mean, or why it cannot be read. */
export type Read = { readonly value: unknown } | { readonly fault: string }

const hourMicros = 3_600_000_000
const firstYearOfDates = Date.UTC(1970, 0, 1)

/** A cell as a text; Arabic digits stay as they are. */
export function readText (cell: Cell): Read {
  if (cell instanceof Date) return { fault: 'is a date; make the cell a text' }
  return { value: String(cell) }
}

/** An id, in the one form in which it is stored. */
export function readId (cell: Cell): Read {
  const text = wordOf(cell).toLowerCase()
  return isUuid(text) ? { value: text } : { fault: 'must be a UUID' }
}

/** One of the given words; case does not count. */
export function readWord (cell: Cell, words: readonly string[]): Read {
  const text = wordOf(cell)
  const word = words.find((one) => one.toLowerCase() === text.toLowerCase())
  return word === undefined ? { fault: `must be one of ${words.join(', ')}` } : { value: word }
}

/** Words one after the other, `none` for an empty list. */
export function readWords (cell: Cell, words: readonly string[]): Read {
  const text = wordOf(cell)
  if (text.toLowerCase() === 'none') return { value: [] }
  const read = text.split(/[\s,;،]+/).filter((part) => part !== '').map((part) => readWord(part, words))
  const wrong = read.find((one) => 'fault' in one)
  return wrong ?? { value: read.map((one) => 'value' in one ? one.value : null) }
}

export function writeWords (words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join(' ')
}

const yes = ['true', 'yes', '1', 'wahr', 'vrai', 'نعم']
const no = ['false', 'no', '0', 'falsch', 'faux', 'لا']

/** Yes or no, also in the words that spreadsheets write in other languages. */
export function readBoolean (cell: Cell): Read {
  const text = digitsOf(wordOf(cell)).toLowerCase()
  if (yes.includes(text)) return { value: true }
  return no.includes(text) ? { value: false } : { fault: 'must be true or false' }
}

/** A whole number; `1.0` and `1,00` are one, `1,000` could be two things. */
export function readInteger (cell: Cell): Read {
  const text = digitsOf(wordOf(cell)).replace(/^(-?\d+)[.,]0{1,2}$/, '$1')
  return /^-?\d{1,15}$/.test(text) ? { value: Number(text) } : { fault: 'must be a whole number such as 5 or -3' }
}

const instantWanted = 'must be a date such as 2026-03-01, or an instant such as 2026-03-01T08:00:00Z; ' +
  'a date that begins with a day or month could be two'

/** An instant, as text with microseconds; a date or a time without a zone is in UTC. */
export function readInstant (cell: Cell): Read {
  if (cell instanceof Date) {
    return cell.getTime() >= firstYearOfDates ? { value: cell.toISOString() } : { fault: 'must be after 1970' }
  }
  if (typeof cell === 'number') return { fault: 'is a number; give the cell the format of a date' }
  const text = digitsOf(wordOf(cell))
  const local = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d(?:\.\d{1,6})?)?)?$/.exec(text)
  const written = local === null ? text : `${local[1]}T${local[2] ?? '00:00'}${local[3] ?? ':00'}Z`
  return existingInstant(written) === null ? { fault: instantWanted } : { value: written }
}

const durationWanted = 'must be a duration such as PT4H, 4h, 90m or 4:30; days are not hours'
const units: Readonly<Record<string, number>> = { h: hourMicros, m: hourMicros / 60, s: hourMicros / 3_600 }

/** A duration: ISO 8601, `1h 30m`, hours and minutes with a colon, or a time of a spreadsheet. */
export function readDuration (cell: Cell, is1904 = false): Read {
  if (cell instanceof Date) return readTimeOfDay(cell, is1904)
  if (typeof cell === 'number') return { fault: `is the number ${cell} without a unit: ${durationWanted}` }
  const text = digitsOf(wordOf(cell))
  if (/^P/i.test(text)) return { value: text.toUpperCase() }
  const clock = /^(\d{1,6}):([0-5]\d)(?::([0-5]\d))?$/.exec(text)
  if (clock !== null) {
    const [, hours, minutes, seconds = 0] = clock
    return { value: formatDuration((Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000) }
  }
  const parts = [...text.matchAll(/(\d{1,7})\s*(h|m|s)[a-z]*\.?\s*/gi)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return { fault: durationWanted }
  const micros = parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!.toLowerCase()]!, 0)
  return { value: formatDuration(micros) }
}

/** A spreadsheet counts a duration in days from the day on which its dates begin. */
function readTimeOfDay (date: Date, is1904: boolean): Read {
  // there is no 29 February 1900, but spreadsheets count it
  const start = is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, date.getTime() < Date.UTC(1900, 2, 1) ? 31 : 30)
  const micros: Micros = Math.round((date.getTime() - start) / 1_000) * 1_000_000
  return micros < 0 || date.getTime() >= Date.UTC(1915, 0, 1)
    ? { fault: `is a date: ${durationWanted}` }
    : { value: formatDuration(micros) }
}

/** Without what surrounds it, and what cannot be seen. */
function wordOf (cell: Cell): string {
  return cell instanceof Date ? cell.toISOString() : String(cell).replace(/[\u200b-\u200f\ufeff\u00a0]/g, ' ').trim()
}

/** Arabic digits as those of the wire. */
function digitsOf (text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
}

import type { Micros } from '@dueline/business-time'
import { bigint, customType } from 'drizzle-orm/pg-core'

const microsPerSecond = 1_000_000
const secondsPerDay = 86_400

/**
 * First and last instant that `instantParam` and `readInstant` carry without loss: 1700 up to 2255, in microseconds.
 */
export const instantRange = { from: -8_520_336_000_000_000, to: 9_007_199_254_740_991 } as const

const instantText =
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d)(?::?(\d\d))?(?::(\d\d))?)$/

/**
 * Days since 1970-01-01 of a proleptic Gregorian date (the method of H. Hinnant, "chrono-compatible date algorithms").
 */
function dayNumber (year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

function dateText (days: number): string {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const m = Math.floor((5 * dayOfYear + 2) / 153)
  const month = m < 10 ? m + 3 : m - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfYear - Math.floor((153 * m + 2) / 5) + 1, 2)}`
}

function pad (value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/**
 * The text that stands for an instant as a query parameter: UTC, six decimals, `+00`.
 * @throws RangeError when `micros` is not an integer within `instantRange`
 */
export function instantParam (micros: Micros): string {
  if (!Number.isSafeInteger(micros) || micros < instantRange.from) {
    throw new RangeError(`not an instant in microseconds: ${micros}`)
  }
  const seconds = Math.floor(micros / microsPerSecond)
  const fraction = micros - seconds * microsPerSecond
  const days = Math.floor(seconds / secondsPerDay)
  const second = seconds - days * secondsPerDay
  const minutes = `${pad(Math.floor(second / 3600), 2)}:${pad(Math.floor(second / 60) % 60, 2)}`
  return `${dateText(days)} ${minutes}:${pad(second % 60, 2)}.${pad(fraction, 6)}+00`
}

/** The number that the digits of `text` in `[from, to)` are; NaN when one is no digit. */
function digits (text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : NaN
  }
  return value
}

/** Most of what is read is printed so, and a pattern takes five times as long; NaN where it is not. */
const usual = '2026-01-01 12:00:00.000000+00'

function readUsual (text: string): number {
  if (text.length > usual.length || !text.endsWith('+00')) return NaN
  for (const at of [4, 7, 10, 13, 16]) if (text[at] !== usual[at]) return NaN
  const end = text.length - 3
  const fraction = end === 19 ? 0 : text[19] === '.' && end > 20 ? digits(text, 20, end) * 10 ** (26 - end) : NaN
  const day = dayNumber(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10))
  const minute = digits(text, 11, 13) * 60 + digits(text, 14, 16)
  return (day * secondsPerDay + minute * 60 + digits(text, 17, 19)) * microsPerSecond + fraction
}

/**
 * Reads `timestamptz` text as Postgres prints it (also inside JSON), in any numeric zone offset, to the microsecond.
 * @throws RangeError for `infinity`, years before Christ, or instants outside `instantRange`
 */
export function readInstant (text: string): Micros {
  const usual = readUsual(text)
  if (Number.isSafeInteger(usual) && usual >= instantRange.from) return usual
  const m = instantText.exec(text)
  if (m === null) throw new RangeError(`not a timestamptz text: ${text}`)
  const day = dayNumber(Number(m[1]), Number(m[2]), Number(m[3]))
  const offset = (Number(m[9] ?? 0) * 60 + Number(m[10] ?? 0)) * 60 + Number(m[11] ?? 0)
  const seconds = day * secondsPerDay + (Number(m[4]) * 60 + Number(m[5])) * 60 + Number(m[6]) -
    (m[8] === '-' ? -offset : offset)
  const micros = seconds * microsPerSecond + Number((m[7] ?? '').padEnd(6, '0'))
  if (!Number.isSafeInteger(micros) || micros < instantRange.from) {
    throw new RangeError(`instant outside 1700 to 2255: ${text}`)
  }
  return micros
}

const instantColumn = customType<{ data: Micros, driverData: string }>({
  dataType: () => 'timestamp with time zone',
  toDriver: instantParam,
  fromDriver: readInstant
})

/** A drizzle `timestamptz` column that reads and writes `Micros` without losing a microsecond. */
export function instant<Name extends string> (name: Name) {
  return instantColumn(name)
}

/** A drizzle `bigint` column for a duration or instant in microseconds, read as a plain number. */
export function micros<Name extends string> (name: Name) {
  return bigint(name, { mode: 'number' })
}

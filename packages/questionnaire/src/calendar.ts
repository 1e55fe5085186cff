// Dates, times and instants as texts that sort as they follow one another: years 0001 to 9999, Gregorian.
import { datePattern, dateTimePattern, timePattern } from './format.ts'

const DAY_MS = 86_400_000
const isDate = new RegExp(datePattern)
const isTime = new RegExp(timePattern)
const isDateTime = new RegExp(dateTimePattern)

/** `2026-02-28`, or undefined for a day that is not in the calendar. */
export function readDate (text: string): string | undefined {
  return isDate.test(text) && dayOf(text) !== undefined ? text : undefined
}

/** `HH:MM` or `HH:MM:SS` as `HH:MM:SS`. */
export function readTime (text: string): string | undefined {
  if (!isTime.test(text)) return undefined
  return text.length === 5 ? `${text}:00` : text
}

/** An RFC 3339 instant with offset, in UTC with milliseconds: `2026-11-29T07:00:00.000Z`. */
export function readDateTime (text: string): string | undefined {
  if (!isDateTime.test(text) || readDate(text.slice(0, 10)) === undefined) return undefined
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) return undefined
  const utc = new Date(ms).toISOString()
  return utc.length === 24 ? utc : undefined
}

/** The date so many days later; null where the calendar ends. */
export function addDays (date: string, days: number): string | null {
  const day = dayOf(date)
  if (day === undefined || !Number.isSafeInteger(days)) return null
  const later = new Date((day + days) * DAY_MS)
  if (Number.isNaN(later.getTime()) || later.getUTCFullYear() < 1 || later.getUTCFullYear() > 9999) return null
  return later.toISOString().slice(0, 10)
}

/** Days from one date to another, negative when the second is earlier. */
export function daysBetween (from: string, to: string): number | null {
  const first = dayOf(from)
  const second = dayOf(to)
  return first === undefined || second === undefined ? null : second - first
}

/** Days since 1970-01-01; undefined for a day that is not in the calendar. */
function dayOf (date: string): number | undefined {
  const year = Number(date.slice(0, 4))
  const month = Number(date.slice(5, 7))
  const day = Number(date.slice(8, 10))
  if (year < 1) return undefined
  const utc = new Date(0)
  utc.setUTCFullYear(year, month - 1, day)
  return utc.getUTCDate() === day && utc.getUTCMonth() === month - 1 ? Math.round(utc.getTime() / DAY_MS) : undefined
}

import { dateOfDayNumber, dayNumberOf, EPOCH_DAY } from './local-date.ts'
import { assertInstant, DAY, HOUR, LAST_INSTANT, MINUTE, SECOND, type Micros } from './micros.ts'
import { shown } from './shown.ts'

const PATTERN = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(?:Z|([+-])(\d{2}):(\d{2}))$/

/**
 * Reads an RFC 3339 instant such as `2026-03-29T01:30:00.25+02:00`.
 *
 * Capital `T` and `Z`, seconds required and at most 59, one to six decimals, an offset of up to ±23:59.
 * Returns microseconds since 1970-01-01T00:00Z. Throws `RangeError` on any other text, on a date that does
 * not exist, and on an instant outside 1970-01-01T00:00Z to 2255-06-05T23:47:34.740991Z.
 */
export function parseInstant (text: string): Micros {
  const match = typeof text === 'string' ? PATTERN.exec(text) : null
  const day = match === null ? null : dayNumberOf(match[1]!)
  if (match === null || day === null) throw notAnInstant(text)
  const [hour, minute, second] = [Number(match[2]), Number(match[3]), Number(match[4])]
  const [offsetHour, offsetMinute] = [Number(match[7] ?? 0), Number(match[8] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) throw notAnInstant(text)
  const fraction = Number((match[5] ?? '').padEnd(6, '0'))
  const offset = (match[6] === '-' ? -1 : 1) * (offsetHour * HOUR + offsetMinute * MINUTE)
  const time = hour * HOUR + minute * MINUTE + second * SECOND + fraction
  const instant = (day - EPOCH_DAY) * DAY + (time - offset)
  if (!(instant >= 0 && instant <= LAST_INSTANT)) {
    throw new RangeError(`instant outside 1970 to 2255-06-05T23:47:34.740991Z: ${shown(text)}`)
  }
  return instant
}

/**
 * Writes an instant in UTC, always with six decimals: `2026-03-28T23:30:00.250000Z`.
 * Throws `RangeError` unless `instant` is integer microseconds from 1970 to 2255.
 */
export function formatInstant (instant: Micros): string {
  assertInstant(instant, 'instant')
  const day = Math.floor(instant / DAY)
  const time = instant - day * DAY
  const [hour, minute] = [Math.floor(time / HOUR), Math.floor(time % HOUR / MINUTE)]
  const second = Math.floor(time % MINUTE / SECOND)
  const date = dateOfDayNumber(day + EPOCH_DAY)
  return `${date}T${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}.${pad(time % SECOND, 6)}Z`
}

function pad (value: number, width: number): string {
  return String(value).padStart(width, '0')
}

function notAnInstant (text: unknown): RangeError {
  return new RangeError(`not an RFC 3339 instant: ${shown(text)}`)
}

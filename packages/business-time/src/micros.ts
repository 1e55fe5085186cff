import { shown } from './shown.ts'

/** Integer microseconds: an instant counts from 1970-01-01T00:00Z, a duration is a plain amount. */
export type Micros = number

export const SECOND = 1_000_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const WEEK = 7 * DAY

/** The last instant a safe integer can hold: 2255-06-05T23:47:34.740991Z. */
export const LAST_INSTANT: Micros = Number.MAX_SAFE_INTEGER

/** Throws `RangeError` unless `value` is an integer from 0 (1970) to the last safe one (2255). */
export function assertInstant (value: number, name: string): void {
  if (!(Number.isSafeInteger(value) && value >= 0)) {
    throw new RangeError(`${name} must be integer microseconds from 1970 to 2255, not ${shown(value)}`)
  }
}

/** Throws `RangeError` unless `value` is a safe integer; a duration may be negative. */
export function assertDuration (value: number, name: string): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${name} must be integer microseconds, not ${shown(value)}`)
}

/** Throws `RangeError` unless `value` is a safe integer. */
export function assertCount (value: number, name: string): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${name} must be an integer, not ${shown(value)}`)
}

/** Throws `RangeError` unless `value` is one of the words an option takes. */
export function assertWord (value: string, words: readonly string[], name: string): void {
  if (!words.includes(value)) throw new RangeError(`${name} must be ${words.join(' or ')}, not ${shown(value)}`)
}

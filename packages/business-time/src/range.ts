import { EPOCH_DAY } from './local-date.ts'
import { DAY, WEEK, type Micros } from './micros.ts'

/** The end of the range, itself not an instant of it: one past the last safe integer. */
export const RANGE_END: Micros = Number.MAX_SAFE_INTEGER + 1

/** An interval of instants `[from, to)`. */
export interface Bounds {
  readonly from: Micros
  readonly to: Micros
}

export const WHOLE_RANGE: Bounds = { from: 0, to: RANGE_END }

/**
 * The first instant of a week on a line of days, which is UTC moved by `shift`. Weeks are counted as days are: week `w`
 * is the days `7w` to `7w + 6` and starts on a Monday.
 */
export function startOfWeek (week: number, shift: Micros): Micros {
  return (7 * week - EPOCH_DAY) * DAY - shift
}

/** The week of an instant on the line moved by `shift`. */
export function weekOf (t: Micros, shift: Micros): number {
  return Math.floor((t + shift + EPOCH_DAY * DAY) / WEEK)
}

import type { Micros } from './micros.ts'
import type { Inverse } from './open-time.ts'
import type { Landing } from './working-days.ts'

/** An open interval `[from, to)` of exact instants. */
export interface OpenInterval {
  readonly from: Micros
  readonly to: Micros
}

export interface AddOptions {
  /**
   * Which instant answers when several have the same open time since `t`, that is from a close to the next opening:
   * `earliest` is the close, `latest` the next opening. Left out, it is the first one met on the way from `t`:
   * the earliest for a duration forward, the latest for one back, `t` itself for none.
   */
  readonly inverse?: Inverse
}

export interface WorkingDayOptions {
  /**
   * Where on the date to land: at the wall-clock time of `t` (`sameTime`, the default, open or not), at the first
   * opening of the date (`open`) or at the last close of the date (`close`).
   */
  readonly at?: Landing
}

/**
 * When something is open, exact to the microsecond from 1970-01-01T00:00Z to 2255-06-05T23:47:34.740991Z.
 *
 * Instants are integer microseconds since 1970-01-01T00:00Z, durations integer microseconds of open time. Every method
 * throws `RangeError` when a number is not whole or an instant is out of range, answers null when there is no such
 * instant in the range, and depends on nothing but its arguments. Open intervals include their start and not their end.
 */
export interface Calendar {
  /**
   * The IANA zone whose dates `addWorkingDays` counts: that of the calendar, or `UTC` for a combination of several
   * zones.
   */
  readonly timezone: string

  /**
   * The version of the IANA data that gave the zones their rules, such as `2025c`; `unknown` where the platform does
   * not say.
   */
  readonly zoneDataVersion: string

  /** Whether instant `t` is open: at an opening it is, at a close it no longer is. */
  isOpen(t: Micros): boolean

  /**
   * The instant with `d` microseconds of open time since `t`; a negative `d` goes back. A duration that is used up
   * exactly at a close ends there, not at the next opening, unless `options.inverse` says otherwise. `add(t, 0)` is
   * `t`.
   */
  add(t: Micros, d: Micros, options?: AddOptions): Micros | null

  /** Microseconds of open time from `a` to `b`; negative when `b` is before `a`. */
  diff(a: Micros, b: Micros): Micros

  /** The first open instant at or after `t`. */
  nextOpen(t: Micros): Micros | null

  /** The end of the first open interval that ends after `t`. Null also when it never ends. */
  nextClose(t: Micros): Micros | null

  /**
   * The last instant at or before `t` with open time just before it; `t` itself when `t` is in the middle of open time.
   */
  previousClose(t: Micros): Micros | null

  /** The open intervals within `[from, to)` in order, cut off at both. Found one by one while iterating. */
  openIntervals(from: Micros, to: Micros): Iterable<OpenInterval>

  /**
   * The `n`-th working date after the date of `t` in `timezone`, or before it for a negative `n`. A working date is one
   * with any open time. A wall-clock time that a change of offset skips on that date is moved on by the gap; one that
   * it repeats is taken the first time. With `n` = 0, `sameTime` is `t`, and `open` and `close` are those of the date
   * of `t` or, if it is no working date, of the next one.
   */
  addWorkingDays(t: Micros, n: number, options?: WorkingDayOptions): Micros | null
}

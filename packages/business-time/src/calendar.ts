import { assertInstant, LAST_INSTANT, type Micros } from './micros.ts'
import { type Inverse, OpenTime } from './open-time.ts'
import { closedTimeOf } from './combined-opening.ts'
import type { Opening } from './opening.ts'
import { RANGE_END } from './range.ts'

export interface AddOptions {
  /**
   * Which instant answers when several have the same open time since `t`, that is from a close to the next opening:
   * `earliest` is the close, `latest` the next opening. Left out, it is the first one met on the way from `t`:
   * the earliest for a duration forward, the latest for one back, `t` itself for none.
   */
  readonly inverse?: Inverse
}

/** An open stretch `[from, to)` of exact instants. */
export interface OpenInterval {
  readonly from: Micros
  readonly to: Micros
}

/**
 * When something is open, exact to the microsecond from 1970 to 2255.
 *
 * Instants are integer microseconds since 1970-01-01T00:00Z and durations integer microseconds; each method throws
 * `RangeError` for a number that is neither whole nor in range. Nothing depends on the current time.
 */
export class Calendar {
  /** The IANA zone whose wall clock the calendar follows. */
  readonly timezone: string
  readonly zoneDataVersion: string
  private readonly opening: Opening
  private readonly openTime: OpenTime
  private closedTime: OpenTime | null = null

  constructor (timezone: string, opening: Opening) {
    this.timezone = timezone
    this.zoneDataVersion = process.versions.tz ?? 'unknown'
    this.opening = opening
    this.openTime = new OpenTime(opening)
  }

  isOpen (t: Micros): boolean {
    return this.openTime.isOpen(t)
  }

  diff (a: Micros, b: Micros): Micros {
    return this.openTime.between(a, b)
  }

  add (t: Micros, d: Micros, options?: AddOptions): Micros | null {
    const inverse = options?.inverse
    if (inverse !== undefined) return this.openTime.after(t, d, inverse)
    if (d === 0) {
      assertInstant(t, 'instant')
      return t
    }
    return this.openTime.after(t, d, d < 0 ? 'latest' : 'earliest')
  }

  nextOpen (t: Micros): Micros | null {
    return this.openTime.after(t, 0, 'latest')
  }

  nextClose (t: Micros): Micros | null {
    const open = this.nextOpen(t)
    if (open === null) return null
    this.closedTime ??= new OpenTime(closedTimeOf(this.opening))
    return this.closedTime.after(open, 0, 'latest')
  }

  previousClose (t: Micros): Micros | null {
    return this.openTime.after(t, 0, 'earliest')
  }

  * openIntervals (from: Micros, to: Micros): Generator<OpenInterval, void, undefined> {
    assertInstant(from, 'from')
    assertInstant(to, 'to')
    let open = this.nextOpen(from)
    while (open !== null && open < to) {
      const close = this.nextClose(open) ?? RANGE_END
      yield { from: open, to: Math.min(close, to) }
      open = close < to ? this.nextOpen(close) : null
    }
  }
}
void LAST_INSTANT

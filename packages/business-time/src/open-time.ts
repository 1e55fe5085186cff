import { assertDuration, assertInstant, type Micros } from './micros.ts'
import type { Opening } from './opening.ts'
import { RANGE_END, startOfWeek, weekOf } from './range.ts'
import { FIRST_OPEN, Timeline } from './timeline.ts'

/**
 * Which instant answers when the open time since `t` is the same at several, that is from a close to the next opening:
 * `earliest` is the close, `latest` the next opening.
 */
export type Inverse = typeof INVERSES[number]

export const INVERSES = ['earliest', 'latest'] as const

/** How many weeks are indexed around the instants asked for, at least. */
const MARGIN_WEEKS = 50

/** The week of 1969-12-29; wherever one is, 1970 begins in it. */
const FIRST_WEEK = 1

/**
 * Open time over the whole range, indexed only where it is used: a timeline that turns out too short is replaced by a
 * wider one.
 */
export class OpenTime {
  private readonly opening: Opening
  private readonly endOfWeeks: number
  private line: Timeline | null = null
  private firstWeek = 0
  private endWeek = 0

  constructor (opening: Opening) {
    this.opening = opening
    this.endOfWeeks = weekOf(RANGE_END - 1, opening.shift) + 1
  }

  isOpen (t: Micros): boolean {
    return this.at(t).isOpen(t)
  }

  between (a: Micros, b: Micros): Micros {
    const indexed = this.line
    const line = indexed !== null && indexed.has(a) && indexed.has(b) ? indexed : this.covering(a, b)
    return line.openUntil(b) - line.openUntil(a)
  }

  /** The instant with `d` more open time than `t`; null when the range has none. */
  after (t: Micros, d: Micros, inverse: Inverse): Micros | null {
    const line = this.at(t)
    const less = inverse === 'earliest' ? 1 : 0
    if (Number.isInteger(d)) {
      const n = line.openUntil(t) + d - less
      if (n >= FIRST_OPEN && n < line.endOpen) {
        const instant = line.openingAt(n) + less
        if (instant >= 0 && instant < RANGE_END) return instant
      }
    }
    return this.search(t, d, less)
  }

  /** What `after` looks for, in as wide a timeline as it takes. */
  private search (t: Micros, d: Micros, less: number): Micros | null {
    assertDuration(d, 'duration')
    for (let line: Timeline | null = this.at(t); line !== null;) {
      const n = line.openUntil(t) + d - less
      if (n >= FIRST_OPEN && n < line.endOpen) {
        const instant = line.openingAt(n) + less
        return instant >= 0 && instant < RANGE_END ? instant : null
      }
      line = this.wider(line, n >= line.endOpen)
    }
    return null
  }

  /** Whether nothing is open from `t` on. */
  endsBefore (t: Micros): boolean {
    return this.opening.open.to <= t
  }

  /** Whether nothing is open before `t`. */
  beginsAfter (t: Micros): boolean {
    return this.opening.open.from >= t
  }

  /**
   * A timeline that covers instant `t`. This and `Timeline.has` are small so that the engine inlines them: numbers then
   * need no boxes.
   */
  private at (t: Micros): Timeline {
    const line = this.line
    return line !== null && line.has(t) ? line : this.covering(t, t)
  }

  /** A timeline that covers both instants. Throws `RangeError` unless they are instants. */
  private covering (a: Micros, b: Micros): Timeline {
    assertInstant(a, 'instant')
    assertInstant(b, 'instant')
    const { shift } = this.opening
    return this.cover(weekOf(Math.min(a, b), shift) - MARGIN_WEEKS, weekOf(Math.max(a, b), shift) + MARGIN_WEEKS)
  }

  /** A timeline twice as long, later or earlier; null when there is nothing open there. */
  private wider (line: Timeline, later: boolean): Timeline | null {
    const { open } = this.opening
    if (later ? line.to >= open.to : line.from <= open.from) return null
    const weeks = this.endWeek - this.firstWeek
    return later ? this.cover(this.firstWeek, this.endWeek + weeks) : this.cover(this.firstWeek - weeks, this.endWeek)
  }

  /** Indexes the weeks `[firstWeek, endWeek)` of the range together with those that are indexed already. */
  private cover (firstWeek: number, endWeek: number): Timeline {
    const { shift } = this.opening
    const indexed = this.line !== null
    this.firstWeek = Math.max(FIRST_WEEK, indexed ? Math.min(firstWeek, this.firstWeek) : firstWeek)
    this.endWeek = Math.min(this.endOfWeeks, indexed ? Math.max(endWeek, this.endWeek) : endWeek)
    const bounds = { from: startOfWeek(this.firstWeek, shift), to: startOfWeek(this.endWeek, shift) }
    this.line = new Timeline(this.opening.weeks(bounds, shift), this.firstWeek, this.endWeek, shift)
    return this.line
  }
}

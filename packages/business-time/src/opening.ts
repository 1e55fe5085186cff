import type { Micros } from './micros.ts'
import type { Bounds } from './range.ts'
import type { Spans } from './spans.ts'

/** The open time of the seven days of a week, Monday first, each within `[0, 24 h)`. */
export type WeekOfDays = readonly Spans[]

/**
 * Gives the open time of a week of a line by its number. Weeks that are alike are best the same object, but need not
 * be.
 */
export type WeekReader = (week: number) => WeekOfDays

/** Something that is open at times. */
export interface Opening {
  /** Nothing is open outside these bounds; there need not be anything open inside. */
  readonly open: Bounds
  /** Nothing is closed outside these. */
  readonly closed: Bounds
  /** Local time minus UTC on most days: on the line that is moved by it, most days are alike. */
  readonly shift: Micros
  /**
   * Reads the weeks that overlap `bounds`, on the line moved by `shift`. Outside the range 1970–2255 the answer is
   * arbitrary.
   */
  readonly weeks: (bounds: Bounds, shift: Micros) => WeekReader
}

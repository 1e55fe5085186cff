/**
 * An interval of wall-clock time `[from, to)`, each `HH:MM[:SS[.ffffff]]`; `to` before `from` runs past midnight,
 * `24:00` may end one.
 */
export type SpecInterval = readonly [from: string, to: string]

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

export type Weekday = typeof WEEKDAYS[number]

/** Intervals by weekday; a weekday that is left out has none. */
export type WeeklySpec = { readonly [weekday in Weekday]?: readonly SpecInterval[] }

/** Intervals by local date `YYYY-MM-DD`. */
export type DatedSpec = { readonly [date: string]: readonly SpecInterval[] }

/**
 * Weekly hours of their own for some time of one year, such as those of Ramadan. They take the place of `weekly` and
 * `weeklyBreaks` on the local dates `from` to `to`, both included.
 */
export interface SeasonSpec {
  readonly from: string
  readonly to: string
  readonly weekly: WeeklySpec
  readonly weeklyBreaks?: WeeklySpec
}

/** A calendar as people write it and as it travels in JSON. All times are wall-clock times of `timezone`. */
export interface CalendarSpec {
  /** IANA name, for example `Europe/Berlin`. */
  readonly timezone: string
  /** The intervals that start on each weekday. */
  readonly weekly: WeeklySpec
  /** Local dates that are closed from midnight to midnight, whatever else is said of them. */
  readonly holidays?: readonly string[]
  /** Dates `MM-DD` that are closed as `holidays` are, in every year; `02-29` in leap years. */
  readonly yearlyHolidays?: readonly string[]
  /** Replaces the intervals that start on a date; an empty list means none start. */
  readonly overrides?: DatedSpec
  /** Time taken away on a date. */
  readonly breaks?: DatedSpec
  /** Time taken away on a weekday, on overridden dates too. */
  readonly weeklyBreaks?: WeeklySpec
  /** In any order; no date is in two of them. */
  readonly seasons?: readonly SeasonSpec[]
}

const WHOLE_DAY: readonly SpecInterval[] = [['00:00', '24:00']]

/** Open at every instant, in UTC. */
export const ALWAYS_OPEN: CalendarSpec = {
  timezone: 'UTC',
  weekly: {
    mon: WHOLE_DAY,
    tue: WHOLE_DAY,
    wed: WHOLE_DAY,
    thu: WHOLE_DAY,
    fri: WHOLE_DAY,
    sat: WHOLE_DAY,
    sun: WHOLE_DAY
  }
}

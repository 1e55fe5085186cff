import type { CalendarFault } from './calendar-error.ts'
import { dayNumberOf } from './local-date.ts'
import type { SeasonSpec } from './spec.ts'

/**
 * How large a calendar from outside may be. Compiling takes any size; who accepts calendars from others checks this
 * first, as the cost of a calendar's first use grows with it. Intervals are those of one weekday or date; dates those
 * of one list, or of all seasons together.
 */
export const calendarLimits = { intervals: 48, dates: 5_000, yearlyHolidays: 366, seasons: 100 } as const

/** Where a calendar is larger than the limits; whatever else is wrong with it is passed over. */
export function calendarSizeFaults (spec: unknown): CalendarFault[] {
  const { holidays, yearlyHolidays, weekly, weeklyBreaks, overrides, breaks, seasons } = (spec ?? {}) as Record<
    string,
    unknown
  >
  return [
    ...sizeFault('/holidays', holidays, calendarLimits.dates, 'dates'),
    ...sizeFault('/yearlyHolidays', yearlyHolidays, calendarLimits.yearlyHolidays, 'dates'),
    ...daysFaults('/weekly', weekly),
    ...daysFaults('/weeklyBreaks', weeklyBreaks),
    ...daysFaults('/overrides', overrides),
    ...daysFaults('/breaks', breaks),
    ...seasonsFaults(seasons)
  ]
}

function seasonsFaults (seasons: unknown): CalendarFault[] {
  if (!Array.isArray(seasons)) return []
  if (seasons.length > calendarLimits.seasons) return [tooMany('/seasons', calendarLimits.seasons, 'seasons')]
  const days = seasons.reduce<number>((sum, season) => sum + daysOf(season), 0)
  if (days > calendarLimits.dates) return [tooMany('/seasons', calendarLimits.dates, 'dates in all')]
  return seasons.flatMap((season: Partial<SeasonSpec> | null, i) => [
    ...daysFaults(`/seasons/${i}/weekly`, season?.weekly),
    ...daysFaults(`/seasons/${i}/weeklyBreaks`, season?.weeklyBreaks)
  ])
}

function daysOf (season: Partial<SeasonSpec> | null): number {
  const [from, to] = [season?.from, season?.to].map((date) => typeof date === 'string' ? dayNumberOf(date) : null)
  return from == null || to == null ? 0 : Math.max(0, to - from + 1)
}

function daysFaults (path: string, value: unknown): CalendarFault[] {
  if (typeof value !== 'object' || value === null) return []
  const days = Object.entries(value)
  if (days.length > calendarLimits.dates) return [tooMany(path, calendarLimits.dates, 'dates')]
  return days.flatMap(([day, list]) => sizeFault(`${path}/${day}`, list, calendarLimits.intervals, 'intervals'))
}

function sizeFault (path: string, value: unknown, max: number, what: string): CalendarFault[] {
  return Array.isArray(value) && value.length > max ? [tooMany(path, max, what)] : []
}

function tooMany (path: string, max: number, what: string): CalendarFault {
  return { path, message: `must have at most ${max} ${what}` }
}

import type { CalendarFault } from './calendar-error.ts'

/**
 * How large a calendar from outside may be. Compiling takes any size; who accepts calendars from others checks this
 * first, as the cost of a calendar's first use grows with it. Intervals are those of one weekday or date; dates those
 * of one list.
 */
export const calendarLimits = { intervals: 48, dates: 5_000 } as const

/** Where a calendar is larger than the limits; whatever else is wrong with it is passed over. */
export function calendarSizeFaults (spec: unknown): CalendarFault[] {
  const { holidays, weekly, weeklyBreaks, overrides, breaks } = (spec ?? {}) as Record<string, unknown>
  return [
    ...sizeFault('/holidays', holidays, calendarLimits.dates, 'dates'),
    ...daysFaults('/weekly', weekly),
    ...daysFaults('/weeklyBreaks', weeklyBreaks),
    ...daysFaults('/overrides', overrides),
    ...daysFaults('/breaks', breaks)
  ]
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

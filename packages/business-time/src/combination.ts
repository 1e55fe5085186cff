import type { Calendar } from './calendar.ts'
import { CalendarError, type CalendarFault } from './calendar-error.ts'
import { allOf, anyOf, outside } from './combined-opening.ts'
import { CompiledCalendar } from './compiled-calendar.ts'
import type { Micros } from './micros.ts'
import type { Opening } from './opening.ts'
import { merged } from './spans.ts'
import { zoneNamed } from './zone.ts'

/** An interval `[from, to)` of instants, in microseconds since 1970-01-01T00:00Z. */
export interface ClosureWindow {
  readonly from: Micros
  readonly to: Micros
}

/**
 * A calendar that is open whenever any of the given ones is: the cover of a team in several places. Its `timezone` is
 * theirs, or `UTC` when they differ. Throws `TypeError` without calendars.
 */
export function unionOf (...calendars: readonly Calendar[]): Calendar {
  return combine(calendars, anyOf)
}

/**
 * A calendar that is open when all of the given ones are: an agreement that holds only while both sides work. Its
 * `timezone` is theirs, or `UTC` when they differ. Throws `TypeError` without calendars.
 */
export function intersectionOf (...calendars: readonly Calendar[]): Calendar {
  return combine(calendars, allOf)
}

/**
 * The calendar, closed in the given windows too: planned maintenance. Windows may overlap and come in any order.
 * Throws `CalendarError` naming every window (by its number in the list) that is empty, reversed or not of instants of
 * the range.
 */
export function withClosures (calendar: Calendar, windows: Iterable<ClosureWindow>): Calendar {
  const faults: CalendarFault[] = []
  const pairs: number[] = []
  let index = 0
  for (const { from, to } of windows) {
    if (!isInstant(from)) faults.push({ path: `/${index}/from`, message: 'is not an instant', value: from })
    if (!isInstant(to)) faults.push({ path: `/${index}/to`, message: 'is not an instant', value: to })
    if (isInstant(from) && isInstant(to) && from >= to) {
      faults.push({ path: `/${index}/to`, message: 'must be after from', value: to })
    }
    pairs.push(from, to)
    index++
  }
  if (faults.length > 0) throw new CalendarError(faults)
  const { timezone, zone, opening, pattern } = compiled(calendar)
  return new CompiledCalendar(timezone, zone, allOf([opening, outside(merged(pairs))]), pattern)
}

function combine (calendars: readonly Calendar[], join: (openings: readonly Opening[]) => Opening): Calendar {
  const [first, ...others] = calendars.map(compiled)
  if (first === undefined) throw new TypeError('a combination needs at least one calendar')
  const opening = join([first, ...others].map((calendar) => calendar.opening))
  if (others.every((other) => other.timezone === first.timezone)) {
    return new CompiledCalendar(first.timezone, first.zone, opening, null)
  }
  return new CompiledCalendar('UTC', zoneNamed('UTC')!, opening, null)
}

function compiled (calendar: Calendar): CompiledCalendar {
  if (calendar instanceof CompiledCalendar) return calendar
  throw new TypeError('not a calendar made by this package')
}

function isInstant (value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

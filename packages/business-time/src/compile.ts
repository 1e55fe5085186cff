import type { Calendar } from './calendar.ts'
import { CompiledCalendar } from './compiled-calendar.ts'
import { planDays } from './day-plan.ts'
import { localOpening } from './local-opening.ts'
import { readCalendar } from './reading.ts'
import type { CalendarSpec } from './spec.ts'

/**
 * Checks a calendar and makes it ready for arithmetic. The first calendar of a zone reads the platform's data of the
 * zone, later ones share it.
 * Throws `CalendarError` with every fault of `spec`.
 */
export function compileCalendar (spec: CalendarSpec): Calendar {
  const read = readCalendar(spec)
  const { zone, weekly, weeklyBreaks, seasons } = read
  return new CompiledCalendar(spec.timezone, zone, localOpening(zone, planDays(read)), {
    weekly,
    weeklyBreaks,
    seasons
  })
}

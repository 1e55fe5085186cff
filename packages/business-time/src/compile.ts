import { Calendar } from './calendar.ts'
import { planDays } from './day-plan.ts'
import { localOpening } from './local-opening.ts'
import { readCalendar } from './reading.ts'
import type { CalendarSpec } from './spec.ts'

/**
 * Checks a calendar and makes it ready for arithmetic. The first calendar of a zone loads the zone's data.
 * Throws `CalendarError` with every fault of `spec`.
 */
export function compileCalendar (spec: CalendarSpec): Calendar {
  const read = readCalendar(spec)
  return new Calendar(spec.timezone, localOpening(read.zone, planDays(read)))
}

export type { AddOptions, Calendar, OpenInterval, WorkingDayOptions } from './calendar.ts'
export { CalendarError, type CalendarFault } from './calendar-error.ts'
export { calendarLimits, calendarSizeFaults } from './calendar-size.ts'
export { type ClosureWindow, intersectionOf, unionOf, withClosures } from './combination.ts'
export { compileCalendar } from './compile.ts'
export { describe, describeDuration } from './description.ts'
export { formatDuration, parseDuration } from './duration.ts'
export { formatInstant, parseInstant } from './instant.ts'
export type { Micros } from './micros.ts'
export type { Inverse } from './open-time.ts'
export {
  ALWAYS_OPEN,
  type CalendarSpec,
  type DatedSpec,
  type SeasonSpec,
  type SpecInterval,
  type Weekday,
  type WeeklySpec
} from './spec.ts'
export type { Landing } from './working-days.ts'
export { isZoneName } from './zone.ts'

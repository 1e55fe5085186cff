import {
  CalendarError,
  calendarLimits,
  calendarSizeFaults,
  compileCalendar,
  formatInstant,
  type CalendarFault,
  type CalendarSpec
} from '@dueline/business-time'
import { Instant, Uuid, type NewEvent } from '@dueline/contracts'
import { baseErrors, problem, type AnyRequest } from '@dueline/http'
import { Type, type Static } from 'typebox'
import {
  findCalendar,
  type CalendarRecord,
  type CalendarVersionRecord,
  type VersionedCalendar
} from '../store/calendar-store.ts'
import { Name, refuse, refuseFaults, type RouteDeps } from './route-deps.ts'

const times = {
  type: 'array',
  items: {
    type: 'array',
    description: '[from, to): HH:MM[:SS[.ffffff]]; to before from runs past midnight; 24:00 ends a day',
    items: { type: 'string' }
  }
}
const dated = (description: string) => ({ type: 'object', description, additionalProperties: times })
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const weekly = (description: string) => ({
  type: 'object',
  description,
  additionalProperties: true,
  properties: Object.fromEntries(weekdays.map((day) => [day, times]))
})

/**
 * A calendar as people write it. The schema documents it; `checkSpec` is what refuses, with one fault per mistake, so
 * the schema must let everything through that is an object.
 */
export const Spec = Type.Unsafe<CalendarSpec>({
  type: 'object',
  title: 'CalendarSpec',
  additionalProperties: true,
  description:
    'Working hours in wall-clock time of an IANA zone. Order: holidays over overrides over weekly, breaks on top. ' +
    `At most ${calendarLimits.intervals} intervals a weekday or date, ${calendarLimits.dates} holidays, ` +
    'and as many dates in overrides and breaks.',
  examples: [{ timezone: 'Europe/Berlin', weekly: { mon: [['09:00', '17:00']] }, holidays: ['2026-12-25'] }]
})
export const SpecAnswer = Type.Unsafe<CalendarSpec>({
  type: 'object',
  title: 'CalendarSpec',
  additionalProperties: true,
  properties: {
    timezone: { type: 'string' },
    weekly: weekly('hours by weekday'),
    holidays: { type: 'array', items: { type: 'string' }, description: 'closed dates' },
    overrides: dated('replaces the hours that start on a date'),
    breaks: dated('time taken away on a date'),
    weeklyBreaks: weekly('time taken away on a weekday')
  }
})

const head = {
  id: Uuid,
  name: Name,
  version: Type.Integer({ minimum: 1, description: 'the newest version' }),
  createdAt: Instant,
  updatedAt: Instant
}
export const CalendarHead = Type.Object(head, { title: 'CalendarHead' })
export const Calendar = Type.Object({ ...head, spec: SpecAnswer }, { title: 'Calendar' })
export const CalendarVersion = Type.Object({
  calendarId: Uuid,
  version: Type.Integer({ minimum: 1 }),
  spec: SpecAnswer,
  createdAt: Instant,
  createdBy: Type.String()
}, { title: 'CalendarVersion' })
export const VersionChoice = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 2_147_483_647,
    description: 'a version of the calendar; the newest when not given'
  })
)

/** Largest calendar as JSON: its event must fit into a record of the log. */
const specBytesMax = 500_000

/** Refuses a calendar with its faults, as pointers below `/spec`. */
export function checkSpec (spec: CalendarSpec): void {
  refuseCalendarFaults(calendarSizeFaults(spec))
  try {
    compileCalendar(spec)
  } catch (error) {
    if (!(error instanceof CalendarError)) throw error
    refuseCalendarFaults(error.faults)
  }
  // what compiles is flat: it can be written as JSON
  if (Buffer.byteLength(JSON.stringify(spec)) > specBytesMax) {
    refuse('/spec', `must be at most ${specBytesMax} bytes as JSON`)
  }
}

function refuseCalendarFaults (faults: readonly CalendarFault[]): void {
  refuseFaults(faults.map(({ path, message }) => ({ pointer: `/spec${path}`, message })))
}

export function headToWire ({ id, name, version, createdAt, updatedAt }: CalendarRecord): Static<typeof CalendarHead> {
  return { id, name, version, createdAt: formatInstant(createdAt), updatedAt: formatInstant(updatedAt) }
}

export function calendarToWire (calendar: VersionedCalendar): Static<typeof Calendar> {
  return { ...headToWire(calendar), spec: calendar.spec }
}

export function calendarVersionToWire (
  { calendarId, version, spec, createdAt, createdBy }: CalendarVersionRecord
): Static<typeof CalendarVersion> {
  return { calendarId, version, spec, createdAt: formatInstant(createdAt), createdBy }
}

/** A calendar of the caller's tenant, ready to calculate. Ends in 404 when there is no such calendar or version. */
export async function openCalendar (
  request: AnyRequest,
  { database, calendars }: RouteDeps,
  id: string,
  version: number | undefined
) {
  const { tenantId } = request.principal
  const found = await findCalendar(database.forTenant(tenantId).read, tenantId, id, version) ??
    problem(baseErrors.not_found)
  return { version: found.version, calendar: calendars.get(tenantId, found) }
}

/** What goes out for each version: the whole calendar. */
export function publishedEvent (
  { ids }: RouteDeps,
  tenantId: string,
  { id, name, version, spec, updatedAt }: VersionedCalendar
): NewEvent {
  return {
    id: ids.next(),
    type: 'dueline.calendar.published.v1',
    subject: `calendar/${id}`,
    time: updatedAt,
    tenantId,
    partitionKey: id,
    sequence: version,
    historical: false,
    data: { calendar: { id, version, name, spec } }
  }
}

import {
  CalendarError,
  calendarSizeFaults,
  compileCalendar,
  formatInstant,
  type CalendarFault,
  type CalendarSpec
} from '@dueline/business-time'
import { CalendarSpecSchema, Instant, Uuid, type NewEvent } from '@dueline/contracts'
import { baseErrors, documentedAs, problem, type AnyRequest } from '@dueline/http'
import { Type, type Static } from 'typebox'
import {
  findCalendar,
  type CalendarRecord,
  type CalendarVersionRecord,
  type VersionedCalendar
} from '../store/calendar-store.ts'
import { Name, refuse, refuseFaults, type RouteDeps } from './route-deps.ts'

/** Any object: `checkSpec` is what refuses, with one fault per mistake. */
export const Spec = documentedAs(
  Type.Unsafe<CalendarSpec>({ type: 'object', additionalProperties: true }),
  CalendarSpecSchema
)

const head = {
  id: Uuid,
  name: Name,
  version: Type.Integer({ minimum: 1, description: 'the newest version' }),
  createdAt: Instant,
  updatedAt: Instant
}
export const CalendarHead = Type.Object(head, { title: 'CalendarHead', description: 'A calendar without its hours' })
export const Calendar = Type.Object({ ...head, spec: Spec }, {
  title: 'Calendar',
  description: 'A calendar in its newest version'
})
export const CalendarVersion = Type.Object({
  calendarId: Uuid,
  version: Type.Integer({ minimum: 1 }),
  spec: Spec,
  createdAt: Instant,
  createdBy: Type.String()
}, { title: 'CalendarVersion', description: 'A calendar as it was once published' })
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
    problem(baseErrors.not_found, version === undefined ? {} : { detail: `there is no version ${version} of it` })
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

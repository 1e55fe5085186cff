import type { Calendar, Micros } from '@dueline/business-time'
import {
  availabilityReasons,
  AvailabilityStateSchema,
  CapacityPoints,
  effectiveAvailability,
  Instant,
  instantText,
  isCustomer,
  nullable,
  stringEnum,
  substituteOf,
  Uuid,
  type EffectiveAvailability
} from '@dueline/contracts'
import { baseErrors, problem, type AnyRequest } from '@dueline/http'
import { Type, type Static } from 'typebox'
import { findPerson } from '../store/person-store.ts'
import { readPresence, type Presence } from '../store/presence-store.ts'
import type { RouteDeps } from './route-deps.ts'

/** Whether a person can be given work, on the wire. */
export const Availability = Type.Object({
  personId: Uuid,
  screenName: Type.String(),
  state: AvailabilityStateSchema,
  reason: stringEnum(availabilityReasons, {
    title: 'AvailabilityReason',
    description:
      'What made the state. inactive: the person has left; set: by hand, which beats all below; absence: a planned ' +
      'one; calendar: that by which the person works; none: nothing says that it is not available'
  }),
  until: nullable({
    ...Instant,
    description: 'When what made the state ends; what comes then may say the same. null: at no instant that is known'
  }),
  absenceId: nullable({ ...Uuid, description: 'The planned absence at the instant, whatever made the state' }),
  substituteId: nullable({
    ...Uuid,
    description:
      'Who stands in meanwhile: the substitute of the absence, or of its own, and so on. null: nobody has to, or ' +
      'there is nobody'
  }),
  set: nullable(Type.Object({ state: AvailabilityStateSchema, until: nullable(Instant) }, {
    title: 'SetAvailability',
    description: 'What was set by hand, also when its end is over'
  })),
  capacityPoints: nullable({
    ...CapacityPoints,
    description: 'The points that the person can carry at once; 0: none; null: the default of the tenant'
  }),
  version: Type.Integer({ minimum: 0, description: 'Counts what was set by hand; the ETag. 0: nothing, ever' }),
  updatedAt: nullable(Instant)
}, { title: 'Availability', description: 'Whether a person can be given work at an instant, and why' })

/** Rounds in which substitutes of substitutes are read; who is behind more of them counts as unknown. */
const substitutesMax = 10

/**
 * The availability of those of these people who are of the staff, in the order given.
 * @throws Problem 503 when a calendar has to be asked for, and its owner does not answer
 */
export async function availabilityOf (
  request: AnyRequest,
  deps: RouteDeps,
  ids: readonly string[],
  at: Micros
): Promise<Static<typeof Availability>[]> {
  const known = await withSubstitutes(request, deps, ids, at)
  const { principal: { tenantId }, headers: { authorization } } = request
  const calendarIds = [...known.values()].flatMap(({ calendarId }) => calendarId ?? [])
  const calendars = await deps.references.calendars({ tenantId, authorization }, calendarIds)
  const calendarOf = ({ calendarId }: Presence) => calendarId === null ? undefined : calendars.get(calendarId)
  const effective = new Map(
    [...known].map(([id, presence]) =>
      [id, effectiveAvailability(presence, at, calendarOf(presence)?.isOpen(at) ?? null)] as const
    )
  )
  const substituteFor = (id: string) => substituteOf(id, (each) => effective.get(each))
  return ids.flatMap((id) => {
    const presence = known.get(id)
    if (presence === undefined) return []
    return [view(presence, effective.get(id)!, { at, calendar: calendarOf(presence), substituteId: substituteFor(id) })]
  })
}

async function withSubstitutes (
  { principal: { tenantId } }: AnyRequest,
  { database }: RouteDeps,
  ids: readonly string[],
  at: Micros
): Promise<Map<string, Presence>> {
  const { read } = database.forTenant(tenantId)
  const known = await readPresence(read, tenantId, ids, at)
  const asked = new Set(ids)
  for (let round = 0; round < substitutesMax; round++) {
    const next = [...known.values()].flatMap(({ absences }) => absences).flatMap(({ substituteId }) =>
      substituteId === null || asked.has(substituteId) ? [] : substituteId
    )
    if (next.length === 0) break
    for (const id of next) asked.add(id)
    for (const [id, presence] of await readPresence(read, tenantId, [...new Set(next)], at)) known.set(id, presence)
  }
  return known
}

function view (
  { personId, screenName, profile, absences }: Presence,
  { state, reason, absence }: EffectiveAvailability,
  { at, calendar, substituteId }: { at: Micros, calendar: Calendar | undefined, substituteId: string | null }
): Static<typeof Availability> {
  const ends = {
    inactive: () => null,
    set: () => profile.until,
    absence: () => absence!.to,
    calendar: () => state === 'off' ? calendar!.nextOpen(at) : calendar!.nextClose(at),
    none: () => null
  }
  return {
    personId,
    screenName,
    state,
    reason,
    until: instantText(ends[reason]()),
    absenceId: absences[0]?.id ?? null,
    substituteId,
    set: profile.state === null ? null : { state: profile.state, until: instantText(profile.until) },
    capacityPoints: profile.capacityPoints,
    version: profile.version,
    updatedAt: instantText(profile.updatedAt)
  }
}

/** Ends the request unless the person is there, and of the staff. */
export async function requireStaff (
  { principal: { tenantId } }: AnyRequest,
  { database }: RouteDeps,
  personId: string
): Promise<void> {
  const person = await findPerson(database.forTenant(tenantId).read, tenantId, personId)
  if (person === null) return problem(baseErrors.not_found)
  if (isCustomer(person.role)) {
    problem(baseErrors.not_found, { detail: 'the person is a customer, not of the staff' })
  }
}

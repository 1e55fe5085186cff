import { AvailabilityStateSchema, CapacityPoints, Instant, instantText, nullable, Uuid } from '@dueline/contracts'
import { etagOf, requireIfMatchWhereSent, write, type AnyReply, type AnyRequest } from '@dueline/http'
import { Type, type Static } from 'typebox'
import { applied, differs, type Sent } from '../domain/drafts.ts'
import { findProfile, lockPresence, saveProfile, type WorkingProfile } from '../store/presence-store.ts'
import { eventFrame } from './aggregates.ts'
import { requireStaff } from './availability.ts'
import type { RouteDeps } from './route-deps.ts'

/** What was set by hand of a person, on the wire. */
export const WorkingProfileSchema = Type.Object({
  personId: Uuid,
  state: nullable(AvailabilityStateSchema),
  until: nullable({ ...Instant, description: 'When the state ends by itself' }),
  capacityPoints: nullable(CapacityPoints),
  version: Type.Integer({ minimum: 0, description: '0: nothing, ever' }),
  updatedAt: nullable(Instant)
}, {
  title: 'WorkingProfile',
  description: 'What was set by hand of a person; null: nothing. `GET …/availability` says what comes of it'
})

/**
 * Changes what is set by hand of a person, and answers that. What changes nothing makes no new version. `If-Match` is
 * held to where it is sent: who says that it is away need not have read before.
 */
export async function changeProfile (
  request: AnyRequest,
  reply: AnyReply,
  deps: RouteDeps,
  personId: string,
  sent: Sent<WorkingProfile>
): Promise<AnyReply> {
  // owners may have to be asked over HTTP: not while anything is locked
  await requireStaff(request, deps, personId)
  return await write(request, reply, deps.database, async (tx) => {
    await lockPresence(tx, personId)
    const before = await findProfile(tx, tx.tenantId, personId)
    requireIfMatchWhereSent(request, before.version)
    const next = applied<WorkingProfile>(before, sent)
    if (!differs<WorkingProfile>(before, next)) return answerOf(personId, before)
    const updatedAt = Math.max(deps.clock.now(), (before.updatedAt ?? 0) + 1)
    const row = { ...next, version: before.version + 1, updatedAt }
    await saveProfile(tx, personId, row)
    const { state, until, capacityPoints, version } = row
    await deps.outbox.add(tx, [{
      ...eventFrame(tx, deps.ids, personId, row),
      type: 'dueline.availability.changed.v1',
      subject: `person/${personId}`,
      data: { availability: { personId, state, until: instantText(until), capacityPoints, version } }
    }])
    return answerOf(personId, row)
  })
}

/** What was set by hand of a person, for the wire. */
export function profileView (
  personId: string,
  { until, updatedAt, ...profile }: WorkingProfile
): Static<typeof WorkingProfileSchema> {
  return { personId, ...profile, until: instantText(until), updatedAt: instantText(updatedAt) }
}

function answerOf (personId: string, profile: WorkingProfile) {
  return { status: 200, body: profileView(personId, profile), headers: { etag: etagOf(profile.version) } }
}

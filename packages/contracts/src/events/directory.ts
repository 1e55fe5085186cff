import { Type, type Static } from 'typebox'
import { nullable, Uuid } from '../vocabulary.ts'

const version = Type.Integer({ minimum: 1 })

export const TeamSnapshot = Type.Object({
  id: Uuid,
  name: Type.String({ maxLength: 200 }),
  leadId: nullable(Uuid),
  memberIds: Type.Array(Uuid),
  calendarId: nullable(Uuid),
  productIds: Type.Array(Uuid),
  moduleIds: Type.Array(Uuid),
  active: Type.Boolean(),
  version
}, { title: 'TeamSnapshot', description: 'A team after what happened' })
export type TeamSnapshot = Static<typeof TeamSnapshot>

/** What is deleted comes once more, one version later and not active: copies stay, and nothing new may name it. */
const deleted = Type.Boolean({ description: 'true: it is no more, and this is its last version' })

export const TeamChanged = Type.Object({ team: TeamSnapshot, deleted }, {
  title: 'TeamChanged',
  description: 'A team was added, changed or deleted'
})
export type TeamChanged = Static<typeof TeamChanged>

export const directoryEvents = {
  'dueline.team.changed.v1': TeamChanged
} as const

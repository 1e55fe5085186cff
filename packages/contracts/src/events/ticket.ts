import { Type, type Static } from 'typebox'
import { nullable, stringEnum, TicketStatusSchema, Uuid } from '../vocabulary.ts'
import { Actor, PersonSnapshot, TicketSnapshot } from './parts.ts'

const fact = { ticket: TicketSnapshot, actor: Actor }

export const TicketCreated = Type.Object({ ...fact })
export const TicketUpdated = Type.Object({
  ...fact,
  changes: Type.Array(Type.Object({ field: Type.String(), from: Type.Unknown(), to: Type.Unknown() }), { minItems: 1 })
})
export const TicketAssigned = Type.Object({
  ...fact,
  from: Type.Object({ assigneeId: nullable(Uuid), teamId: nullable(Type.String()) }),
  to: Type.Object({ assigneeId: nullable(Uuid), teamId: nullable(Type.String()) }),
  reason: nullable(Type.String())
})
export const TicketMessageAdded = Type.Object({
  ...fact,
  message: Type.Object({
    id: Uuid,
    kind: stringEnum(['public', 'internal', 'automatic']),
    authorKind: stringEnum(['customer', 'agent', 'system']),
    authorId: nullable(Uuid),
    excerpt: Type.String({ maxLength: 500, description: 'the start of the body' })
  })
})
const statusChange = { ...fact, from: TicketStatusSchema, to: TicketStatusSchema, reason: nullable(Type.String()) }
export const TicketStatusChanged = Type.Object(statusChange)
/** Instead of status-changed when a resolved or closed ticket goes back to work: one fact, one event. */
export const TicketReopened = Type.Object(statusChange)
export const PersonChanged = Type.Object({ person: PersonSnapshot })

export type TicketCreated = Static<typeof TicketCreated>
export type TicketUpdated = Static<typeof TicketUpdated>
export type TicketAssigned = Static<typeof TicketAssigned>
export type TicketMessageAdded = Static<typeof TicketMessageAdded>
export type TicketStatusChanged = Static<typeof TicketStatusChanged>
export type TicketReopened = Static<typeof TicketReopened>
export type PersonChanged = Static<typeof PersonChanged>

/** Facts of tickets: each event carries the whole ticket after it. */
export const ticketFacts = {
  'dueline.ticket.created.v1': TicketCreated,
  'dueline.ticket.updated.v1': TicketUpdated,
  'dueline.ticket.assigned.v1': TicketAssigned,
  'dueline.ticket.message-added.v1': TicketMessageAdded,
  'dueline.ticket.status-changed.v1': TicketStatusChanged,
  'dueline.ticket.reopened.v1': TicketReopened
} as const

export const ticketEvents = {
  ...ticketFacts,
  'dueline.person.changed.v1': PersonChanged
} as const

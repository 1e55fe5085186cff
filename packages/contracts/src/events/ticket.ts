import { Type, type Static } from 'typebox'
import { Instant, nullable, PrioritySchema, stringEnum, TicketStatusSchema, Uuid } from '../vocabulary.ts'
import { Actor, AuthorKindSchema, MessageKindSchema, TicketSnapshot } from './parts.ts'

const fact = { ticket: TicketSnapshot, actor: Actor }

/** A field that changed, with what it held. */
export const FieldChange = Type.Object({ field: Type.String(), from: Type.Unknown(), to: Type.Unknown() }, {
  title: 'FieldChange',
  description: 'A field that changed, with what it held before and after'
})
const Assignment = Type.Object({ assigneeId: nullable(Uuid), teamId: nullable(Type.String()) }, {
  title: 'Assignment',
  description: 'Who has the ticket: a person, a team, both or nobody'
})

export const TicketCreated = Type.Object({ ...fact }, {
  title: 'TicketCreated',
  description: 'A ticket was opened'
})
export const TicketUpdated = Type.Object({
  ...fact,
  changes: Type.Array(FieldChange, { minItems: 1 })
}, { title: 'TicketUpdated', description: 'Fields of a ticket were changed' })
export const TicketAssigned = Type.Object({
  ...fact,
  from: Assignment,
  to: Assignment,
  reason: nullable(Type.String()),
  ruleId: Type.Optional(nullable({ ...Uuid, description: 'The rule that gave it to somebody; null: a person did' }))
}, { title: 'TicketAssigned', description: 'A ticket went to another person or team' })
export const TicketMessageAdded = Type.Object({
  ...fact,
  message: Type.Object({
    id: Uuid,
    kind: MessageKindSchema,
    authorKind: AuthorKindSchema,
    authorId: nullable(Uuid),
    excerpt: Type.String({ maxLength: 500, description: 'the start of the body' })
  }, { title: 'MessageSummary', description: 'A message without its whole text' })
}, { title: 'TicketMessageAdded', description: 'Somebody wrote a message' })
const statusChange = { ...fact, from: TicketStatusSchema, to: TicketStatusSchema, reason: nullable(Type.String()) }
export const TicketStatusChanged = Type.Object(statusChange, {
  title: 'TicketStatusChanged',
  description: 'A ticket has another status'
})
/** Instead of status-changed when a resolved or closed ticket goes back to work: one fact, one event. */
export const TicketReopened = Type.Object(statusChange, {
  title: 'TicketReopened',
  description: 'A resolved or closed ticket goes back to work'
})

/** Most people that one event names. */
export const namedPeopleMax = 200
export const PeopleNamed = Type.Object({
  people: Type.Array(
    Type.Object({
      id: { ...Uuid, description: 'The id that the directory gives whoever it does not know by the external id' },
      externalId: Type.String({ minLength: 1, maxLength: 200 }),
      name: nullable(Type.String({ maxLength: 200, description: 'the first that was given; null: none was' })),
      role: stringEnum(['customer', 'agent'], { description: 'agent: was given a ticket' })
    }, { title: 'NamedPerson', description: 'Somebody whom an import names by an external id' }),
    { minItems: 1, maxItems: namedPeopleMax }
  )
}, { title: 'PeopleNamed', description: 'An import names people: the directory adds those whom it does not have' })

/** Most tickets that one event names. */
export const ticketsLeftMax = 200
export const AssigneeLeft = Type.Object({
  personId: Uuid,
  openTickets: Type.Integer({ minimum: 1, description: 'How many there are, also of those that are not named' }),
  tickets: Type.Array(
    Type.Object({
      id: Uuid,
      number: Type.String({ maxLength: 64 }),
      status: TicketStatusSchema,
      priority: PrioritySchema,
      teamId: nullable(Type.String({ maxLength: 200 })),
      dueAt: nullable(Instant)
    }, { title: 'TicketLeft', description: 'An open ticket of somebody who has left' }),
    { minItems: 1, maxItems: ticketsLeftMax, description: `Nearest due first, at most ${ticketsLeftMax}` }
  ),
  whenAbsent: stringEnum(['keep', 'return'], {
    description: 'What becomes of them by the settings of assignment. keep: they stay; return: those that are new or ' +
      'open go back to the queue, but for imported ones'
  })
}, { title: 'AssigneeLeft', description: 'Somebody was made inactive who has open tickets' })

export type TicketCreated = Static<typeof TicketCreated>
export type TicketUpdated = Static<typeof TicketUpdated>
export type TicketAssigned = Static<typeof TicketAssigned>
export type TicketMessageAdded = Static<typeof TicketMessageAdded>
export type TicketStatusChanged = Static<typeof TicketStatusChanged>
export type TicketReopened = Static<typeof TicketReopened>
export type PeopleNamed = Static<typeof PeopleNamed>
export type AssigneeLeft = Static<typeof AssigneeLeft>

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
  'dueline.people.named.v1': PeopleNamed,
  'dueline.assignee.left.v1': AssigneeLeft
} as const

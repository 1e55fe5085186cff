import { Type, type Static } from 'typebox'
import { Instant, MetricSchema, nullable, PrioritySchema, stringEnum, Uuid } from '../vocabulary.ts'
import { Actor, TicketSummary } from './parts.ts'

export const escalationStates = ['open', 'acknowledged', 'stopped', 'exhausted'] as const

/** The states of an escalation. */
export const EscalationStateSchema = stringEnum(escalationStates, {
  title: 'EscalationState',
  description: 'stopped: its reason is gone; exhausted: the last level was reached and nobody acknowledged it'
})

export const EscalationSnapshot = Type.Object({
  id: Uuid,
  ticketId: Uuid,
  clockId: Uuid,
  metric: MetricSchema,
  cycle: Type.Integer({ minimum: 1 }),
  escalationPolicyId: nullable(Uuid),
  escalationPolicyName: Type.String({ maxLength: 200 }),
  level: Type.Integer({ minimum: 0, description: '0 = no level reached yet' }),
  levelCount: Type.Integer({ minimum: 1 }),
  state: EscalationStateSchema,
  openedAt: Instant,
  version: Type.Integer({ minimum: 1 })
}, { title: 'EscalationSnapshot', description: 'An escalation after what happened' })
export type EscalationSnapshot = Static<typeof EscalationSnapshot>

/** What a level decided; the owning services carry it out and say so with their own facts. */
export const EscalationAction = Type.Union([
  Type.Object({ kind: Type.Literal('notify'), personIds: Type.Array(Uuid) }, {
    title: 'NotifyAction',
    description: 'People are notified'
  }),
  Type.Object({ kind: Type.Literal('reassign'), assigneeId: Uuid }, {
    title: 'ReassignAction',
    description: 'The ticket goes to another person'
  }),
  Type.Object({ kind: Type.Literal('raise_priority'), priority: PrioritySchema }, {
    title: 'RaisePriorityAction',
    description: 'The ticket becomes more urgent'
  })
], { title: 'EscalationAction', description: 'What a level decided; `kind` says which' })
export type EscalationAction = Static<typeof EscalationAction>

const change = { escalation: EscalationSnapshot, ticket: TicketSummary }

/** Whom a level addresses, and why. */
export const EscalationTarget = Type.Object({
  personId: Uuid,
  because: Type.String({ description: 'the rule that named this person' })
}, { title: 'EscalationTarget', description: 'Whom a level addresses, and why' })

export const EscalationChanged = Type.Object({ ...change, actor: Actor, reason: nullable(Type.String()) }, {
  title: 'EscalationChanged',
  description: 'An escalation has another state'
})
export const EscalationLevelReached = Type.Object({
  ...change,
  level: Type.Object({
    number: Type.Integer({ minimum: 1 }),
    name: Type.String({ maxLength: 200 }),
    last: Type.Boolean()
  }, { title: 'ReachedLevel', description: 'A level of the escalation policy, with its place from 1' }),
  targets: Type.Array(EscalationTarget),
  actions: Type.Array(EscalationAction),
  dueAt: Instant,
  firedAt: Instant
}, { title: 'EscalationLevelReached', description: 'The next level of an escalation was reached' })

export type EscalationChanged = Static<typeof EscalationChanged>
export type EscalationLevelReached = Static<typeof EscalationLevelReached>

export const escalationEvents = {
  'dueline.escalation.opened.v1': EscalationChanged,
  'dueline.escalation.level-reached.v1': EscalationLevelReached,
  'dueline.escalation.acknowledged.v1': EscalationChanged,
  'dueline.escalation.stopped.v1': EscalationChanged,
  'dueline.escalation.exhausted.v1': EscalationChanged
} as const

import { Type, type Static } from 'typebox'
import { Instant, MetricSchema, nullable, PrioritySchema, stringEnum, Uuid } from '../vocabulary.ts'
import { Actor, TicketSummary } from './parts.ts'

export const escalationStates = ['open', 'acknowledged', 'stopped', 'exhausted'] as const

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
  state: stringEnum(escalationStates),
  openedAt: Instant,
  version: Type.Integer({ minimum: 1 })
})
export type EscalationSnapshot = Static<typeof EscalationSnapshot>

/** What a level decided; the owning services carry it out and say so with their own facts. */
export const EscalationAction = Type.Union([
  Type.Object({ kind: Type.Literal('notify'), personIds: Type.Array(Uuid) }),
  Type.Object({ kind: Type.Literal('reassign'), assigneeId: Uuid }),
  Type.Object({ kind: Type.Literal('raise_priority'), priority: PrioritySchema })
])
export type EscalationAction = Static<typeof EscalationAction>

const change = { escalation: EscalationSnapshot, ticket: TicketSummary }

export const EscalationChanged = Type.Object({ ...change, actor: Actor, reason: nullable(Type.String()) })
export const EscalationLevelReached = Type.Object({
  ...change,
  level: Type.Object({
    number: Type.Integer({ minimum: 1 }),
    name: Type.String({ maxLength: 200 }),
    last: Type.Boolean()
  }),
  targets: Type.Array(
    Type.Object({ personId: Uuid, because: Type.String({ description: 'the rule that named this person' }) })
  ),
  actions: Type.Array(EscalationAction),
  dueAt: Instant,
  firedAt: Instant
})

export type EscalationChanged = Static<typeof EscalationChanged>
export type EscalationLevelReached = Static<typeof EscalationLevelReached>

export const escalationEvents = {
  'dueline.escalation.opened.v1': EscalationChanged,
  'dueline.escalation.level-reached.v1': EscalationLevelReached,
  'dueline.escalation.acknowledged.v1': EscalationChanged,
  'dueline.escalation.stopped.v1': EscalationChanged,
  'dueline.escalation.exhausted.v1': EscalationChanged
} as const

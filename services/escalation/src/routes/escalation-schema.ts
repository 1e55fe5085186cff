import { formatInstant } from '@dueline/business-time'
import {
  Actor,
  EscalationAction,
  EscalationSnapshot,
  EscalationTarget,
  Instant,
  nullable,
  stringEnum,
  instantText
} from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import type { StoredEntry, StoredEscalation } from '../store/escalation-store.ts'

/** An escalation as it is listed. */
export const EscalationSchema = Type.Object({
  ...EscalationSnapshot.properties,
  closedAt: nullable(Instant),
  nextLevelAt: nullable(Instant),
  acknowledgedBy: nullable(Actor),
  acknowledgedAt: nullable(Instant)
}, { title: 'Escalation', description: 'An escalation of a clock that is late or about to be' })

const EntrySchema = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  kind: stringEnum(['opened', 'level_reached', 'acknowledged', 'stopped', 'exhausted']),
  at: Instant,
  actor: Actor,
  reason: nullable(
    Type.String({
      description:
        'The note or reason that a person gave; why it stopped; why a level addresses no person, or another one'
    })
  ),
  level: nullable(Type.Object({
    number: Type.Integer({ minimum: 1 }),
    name: Type.String(),
    last: Type.Boolean(),
    dueAt: Instant,
    superseded: Type.Boolean({
      description: 'true when a later level was due at the same moment and did the notifying'
    }),
    targets: Type.Array(EscalationTarget),
    actions: Type.Array(EscalationAction)
  }, { title: 'EscalationHistoryLevel', description: 'A level that was reached' }))
}, { title: 'EscalationHistoryEntry', description: 'Something that happened to an escalation' })

/** An escalation with everything that happened to it, oldest first. */
export const EscalationDetail = Type.Object({ ...EscalationSchema.properties, history: Type.Array(EntrySchema) }, {
  title: 'EscalationDetail',
  description: 'An escalation with everything that happened to it, oldest first'
})

/** The wire form of an escalation. */
export function escalationView (escalation: StoredEscalation): Static<typeof EscalationSchema> {
  const {
    id,
    ticketId,
    clockId,
    metric,
    cycle,
    escalationPolicyId,
    escalationPolicyName,
    level,
    levelCount,
    state,
    openedAt,
    closedAt,
    nextLevelAt,
    version,
    acknowledgedBy,
    acknowledgedAt
  } = escalation
  return {
    id,
    ticketId,
    clockId,
    metric,
    cycle,
    escalationPolicyId,
    escalationPolicyName,
    level,
    levelCount,
    state,
    openedAt: formatInstant(openedAt),
    version,
    closedAt: instantText(closedAt),
    nextLevelAt: instantText(nextLevelAt),
    acknowledgedBy,
    acknowledgedAt: instantText(acknowledgedAt)
  }
}

/** The wire form of an escalation with its history. */
export function detailView (
  escalation: StoredEscalation,
  history: readonly StoredEntry[]
): Static<typeof EscalationDetail> {
  return { ...escalationView(escalation), history: history.map(entryView) }
}

function entryView (
  { version, kind, at, actor, reason, level, levelName, last, superseded, dueAt, targets, actions }: StoredEntry
): Static<typeof EntrySchema> {
  const reached = level === null || dueAt === null
    ? null
    : {
      number: level,
      name: levelName ?? '',
      last: last === true,
      dueAt: formatInstant(dueAt),
      superseded: superseded === true,
      targets: [...targets ?? []],
      actions: [...actions ?? []]
    }
  return { version, kind, at: formatInstant(at), actor, reason, level: reached }
}

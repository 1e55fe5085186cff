import { formatInstant, type Micros } from '@dueline/business-time'
import type { Actor, EscalationSnapshot, Metric, NewEvent, TicketSummary } from '@dueline/contracts'
import type { CaseState, Happened } from './case.ts'
import type { Decision } from './escalation.ts'
import type { PinnedEscalationPolicy } from './escalation-policy.ts'

/** The clock and ticket of a case, within their tenant. */
export interface CaseIdentity {
  readonly tenantId: string
  readonly clockId: string
  readonly ticketId: string
  readonly metric: Metric
}

/** One thing that happened, with everything its event and its line of history have. */
export interface DecidedEvent extends CaseIdentity {
  readonly event: Happened
  readonly cycle: number
  readonly policy: PinnedEscalationPolicy
  readonly ticket: TicketSummary
  readonly actor: Actor
}

/** Who does what no person did. */
export const systemActor: Actor = { kind: 'system', id: null, screenName: null }

/**
 * What a decision reports. The escalation policy and cycle are those of the case before it: a new cycle ends what began
 * in the old one.
 */
export function decidedEventsOf (
  identity: CaseIdentity,
  before: CaseState,
  { events }: Decision,
  ticket: TicketSummary,
  actor: Actor
): DecidedEvent[] {
  const { policy, clock: { cycle } } = before
  if (policy === null) return []
  return events.map((event) => ({ ...identity, event, cycle, policy, ticket, actor }))
}

function snapshot (
  { event: { escalation }, clockId, ticketId, metric, cycle, policy }: DecidedEvent
): EscalationSnapshot {
  const { id, state, level, openedAt, version } = escalation
  return {
    id,
    ticketId,
    clockId,
    metric,
    cycle,
    escalationPolicyId: policy.id,
    escalationPolicyName: policy.name,
    level,
    levelCount: policy.levels.length,
    state,
    openedAt: formatInstant(openedAt),
    version
  }
}

/**
 * The event that says it: `sequence` is the escalation's version, the ticket's key keeps it among the ticket's events.
 */
export function toEvent (decidedEvents: DecidedEvent, id: string, now: Micros): NewEvent {
  const { event, ticket, actor, tenantId, ticketId } = decidedEvents
  const envelope = {
    id,
    subject: `ticket/${ticketId}`,
    time: now,
    tenantId,
    partitionKey: ticketId,
    sequence: event.escalation.version,
    historical: false
  }
  const change = { escalation: snapshot(decidedEvents), ticket }
  if (event.kind !== 'level_reached') {
    return {
      ...envelope,
      type: `dueline.escalation.${event.kind}.v1`,
      data: { ...change, actor, reason: event.reason }
    }
  }
  return {
    ...envelope,
    type: 'dueline.escalation.level-reached.v1',
    data: {
      ...change,
      level: { number: event.number, name: event.name, last: event.last },
      targets: event.targets.map(({ personId, because }) => ({ personId, because })),
      actions: [...event.actions],
      dueAt: formatInstant(event.dueAt),
      firedAt: formatInstant(now)
    }
  }
}

import { formatInstant, type Micros } from '@dueline/business-time'
import {
  eventFaults,
  partitionCount,
  publisherOf,
  topics,
  type ClockSnapshot,
  type EscalationSnapshot,
  type NewEvent,
  type TicketSummary
} from '@dueline/contracts'
import { completeEvent, encodeEvent, partitionOf } from '@dueline/messaging'
import { systemIds } from '@dueline/runtime'
import { start, tenant, type TestTicket } from './harness.ts'

export const HOUR: Micros = 3_600_000_000

/** What the tests know of a ticket. */
export type Shown = TicketSummary & { [field: string]: unknown }

function summaryOf (ticket: Shown): TicketSummary {
  const { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId } = ticket
  return { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId }
}

/** The state of a clock after its event number `sequence`, announced so many hours after the start. */
export interface ClockState extends Partial<Omit<ClockSnapshot, 'dueAt' | 'breachedAt' | 'stoppedAt'>> {
  id: string
  sequence: number
  dueAt?: Micros | null
  breachedAt?: Micros | null
  stoppedAt?: Micros | null
  firedAt?: Micros
  tenantId?: string
}

/** An event with the whole state of a clock. */
export function clockChanged (ticket: Shown, state: ClockState): NewEvent {
  const { dueAt = null, breachedAt = null, stoppedAt = null, tenantId = tenant, ...rest } = state
  const { firedAt = start + state.sequence, ...change } = rest
  const clock: ClockSnapshot = {
    ticketId: ticket.id,
    metric: 'resolution',
    kind: 'sla',
    cycle: 1,
    state: 'running',
    pausedFor: [],
    target: 'PT4H',
    consumed: 'PT1H',
    remaining: 'PT3H',
    startedAt: formatInstant(start),
    warnedAt: null,
    overdue: null,
    agreementId: ticket.id,
    policyVersion: 1,
    calendarId: null,
    calendarVersion: 0,
    escalationPolicyId: null,
    ...change,
    dueAt: shown(dueAt),
    breachedAt: shown(breachedAt),
    stoppedAt: shown(stoppedAt)
  }
  return {
    ...frame(ticket, tenantId, state.sequence),
    type: 'dueline.clock.replanned.v1',
    data: { clock, ticket: summaryOf(ticket), cause: { kind: 'fact', id: null }, firedAt: formatInstant(firedAt) }
  }
}

/** An event with the whole state of an escalation; its version is the number of the event. */
export function escalationChanged (
  ticket: Shown,
  { id, clockId, ...change }: Pick<EscalationSnapshot, 'id' | 'clockId' | 'version'> & Partial<EscalationSnapshot>
): NewEvent {
  const escalation: EscalationSnapshot = {
    id,
    ticketId: ticket.id,
    clockId,
    metric: 'resolution',
    cycle: 1,
    escalationPolicyId: null,
    escalationPolicyName: 'Standard',
    level: 1,
    levelCount: 3,
    state: 'open',
    openedAt: formatInstant(start),
    ...change
  }
  return {
    ...frame(ticket, tenant, escalation.version),
    type: 'dueline.escalation.acknowledged.v1',
    data: {
      escalation,
      ticket: summaryOf(ticket),
      actor: { kind: 'system', id: null, screenName: null },
      reason: null
    }
  }
}

function shown (at: Micros | null): string | null {
  return at === null ? null : formatInstant(at)
}

function frame ({ id }: Shown, tenantId: string, sequence: number) {
  const subject = `ticket/${id}`
  return { id: systemIds.next(), subject, time: start, tenantId, partitionKey: id, sequence, historical: false }
}

/** Sends events over the real bus and waits until the consumer has handled them. */
export async function publish (service: TestTicket, ...events: NewEvent[]): Promise<void> {
  await service.bus.ensureTopics(Object.values(topics).map((topic) => ({ topic, partitions: partitionCount })))
  await service.consumer.start()
  const waiting = new Set(events.map(({ id }) => id))
  const done = service.consumer.handled.next((handled) => {
    for (const { id } of handled) waiting.delete(id)
    return waiting.size === 0
  })
  const producer = await service.bus.producer()
  await producer.publish(events.map(recordOf), { signal: AbortSignal.timeout(60_000) })
  await done
  await producer.close()
}

function recordOf (event: NewEvent) {
  const complete = completeEvent(event)
  const faults = eventFaults(complete)
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  const { key, headers, value } = encodeEvent(complete)
  const topic = topics[publisherOf[event.type]]
  return { topic, key, headers, value: Buffer.from(value), partition: partitionOf(key, partitionCount) }
}

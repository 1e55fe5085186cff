import { parseInstant, type Micros } from '@dueline/business-time'
import { ticketSummary, type ClockEventType, type DuelineEvent } from '@dueline/contracts'
import type { Handler } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Clock } from '@dueline/runtime'
import { emptyCase, isOver, type Announcement, type ClockCopy } from '../domain/case.ts'
import { decide } from '../domain/escalation.ts'
import { chooseEscalationPolicy, type EscalationPolicy } from '../domain/escalation-policy-choice.ts'
import { systemActor, decidedEventsOf, type DecidedEvent } from '../domain/decided-event.ts'
import type { Outcome, Recorder } from '../cases/recorder.ts'
import { keyOf, loadCases, lockCases, type CaseKey, type StoredCase } from '../store/case-store.ts'
import { activeEscalationPolicies } from '../store/escalation-policy-store.ts'
import { saveTickets } from '../store/ticket-store.ts'

/** Each has the whole clock. */
type ClockEvent = DuelineEvent<ClockEventType>

/** Whether the clock runs after an event of the type; null: the type does not say. */
const runsAfter: Readonly<Record<ClockEventType, boolean | null>> = {
  'dueline.clock.started.v1': true,
  'dueline.clock.resumed.v1': true,
  'dueline.clock.paused.v1': false,
  'dueline.clock.met.v1': false,
  'dueline.clock.cancelled.v1': false,
  'dueline.clock.waived.v1': false,
  'dueline.clock.replanned.v1': null,
  'dueline.clock.extended.v1': null,
  'dueline.clock.breach-withdrawn.v1': null,
  'dueline.clock.warned.v1': null,
  'dueline.clock.reminded.v1': null,
  'dueline.clock.breached.v1': null,
  'dueline.clock.overdue.v1': null
}

/**
 * Keeps each clock's newest state, stops or goes on with its escalation, and sets the timer of its next level. Levels
 * themselves are reached by timers only, so that a burst of breaches costs as many statements as one. The imported past
 * opens nothing; of a clock that is known it counts, as it may end what is open.
 */
export function onClockChanged (
  { clock, recorder }: { clock: Clock, recorder: Recorder }
): Handler<ClockEventType> {
  return async (tx, received) => {
    const events = await withoutUnknownPast(tx, received)
    if (events.length === 0) return
    const byClock = group(events)
    await saveTickets(
      tx,
      events.map(({ tenantid: tenantId, time, data }) => ({
        tenantId,
        id: data.ticket.id,
        version: 0,
        asOf: parseInstant(time),
        summary: ticketSummary(data.ticket)
      }))
    )
    const policies = await activeEscalationPolicies(tx, new Set(events.map(({ tenantid }) => tenantid)))
    const keys = [...byClock.values()].map(([first]) => caseKey(first!))
    await lockCases(tx, keys)
    const cases = await loadCases(tx, keys)
    const outcomes = [...byClock].map(([key, its]) => follow(its, cases.get(key), policies.get(its[0]!.tenantid) ?? []))
    await recorder.record(tx, outcomes, clock.now())
  }
}

/** The events less those of an imported past whose clocks are not known here. */
async function withoutUnknownPast (tx: Tx, events: readonly ClockEvent[]): Promise<readonly ClockEvent[]> {
  const live = new Set(events.filter(({ historical }) => !historical).map((event) => keyOf(caseKey(event))))
  const past = events.filter((event) => event.historical && !live.has(keyOf(caseKey(event))))
  if (past.length === 0) return events
  const known = await loadCases(tx, past.map(caseKey))
  return events.filter((event) => live.has(keyOf(caseKey(event))) || known.has(keyOf(caseKey(event))))
}

function group (events: readonly ClockEvent[]): Map<string, ClockEvent[]> {
  const byClock = new Map<string, ClockEvent[]>()
  for (const event of events) {
    const key = keyOf(caseKey(event))
    const its = byClock.get(key)
    if (its === undefined) byClock.set(key, [event])
    else its.push(event)
  }
  return byClock
}

function caseKey ({ tenantid: tenantId, data }: ClockEvent): CaseKey {
  return { tenantId, id: data.clock.id }
}

/** One clock through its events of the batch, in the order of their sequence. */
function follow (
  events: readonly ClockEvent[],
  stored: StoredCase | undefined,
  policies: readonly EscalationPolicy[]
): Outcome {
  const { tenantid: tenantId, data: { clock: { id, ticketId, metric } } } = events[0]!
  const decidedEvents: DecidedEvent[] = []
  let state = stored?.state ?? emptyCase
  let wakeAt: Micros | null = stored?.wakeAt ?? null
  for (const event of [...events].sort((a, b) => a.data.clock.sequence - b.data.clock.sequence)) {
    const { clock, ticket } = event.data
    const policy = chooseEscalationPolicy(policies, { metric, escalationPolicyId: clock.escalationPolicyId, ticket })
    const decision = decide(state, { kind: 'clock', clock: toCopy(event), policy })
    decidedEvents.push(
      ...decidedEventsOf(
        { tenantId, clockId: id, ticketId, metric },
        state,
        decision,
        ticketSummary(ticket),
        systemActor
      )
    )
    state = decision.state
    wakeAt = decision.wakeAt
  }
  return {
    row: { tenantId, id, ticketId, metric, state, wakeAt },
    stored: stored !== undefined,
    timerAt: stored?.wakeAt ?? null,
    decidedEvents
  }
}

function toCopy ({ type, time, historical, data }: ClockEvent): ClockCopy {
  const { sequence, cycle, state, dueAt, breachedAt } = data.clock
  const running = runsAfter[type]
  return {
    sequence,
    cycle,
    state,
    dueAt: dueAt === null ? null : parseInstant(dueAt),
    breachedAt: breachedAt === null ? null : parseInstant(breachedAt),
    announced: historical ? null : announcementOf(data),
    transitions: running === null ? [] : [{ sequence, at: parseInstant(time), running, over: isOver({ state }) }]
  }
}

/** A breach that is announced live; one of a ticket that is over is only recorded, and nobody has to act on it. */
function announcementOf (data: ClockEvent['data']): Announcement | null {
  if (!('mark' in data) || data.mark.key !== 'breach' || data.mark.recordedOnly === 'over') return null
  const { clock: { sequence, cycle }, mark: { dueAt, attachedLate }, firedAt } = data
  return { sequence, cycle, from: parseInstant(attachedLate ? firedAt : dueAt) }
}

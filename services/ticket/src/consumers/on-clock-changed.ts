import { parseDuration, parseInstant, type Micros } from '@dueline/business-time'
import type { ClockEventType } from '@dueline/contracts'
import type { Handler } from '@dueline/messaging'
import { saveClocks, saveSlas } from '../store/sla-store.ts'

/** Keeps the copies of clocks, and what they come to for their tickets; the newest state of each clock wins. */
export const onClockChanged: Handler<ClockEventType> = async (tx, events) => {
  const copies = events.map(({ tenantid: tenantId, sequence, data: { clock, firedAt } }) => ({
    tenantId,
    ticketId: clock.ticketId,
    id: clock.id,
    kind: clock.kind,
    metric: clock.metric,
    cycle: clock.cycle,
    state: clock.state,
    pausedFor: clock.pausedFor,
    target: parseDuration(clock.target),
    consumed: parseDuration(clock.consumed),
    dueAt: instantOf(clock.dueAt),
    startedAt: parseInstant(clock.startedAt),
    stoppedAt: instantOf(clock.stoppedAt),
    warnedAt: instantOf(clock.warnedAt),
    breachedAt: instantOf(clock.breachedAt),
    sequence,
    asOf: parseInstant(firedAt)
  }))
  await saveClocks(tx, copies)
  await saveSlas(tx, copies)
}

function instantOf (text: string | null): Micros | null {
  return text === null ? null : parseInstant(text)
}

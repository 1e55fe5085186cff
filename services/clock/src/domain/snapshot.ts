import { formatDuration, formatInstant, type Micros } from '@dueline/business-time'
import { instantText, type ClockSnapshot } from '@dueline/contracts'
import type { StoredClock } from './difference.ts'
import type { CalendarLookup } from './open-time.ts'

type ShownClock = Omit<StoredClock, 'planned' | 'withdrawals' | 'voided'>

/** Open time consumed by an instant, in microseconds; an instant before the running segment counts as its start. */
export function consumedAt (
  clock: Pick<ShownClock, 'consumedBefore' | 'runningSince' | 'calendar'>,
  at: Micros,
  calendars: CalendarLookup
): Micros {
  if (clock.runningSince === null) return clock.consumedBefore
  const calendar = calendars(clock.calendar)
  if (calendar === undefined) {
    throw new Error(`calendar ${clock.calendar.id} version ${clock.calendar.version} is not here`)
  }
  return clock.consumedBefore + calendar.diff(clock.runningSince, Math.max(at, clock.runningSince))
}

/** A clock in its public form as it stands at an instant; consumed + remaining = target. */
export function snapshotOf (ticketId: string, clock: ShownClock, at: Micros, calendars: CalendarLookup): ClockSnapshot {
  const consumed = consumedAt(clock, at, calendars)
  return {
    id: clock.id,
    ticketId,
    metric: clock.metric,
    kind: clock.kind,
    cycle: clock.cycle,
    state: clock.state,
    pausedFor: [...clock.pausedFor],
    target: formatDuration(clock.target),
    consumed: formatDuration(consumed),
    remaining: formatDuration(clock.target - consumed),
    dueAt: instantText(clock.dueAt),
    startedAt: formatInstant(clock.startedAt),
    stoppedAt: instantText(clock.stoppedAt),
    warnedAt: instantText(clock.warnedAt),
    breachedAt: instantText(clock.breachedAt),
    overdue: clock.breachedAt === null ? null : formatDuration(Math.max(0, consumed - clock.target)),
    agreementId: clock.agreementId,
    policyVersion: clock.policyVersion,
    calendarId: clock.calendar.id,
    calendarVersion: clock.calendar.version,
    timeZone: calendars(clock.calendar)?.timezone ?? null,
    escalationPolicyId: clock.escalationPolicyId,
    sequence: clock.sequence
  }
}

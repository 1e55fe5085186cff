import { formatDuration, formatInstant, type Micros } from '@dueline/business-time'
import type { ClockBreachWithdrawn, ClockChanged, ClockMarkReached, NewEvent, TicketSummary } from '@dueline/contracts'
import type { Change, ChangedMark, StoredClock } from './difference.ts'
import type { CalendarLookup } from './open-time.ts'
import { snapshotOf } from './snapshot.ts'

/** Why clocks were looked at. */
export interface EventCause {
  readonly kind: ClockChanged['cause']['kind']
  readonly id: string | null
}

export interface EventContext {
  readonly tenantId: string
  readonly ticket: TicketSummary
  readonly cause: EventCause
  readonly firedAt: Micros
  readonly historical: boolean
  readonly calendars: CalendarLookup
}

type ClockEvent = ClockChanged | ClockMarkReached | ClockBreachWithdrawn

/**
 * The event of a change. Its clock is the newest state known at `firedAt`, also when several events tell of one
 * advance: a reader then never acts on a state that is over already. Lateness is `firedAt` − the mark's instant.
 */
export function eventOf (id: string, change: Change, clock: StoredClock, context: EventContext): NewEvent<ClockEvent> {
  const { tenantId, ticket, historical } = context
  return {
    id,
    type: `dueline.clock.${change.type}.v1`,
    subject: `ticket/${ticket.id}`,
    time: change.time,
    tenantId,
    partitionKey: ticket.id,
    sequence: change.sequence,
    historical,
    data: dataOf(change, clock, context)
  }
}

function dataOf (
  { mark, withdrawn, sequence }: Change,
  clock: StoredClock,
  { ticket, cause, firedAt, calendars }: EventContext
): ClockEvent {
  const changed: ClockChanged = {
    clock: snapshotOf(ticket.id, { ...clock, sequence }, firedAt, calendars),
    ticket,
    cause,
    firedAt: formatInstant(firedAt)
  }
  if (mark !== null) {
    const lateness = formatDuration(Math.max(0, firedAt - mark.at))
    return { ...changed, mark: markOf(mark), lateness, catchUp: mark.catchUp }
  }
  if (withdrawn !== null) {
    const { dueAt, breachedAt, recordedOnly } = withdrawn
    return {
      ...changed,
      withdrawn: { dueAt: formatInstant(dueAt), breachedAt: formatInstant(breachedAt), recordedOnly }
    }
  }
  return changed
}

/** A mark in its public form. */
export function markOf ({ key, at, urgent, recordedOnly, attachedLate }: ChangedMark): ClockMarkReached['mark'] {
  return { key, dueAt: formatInstant(at), urgent, recordedOnly, attachedLate }
}

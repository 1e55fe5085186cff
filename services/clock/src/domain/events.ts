import { formatDuration, formatInstant, type Micros } from '@dueline/business-time'
import type { ClockChanged, ClockEventType, ClockMarkReached, NewEvent, TicketSummary } from '@dueline/contracts'
import type { Change, ChangedMark, ChangeType, StoredClock } from './difference.ts'
import type { MarkEvent } from './marks.ts'
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

/**
 * The event of a change. Its clock is the newest state known at `firedAt`, also when several events are about one
 * advance: a reader then never acts on a state that is over already. Lateness is `firedAt` − the mark's instant.
 */
export function eventOf (
  id: string,
  change: Change,
  clock: StoredClock,
  { tenantId, ticket, cause, firedAt, historical, calendars }: EventContext
): NewEvent<ClockEventType> {
  const { type, mark, withdrawn, sequence } = change
  const envelope = {
    id,
    subject: `ticket/${ticket.id}`,
    time: change.time,
    tenantId,
    partitionKey: ticket.id,
    sequence,
    historical
  }
  const data: ClockChanged = {
    clock: snapshotOf(ticket.id, { ...clock, sequence }, firedAt, calendars),
    ticket,
    cause,
    firedAt: formatInstant(firedAt)
  }
  if (mark !== null) {
    const lateness = formatDuration(Math.max(0, firedAt - mark.at))
    return {
      ...envelope,
      type: `dueline.clock.${mark.event}.v1`,
      data: { ...data, mark: markOf(mark), lateness, catchUp: mark.catchUp }
    }
  }
  if (isOfMark(type)) throw new Error(`a clock is ${type} by no mark`)
  if (withdrawn === null) return { ...envelope, type: `dueline.clock.${type}.v1`, data }
  const { dueAt, breachedAt, recordedOnly } = withdrawn
  return {
    ...envelope,
    type: 'dueline.clock.breach-withdrawn.v1',
    data: {
      ...data,
      withdrawn: { dueAt: formatInstant(dueAt), breachedAt: formatInstant(breachedAt), recordedOnly }
    }
  }
}

function isOfMark (type: ChangeType): type is MarkEvent {
  return type === 'warned' || type === 'reminded' || type === 'breached' || type === 'overdue'
}

/** A mark in its public form. */
export function markOf ({ key, at, urgent, recordedOnly, attachedLate }: ChangedMark): ClockMarkReached['mark'] {
  return { key, dueAt: formatInstant(at), urgent, recordedOnly, attachedLate }
}

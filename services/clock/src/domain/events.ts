import { formatDuration, formatInstant, type Micros } from '@dueline/business-time'
import type { ClockChanged, ClockMarkReached, NewEvent, TicketSummary } from '@dueline/contracts'
import type { Change, StoredClock } from './diff.ts'
import type { CalendarLookup } from './open-time.ts'
import { snapshotOf } from './snapshot.ts'

/** Why clocks were looked at. */
export interface EventCause {
  readonly kind: ClockChanged['cause']['kind']
  readonly id: string | null
}

export interface Telling {
  readonly tenantId: string
  readonly ticket: TicketSummary
  readonly cause: EventCause
  readonly firedAt: Micros
  readonly historical: boolean
  readonly calendars: CalendarLookup
}

/**
 * The event of a change. Its clock is the newest state known at `firedAt`, also when several events tell of one
 * advance: a reader then never acts on a state that is over already. Lateness is `firedAt` − the mark's instant.
 */
export function eventOf (id: string, change: Change, clock: StoredClock, { tenantId, ticket, cause, firedAt, historical, calendars }: Telling): NewEvent<ClockChanged | ClockMarkReached> {
  const { mark, sequence } = change
  const changed: ClockChanged = {
    clock: snapshotOf(ticket.id, { ...clock, sequence }, firedAt, calendars),
    ticket,
    cause,
    firedAt: formatInstant(firedAt)
  }
  return {
    id,
    type: `dueline.clock.${change.type}.v1`,
    subject: `ticket/${ticket.id}`,
    time: change.time,
    tenantId,
    partitionKey: ticket.id,
    sequence,
    historical,
    data: mark === null
      ? changed
      : {
          ...changed,
          mark: { key: mark.key, dueAt: formatInstant(mark.at), urgent: mark.urgent, recordedOnly: mark.recordedOnly, attachedLate: mark.attachedLate },
          lateness: formatDuration(Math.max(0, firedAt - mark.at)),
          catchUp: mark.catchUp
        }
  }
}

import type { Ticket, TenantRecord } from '../tenant-record.ts'
import { isClockEvent, name, repeated, type Looked } from './record.ts'
import { denseFaults, increasingFaults } from './sequence-faults.ts'

export function feedFaults ({ events, tickets, clocks }: TenantRecord): string[] {
  const known = new Set(tickets.map(({ id }) => `ticket/${id}`))
  const clockIds = new Set(clocks.map(({ id }) => id))
  return [
    ...repeated(events, ({ id }) => id).map((id) => `event ${id} stands twice in the feed`),
    ...events.filter(({ type, subject }) => type.startsWith('dueline.ticket.') && !known.has(subject)).map((event) =>
      `${name(event)} is of a ticket that does not exist`
    ),
    ...events.filter((event) => isClockEvent(event) && !clockIds.has(event.data.clock.id)).map((event) =>
      `${name(event)} is of a clock that does not exist`
    )
  ]
}

/** Every version of a ticket is announced once and in order; what must follow from it is there. */
export function ticketFaults (ticket: Ticket, { eventsOfSubject, ticketsWithClock }: Looked): string[] {
  const own = eventsOfSubject.get(`ticket/${ticket.id}`) ?? []
  const facts = own.filter(({ type }) => type.startsWith('dueline.ticket.'))
  const faults = denseFaults(`ticket ${ticket.number}`, facts, ticket.version)
  if (facts[0]?.type !== 'dueline.ticket.created.v1') {
    faults.push(`ticket ${ticket.number}: the feed does not begin with its creation`)
  }
  if (ticket.type === 'appreciation') return faults
  const agreements = own.filter(({ type }) => type.startsWith('dueline.agreement.'))
  if (agreements.filter(({ type }) => type === 'dueline.agreement.made.v1').length !== 1) {
    faults.push(`ticket ${ticket.number}: ${agreements.length} agreements, not one`)
  }
  faults.push(...increasingFaults(`agreements of ticket ${ticket.number}`, agreements))
  if (!ticketsWithClock.has(ticket.id)) faults.push(`ticket ${ticket.number}: no clock`)
  return faults
}

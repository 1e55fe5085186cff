import { parseInstant } from '@dueline/business-time'
import { ticketSummary, type TicketFactType } from '@dueline/contracts'
import { liveOnly } from '@dueline/messaging'
import { saveTickets } from '../store/ticket-store.ts'

/**
 * Keeps the newest of each ticket: a level goes by the assignee, priority and severity at its time. Of the imported
 * past nothing is kept; a clock that is still running afterwards brings its ticket along.
 */
export const onTicketChanged = liveOnly<TicketFactType>(async (tx, events) => {
  await saveTickets(
    tx,
    events.map(({ tenantid: tenantId, time, data: { ticket } }) => ({
      tenantId,
      id: ticket.id,
      version: ticket.version,
      asOf: parseInstant(time),
      summary: ticketSummary(ticket)
    }))
  )
})

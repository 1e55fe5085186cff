import { parseInstant } from '@dueline/business-time'
import type { DuelineEvent, TicketSnapshot } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import { saveTickets, summaryOf } from '../store/ticket-store.ts'

/** Every event that tells a ticket. */
export const ticketEventTypes = ['created', 'updated', 'assigned', 'message-added', 'status-changed', 'reopened']
  .map((what) => `dueline.ticket.${what}.v1`)

/**
 * Keeps the newest of each ticket: a level goes by the assignee, priority and severity at its time. Of the imported
 * past nothing is kept; a clock that is still running afterwards brings its ticket along.
 */
export async function onTicketChanged (tx: Tx, events: readonly DuelineEvent[]): Promise<void> {
  const current = (events as readonly DuelineEvent<{ ticket: TicketSnapshot }>[]).filter(({ historical }) =>
    !historical
  )
  await saveTickets(
    tx,
    current.map(({ tenantid: tenantId, time, data: { ticket } }) => ({
      tenantId,
      version: ticket.version,
      asOf: parseInstant(time),
      summary: summaryOf(ticket)
    }))
  )
}

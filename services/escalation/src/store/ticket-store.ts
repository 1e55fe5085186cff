import type { TicketSummary } from '@dueline/contracts'
import { newestWins } from '@dueline/postgres'
import { ticket } from './tables.ts'

/** What an event of a clock says never overrides what the ticket's own said. */
export const saveTickets = newestWins(ticket, ['version', 'asOf'])

/** The fields of a ticket that events of clocks and escalations have. */
export function summaryOf (ticket: TicketSummary): TicketSummary {
  const { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId } = ticket
  const { moduleId, teamId } = ticket
  return {
    id,
    number,
    subject,
    type,
    status,
    priority,
    severity,
    productId,
    customerId,
    assigneeId,
    ...(moduleId === undefined ? {} : { moduleId }),
    ...(teamId === undefined ? {} : { teamId })
  }
}

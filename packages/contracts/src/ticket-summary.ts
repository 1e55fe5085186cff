import type { TicketSummary } from './events/parts.ts'

/** The fields of a ticket that events of clocks and escalations have. */
export function ticketSummary (ticket: TicketSummary): TicketSummary {
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

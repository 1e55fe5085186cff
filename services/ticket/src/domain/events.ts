import type { NewEvent, TicketFactType, TicketSnapshot } from '@dueline/contracts'
import { formatInstant } from '@dueline/business-time'
import { excerpt } from './changes.ts'
import type { TicketFact, Ticket } from './ticket.ts'

/** The ticket as it stands in events. `importing`: more facts of an imported history follow. */
export function snapshotOf (ticket: Ticket, importing: boolean): TicketSnapshot {
  return {
    id: ticket.id,
    number: ticket.number,
    subject: ticket.subject,
    type: ticket.type,
    status: ticket.status,
    priority: ticket.priority,
    severity: ticket.severity,
    productId: ticket.productId,
    moduleId: ticket.moduleId,
    questionId: ticket.questionId,
    customerId: ticket.customerId,
    assigneeId: ticket.assigneeId,
    teamId: ticket.teamId,
    channel: ticket.channel,
    createdAt: formatInstant(ticket.createdAt),
    reopenCount: ticket.reopenCount,
    importing,
    version: ticket.version
  }
}

/** What an event needs beyond its fact. `historical` marks the imported past. */
export interface EventFrame {
  id: string
  tenantId: string
  historical: boolean
  importing: boolean
}

/** The event of a fact. */
export function eventOf (
  { at, actor, change, ticket }: TicketFact,
  { id, tenantId, historical, importing }: EventFrame
): NewEvent<TicketFactType> {
  const envelope = {
    id,
    subject: `ticket/${ticket.id}`,
    time: at,
    tenantId,
    partitionKey: ticket.id,
    sequence: ticket.version,
    historical
  }
  const about = { ticket: snapshotOf(ticket, importing), actor }
  switch (change.kind) {
    case 'created':
      return { ...envelope, type: 'dueline.ticket.created.v1', data: about }
    case 'updated':
      return { ...envelope, type: 'dueline.ticket.updated.v1', data: { ...about, changes: change.changes } }
    case 'assigned': {
      const { from, to, reason, ruleId } = change
      return { ...envelope, type: 'dueline.ticket.assigned.v1', data: { ...about, from, to, reason, ruleId } }
    }
    case 'message-added': {
      const { id, kind, authorKind, authorId, body } = change.message
      const message = { id, kind, authorKind, authorId, excerpt: excerpt(body) }
      return { ...envelope, type: 'dueline.ticket.message-added.v1', data: { ...about, message } }
    }
    case 'status-changed':
    case 'reopened': {
      const { kind, from, to, reason } = change
      return { ...envelope, type: `dueline.ticket.${kind}.v1`, data: { ...about, from, to, reason } }
    }
  }
}

import type { EventType, NewEvent, TicketSnapshot } from '@dueline/contracts'
import { formatInstant } from '@dueline/business-time'
import { excerpt } from './changes.ts'
import type { Change, Fact, Ticket } from './ticket.ts'

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

function dataOf (change: Change): Record<string, unknown> {
  switch (change.kind) {
    case 'created':
      return {}
    case 'updated':
      return { changes: change.changes }
    case 'assigned':
      return { from: change.from, to: change.to, reason: change.reason }
    case 'message-added': {
      const { id, kind, authorKind, authorId, body } = change.message
      return { message: { id, kind, authorKind, authorId, excerpt: excerpt(body) } }
    }
    case 'status-changed':
    case 'reopened':
      return { from: change.from, to: change.to, reason: change.reason }
  }
}

/** What an event needs beyond its fact. `historical` marks the imported past. */
export interface EventFrame {
  id: string
  tenantId: string
  historical: boolean
  importing: boolean
  traceparent?: string | undefined
}

/** The event that tells of a fact. */
export function eventOf (fact: Fact, { id, tenantId, historical, importing, traceparent }: EventFrame): NewEvent {
  const type: EventType = `dueline.ticket.${fact.change.kind}.v1`
  return {
    id,
    type,
    subject: `ticket/${fact.ticket.id}`,
    time: fact.at,
    tenantId,
    partitionKey: fact.ticket.id,
    sequence: fact.ticket.version,
    historical,
    ...(traceparent === undefined ? {} : { traceparent }),
    data: { ticket: snapshotOf(fact.ticket, importing), actor: fact.actor, ...dataOf(fact.change) }
  }
}

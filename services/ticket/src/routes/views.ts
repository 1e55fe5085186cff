import { formatInstant, type Micros } from '@dueline/business-time'
import type { Actor } from '@dueline/contracts'
import { etagOf } from '@dueline/http'
import type { Ticket } from '../domain/ticket.ts'
import type { StoredMessage } from '../store/message-store.ts'
import type { Person } from '../store/person-store.ts'
import type { TimelineEntry } from '../store/timeline-store.ts'
import type { MessageView, PersonView, TicketView } from './schemas.ts'

/** An instant on the wire, or null. */
export function instantView (at: Micros | null): string | null {
  return at === null ? null : formatInstant(at)
}

/** A ticket on the wire. */
export function ticketView (ticket: Ticket): TicketView {
  return {
    ...ticket,
    createdAt: formatInstant(ticket.createdAt),
    updatedAt: formatInstant(ticket.updatedAt),
    resolvedAt: instantView(ticket.resolvedAt),
    closedAt: instantView(ticket.closedAt)
  }
}

/** The answer of a write whose result is a ticket. */
export function ticketAnswer (status: number, ticket: Ticket): { status: number, body: TicketView, headers: Record<string, string> } {
  return { status, body: ticketView(ticket), headers: { etag: etagOf(ticket.version) } }
}

/** A message on the wire. */
export function messageView ({ id, ticketId, kind, authorKind, authorId, screenName, body, at, version }: StoredMessage): MessageView {
  return { id, ticketId, kind, author: { kind: authorKind, id: authorId, screenName }, body, attachments: [], at: formatInstant(at), ticketVersion: version }
}

/** A fact on the wire. `forCustomer`: why staff passed a ticket on is not the customer's business. */
export function timelineView (entry: TimelineEntry, forCustomer: boolean) {
  return {
    ...entry,
    kind: entry.kind as 'created',
    at: formatInstant(entry.at),
    actor: entry.actor as Actor,
    reason: forCustomer && entry.kind === 'assigned' ? null : entry.reason
  }
}

/** A person on the wire. `masked`: only what customers may know of staff. */
export function personView (person: Person, masked = false): PersonView {
  return {
    ...person,
    name: masked ? person.screenName : person.name,
    email: masked ? null : person.email,
    timeZone: masked ? null : person.timeZone,
    managerId: masked ? null : person.managerId,
    externalId: masked ? null : person.externalId,
    createdAt: formatInstant(person.createdAt),
    updatedAt: formatInstant(person.updatedAt)
  }
}

import { formatInstant } from '@dueline/business-time'
import { fieldsOfStaff, reasonForCustomers, type Actor, instantText } from '@dueline/contracts'
import { etagOf, type Principal } from '@dueline/http'
import type { Read } from '@dueline/postgres'
import { customForCustomers, type CustomField } from '../domain/custom-fields.ts'
import type { TicketSla } from '../domain/sla.ts'
import type { Ticket } from '../domain/ticket.ts'
import { customFieldsOf } from '../store/custom-field-store.ts'
import type { StoredMessage } from '../store/message-store.ts'
import type { TimelineEntry } from '../store/timeline-store.ts'
import type { PersonDirectory } from '../upstreams/people.ts'
import { authorize } from '../access.ts'
import type { MessageView, TicketView } from './schemas.ts'

/** A ticket on the wire, as staff sees it. */
export function ticketView ({ customerFields: _, ...ticket }: Ticket): TicketView {
  return {
    ...ticket,
    sla: ticket.sla === null ? null : slaView(ticket.sla),
    assigneeScreenName: null,
    createdAt: formatInstant(ticket.createdAt),
    updatedAt: formatInstant(ticket.updatedAt),
    resolvedAt: instantText(ticket.resolvedAt),
    closedAt: instantText(ticket.closedAt)
  }
}

function slaView ({ sequence, dueAt, asOf, ...sla }: TicketSla): NonNullable<TicketView['sla']> {
  return {
    ...sla,
    dueAt: instantText(dueAt),
    paused: sla.state === 'paused',
    version: sequence,
    asOf: formatInstant(asOf)
  }
}

/** A ticket as its customer sees it: without labels and escalations of staff, and of staff only the screen name. */
function customersTicketView (
  ticket: Ticket,
  assigneeScreenName: string | null,
  fields: ReadonlyMap<string, CustomField>
): TicketView {
  const custom = customForCustomers(ticket.custom, ticket.customerFields, fields)
  const sla = ticket.sla === null ? null : { ...ticket.sla, escalation: null }
  const shown = { ...ticketView({ ...ticket, sla }), assigneeScreenName }
  return { ...shown, assigneeId: null, teamId: null, tags: [], custom }
}

/** Tickets as the caller may see them. */
export async function ticketViews (
  read: Read,
  tickets: readonly Ticket[],
  principal: Principal,
  directory: PersonDirectory
): Promise<TicketView[]> {
  if (authorize(principal, 'seeInternals')) return tickets.map(ticketView)
  const people = await directory.lookup(
    read,
    principal.tenantId,
    tickets.map(({ assigneeId }) => assigneeId).filter((id) => id !== null)
  )
  const fields = await customFieldsOf(read, principal.tenantId, tickets.map(({ custom }) => custom))
  return tickets.map((ticket) =>
    customersTicketView(ticket, people.get(ticket.assigneeId ?? '')?.screenName ?? null, fields)
  )
}

/** The answer of a write of staff whose result is a ticket. */
export function ticketAnswer (
  status: number,
  ticket: Ticket
): { status: number, body: TicketView, headers: Record<string, string> } {
  return { status, body: ticketView(ticket), headers: { etag: etagOf(ticket.version) } }
}

/** Somebody as the caller may know him: customers learn nobody's id but their own. */
function actorView (actor: Actor, principal: Principal): Actor {
  return authorize(principal, 'seeInternals') || actor.id === principal.personId ? actor : { ...actor, id: null }
}

/** A message on the wire. */
export function messageView (message: StoredMessage, principal: Principal): MessageView {
  const { id, ticketId, kind, authorKind, authorId, screenName, body, at, version, externalId, postedBy } = message
  return {
    id,
    ticketId,
    kind,
    author: actorView({ kind: authorKind, id: authorId, screenName }, principal),
    body,
    attachments: [],
    at: formatInstant(at),
    ticketVersion: version,
    externalId,
    postedBy: authorize(principal, 'seeInternals') ? postedBy : null
  }
}

/** A fact on the wire. Customers see neither fields of staff nor a reason that somebody wrote. */
export function timelineView (entry: TimelineEntry, principal: Principal) {
  const isForCustomer = !authorize(principal, 'seeInternals')
  return {
    ...entry,
    kind: entry.kind as 'created',
    at: formatInstant(entry.at),
    actor: actorView(entry.actor, principal),
    ruleId: isForCustomer ? null : entry.ruleId,
    reason: isForCustomer ? reasonForCustomers(entry.reason) : entry.reason,
    changes: isForCustomer
      ? entry.changes.filter(({ field }) => !fieldsOfStaff.includes(field))
      : entry.changes
  }
}

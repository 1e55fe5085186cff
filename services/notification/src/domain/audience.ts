import { isOfType, type DuelineEvent, type PersonSnapshot, type TicketSummary } from '@dueline/contracts'

/** Who hears an event and in which part: the part picks the template. */
export interface Listener { personId: string, part: 'customer' | 'assignee' | 'manager' | 'target' }

/** People by id; whom the service does not know cannot be written to. */
export type People = ReadonlyMap<string, Pick<PersonSnapshot, 'managerId' | 'active'>>

/**
 * The people who hear of an event, each once, in their first part. Imported past is heard by nobody; nobody hears of what
 * he did himself, but for the receipt of a ticket; inactive and unknown people hear nothing.
 */
export function audienceOf (event: DuelineEvent, people: People): Listener[] {
  if (event.historical) return []
  const actorId = (event.data as { actor?: { id?: string | null } }).actor?.id ?? null
  const seen = new Set<string>()
  return listeners(event, people).filter(({ personId }) => {
    const ownDeed = personId === actorId && event.type !== 'dueline.ticket.created.v1'
    if (ownDeed || seen.has(personId) || people.get(personId)?.active !== true) return false
    seen.add(personId)
    return true
  })
}

/** Ids of every person an event may concern: read these before `audienceOf`, and their managers with them. */
export function concernedBy (event: DuelineEvent): string[] {
  const { ticket } = event.data as { ticket?: { customerId: string, assigneeId: string | null } }
  const named = isOfType(event, 'dueline.escalation.level-reached.v1') ? notified(event) : []
  return [ticket?.customerId, ticket?.assigneeId, ...named].filter((id): id is string => typeof id === 'string')
}

function listeners (event: DuelineEvent, people: People): Listener[] {
  if (isOfType(event, 'dueline.ticket.created.v1')) return customer(event.data.ticket)
  if (isOfType(event, 'dueline.ticket.assigned.v1')) return assignee(event.data.ticket)
  if (isOfType(event, 'dueline.ticket.reopened.v1')) return assignee(event.data.ticket)
  if (isOfType(event, 'dueline.ticket.message-added.v1')) {
    if (event.data.message.kind === 'internal') return []
    return event.data.message.authorKind === 'customer' ? assignee(event.data.ticket) : customer(event.data.ticket)
  }
  if (isOfType(event, 'dueline.ticket.status-changed.v1')) {
    return ['waiting_on_customer', 'resolved', 'closed'].includes(event.data.to) ? customer(event.data.ticket) : []
  }
  if (isOfType(event, 'dueline.clock.warned.v1') || isOfType(event, 'dueline.clock.reminded.v1')) {
    return event.data.mark.urgent ? assigneeAndManager(event.data.ticket, people) : assignee(event.data.ticket)
  }
  if (isOfType(event, 'dueline.clock.breached.v1')) return assigneeAndManager(event.data.ticket, people)
  if (isOfType(event, 'dueline.escalation.level-reached.v1')) return notified(event).map((personId) => ({ personId, part: 'target' }))
  return []
}

function customer (ticket: Pick<TicketSummary, 'customerId'>): Listener[] {
  return [{ personId: ticket.customerId, part: 'customer' }]
}

function assignee (ticket: Pick<TicketSummary, 'assigneeId'>): Listener[] {
  return ticket.assigneeId === null ? [] : [{ personId: ticket.assigneeId, part: 'assignee' }]
}

function assigneeAndManager (ticket: Pick<TicketSummary, 'assigneeId'>, people: People): Listener[] {
  const managerId = ticket.assigneeId === null ? null : people.get(ticket.assigneeId)?.managerId ?? null
  return [...assignee(ticket), ...(managerId === null ? [] : [{ personId: managerId, part: 'manager' as const }])]
}

function notified (event: DuelineEvent): string[] {
  if (!isOfType(event, 'dueline.escalation.level-reached.v1')) return []
  return event.data.actions.flatMap((action) => action.kind === 'notify' ? action.personIds : [])
}

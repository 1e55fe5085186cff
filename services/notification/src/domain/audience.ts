import { isOfType, type DuelineEvent, type PersonSnapshot, type TicketSummary } from '@dueline/contracts'

/**
 * Who hears an event and in which part: the part picks the text. A `lead` hears in place of an assignee: there is none,
 * or he is inactive.
 */
export interface Listener {
  personId: string
  part: 'customer' | 'assignee' | 'lead' | 'manager' | 'target'
}

/** People by id; whom the service does not know cannot be written to. */
export type People = ReadonlyMap<string, Pick<PersonSnapshot, 'managerId' | 'active'>>

/** What is known of a tenant when an event of it is told. */
export interface Known {
  people: People
  /** Who hears what concerns a ticket that nobody has; needed for events of which `needsLeads` says so. */
  leads: readonly string[]
  /** Who was told of the breach that the event withdraws or its clock is in; needed as `needsToldOfBreach` says. */
  toldOfBreach: readonly string[]
  /** Whether the event's clock had stopped before and is open again. */
  isOpenAgain: boolean
}

type Circle = 'customer' | 'assignee' | 'holder' | 'manager' | 'targets' | 'told'

/**
 * The people who hear of an event, each once, in their first part. Imported past is heard by nobody; nobody hears of
 * what he did himself, but for the receipt of a ticket; inactive and unknown people hear nothing.
 */
export function audienceOf (event: DuelineEvent, known: Known): Listener[] {
  if (isInBreachAgain(event) && (!known.isOpenAgain || known.toldOfBreach.length > 0)) return []
  const actorId = (event.data as { actor?: { id?: string | null } }).actor?.id ?? null
  const seen = new Set<string>()
  return circlesOf(event).flatMap((circle) => membersOf(circle, event, known)).filter(({ personId, part }) => {
    const isReceipt = part === 'customer' && event.type === 'dueline.ticket.created.v1'
    if ((personId === actorId && !isReceipt) || seen.has(personId) || !isActive(personId, known.people)) return false
    seen.add(personId)
    return true
  })
}

/** Ids of every person an event may concern: read these before `audienceOf`, and their managers with them. */
export function concernedBy (event: DuelineEvent): string[] {
  const { ticket } = event.data as { ticket?: Partial<TicketSummary> }
  const ids = [ticket?.customerId, ticket?.assigneeId, ...notified(event)]
  return ids.filter((id): id is string => typeof id === 'string')
}

/** Whether `audienceOf` asks for the tenant's leads. */
export function needsLeads (event: DuelineEvent, people: People): boolean {
  return circlesOf(event).includes('holder') && activeAssignee(event, people) === null
}

/** Whether `audienceOf` asks for who was told of the breach. */
export function needsToldOfBreach (event: DuelineEvent): boolean {
  return circlesOf(event).includes('told') || isInBreachAgain(event)
}

/** A clock in breach runs again: after a reopening its miss may be one of which nobody was told. */
function isInBreachAgain (event: DuelineEvent): boolean {
  return isOfType(event, 'dueline.clock.resumed.v1') && event.data.clock.breachedAt !== null
}

function circlesOf (event: DuelineEvent): readonly Circle[] {
  if (event.historical) return []
  if (isOfType(event, 'dueline.ticket.created.v1')) return ['customer', 'assignee']
  if (isOfType(event, 'dueline.ticket.assigned.v1')) {
    return event.data.from.assigneeId === event.data.to.assigneeId ? [] : ['assignee']
  }
  if (isOfType(event, 'dueline.ticket.reopened.v1')) return ['holder']
  if (isOfType(event, 'dueline.ticket.message-added.v1')) {
    return circlesOfMessage(event.data.message)
  }
  if (isOfType(event, 'dueline.ticket.status-changed.v1')) {
    return ['waiting_on_customer', 'resolved', 'closed'].includes(event.data.to) ? ['customer'] : []
  }
  if (isOfType(event, 'dueline.escalation.level-reached.v1')) return ['targets']
  return circlesOfClock(event)
}

/** What no human of ours wrote is a record of what its bringer has sent the customer, such as a receipt. */
function circlesOfMessage ({ kind, authorKind }: { kind: string, authorKind: string }): readonly Circle[] {
  if (kind === 'internal') return []
  if (authorKind === 'customer') return ['holder']
  return kind === 'automatic' ? [] : ['customer']
}

/**
 * A mark that is recorded only is told to nobody. Of a breach that was not told as such people may have heard
 * otherwise, from an escalation or as they were given the ticket: they are told that it is withdrawn, unless the ticket
 * is over.
 */
function circlesOfClock (event: DuelineEvent): readonly Circle[] {
  if (isInBreachAgain(event)) return ['holder', 'manager']
  if (isOfType(event, 'dueline.clock.breach-withdrawn.v1')) {
    return event.data.withdrawn?.recordedOnly === 'over' ? [] : ['told']
  }
  if (isOfType(event, 'dueline.clock.breached.v1')) {
    return event.data.mark.recordedOnly === null ? ['holder', 'manager'] : []
  }
  const isMark = isOfType(event, 'dueline.clock.warned.v1') || isOfType(event, 'dueline.clock.reminded.v1') ||
    isOfType(event, 'dueline.clock.overdue.v1')
  if (!isMark || event.data.mark.recordedOnly !== null) return []
  return event.data.mark.urgent ? ['holder', 'manager'] : ['holder']
}

function membersOf (circle: Circle, event: DuelineEvent, { people, leads, toldOfBreach }: Known): Listener[] {
  const { customerId, assigneeId } = (event.data as { ticket: TicketSummary }).ticket
  const active = activeAssignee(event, people)
  const as = (part: Listener['part'], ...ids: ReadonlyArray<string | null | undefined>): Listener[] =>
    ids.flatMap((personId) => personId === null || personId === undefined ? [] : [{ personId, part }])
  const managerOf = (id: string | null): string | null | undefined => id === null ? null : people.get(id)?.managerId
  switch (circle) {
    case 'customer':
      return as('customer', customerId)
    case 'assignee':
      return as('assignee', assigneeId)
    case 'holder':
      return active === null ? as('lead', ...leads, managerOf(assigneeId)) : as('assignee', active)
    case 'manager':
      return as('manager', managerOf(active))
    case 'targets':
      return as('target', ...notified(event))
    case 'told':
      return as('manager', ...toldOfBreach)
  }
}

/** Who works on the event's ticket, when he still works here. */
function activeAssignee (event: DuelineEvent, people: People): string | null {
  const { assigneeId = null } = (event.data as { ticket?: Partial<TicketSummary> }).ticket ?? {}
  return assigneeId !== null && isActive(assigneeId, people) ? assigneeId : null
}

function isActive (id: string, people: People): boolean {
  return people.get(id)?.active === true
}

function notified (event: DuelineEvent): string[] {
  if (!isOfType(event, 'dueline.escalation.level-reached.v1')) return []
  return event.data.actions.flatMap((action) => action.kind === 'notify' ? action.personIds : [])
}

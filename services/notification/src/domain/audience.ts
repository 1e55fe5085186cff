import {
  isCustomer,
  type DuelineEvent,
  type EventType,
  type StaffStanding,
  type TicketAssigned,
  type TicketInQueue,
  type TicketMessageAdded,
  type TicketStatus
} from '@dueline/contracts'

/**
 * Who hears an event and in which part: the part picks the text. A `lead` hears in place of an assignee: there is none,
 * or he is inactive.
 */
export interface Listener {
  personId: string
  part: 'customer' | 'assignee' | 'lead' | 'manager' | 'target'
}

/** People by id; whom the service does not know cannot be written to. */
export type People = ReadonlyMap<string, StaffStanding>

/** What is known of a tenant when an event of it is announced. */
export interface Known {
  people: People
  /** Who acts for the missing assignee, as `inChargeOf` says; needed for events that are `queuedIn`. */
  inCharge: readonly string[]
  /** Who was notified of the breach that the event withdraws or its clock is in; needed as `needsToldOfBreach` says. */
  notifiedOfBreach: readonly string[]
  /** Whether the event's clock had stopped before and is open again. */
  isOpenAgain: boolean
  /** Whether the ticket has anything of which whoever is given it has to know. */
  hasOpenMatters: boolean
}

/** For whom a text is written. */
export type Audience = 'customer' | 'staff'

/**
 * Whether people may be notified of an event, and who: every text of `TextKey` comes from here. A new event type is a
 * question to whoever adds it. The assignee of a new ticket hears of it as by an assignment.
 */
export const audiences = {
  'dueline.ticket.created.v1': ['customer'],
  'dueline.ticket.updated.v1': [],
  'dueline.ticket.assigned.v1': ['staff'],
  'dueline.ticket.message-added.v1': ['customer', 'staff'],
  'dueline.ticket.status-changed.v1': ['customer'],
  'dueline.ticket.reopened.v1': ['staff'],
  'dueline.people.named.v1': [],
  'dueline.assignee.left.v1': [],
  'dueline.agreement.made.v1': [],
  'dueline.agreement.changed.v1': [],
  'dueline.agreement.withdrawn.v1': [],
  'dueline.policy.published.v1': [],
  'dueline.calendar.published.v1': [],
  'dueline.catalogue.changed.v1': [],
  'dueline.template.published.v1': [],
  'dueline.template.refused.v1': [],
  'dueline.question-template.changed.v1': [],
  'dueline.clock.started.v1': [],
  'dueline.clock.paused.v1': [],
  'dueline.clock.resumed.v1': ['staff'],
  'dueline.clock.replanned.v1': [],
  'dueline.clock.met.v1': [],
  'dueline.clock.cancelled.v1': [],
  'dueline.clock.extended.v1': [],
  'dueline.clock.waived.v1': [],
  'dueline.clock.breach-withdrawn.v1': ['staff'],
  'dueline.clock.warned.v1': ['staff'],
  'dueline.clock.reminded.v1': ['staff'],
  'dueline.clock.breached.v1': ['staff'],
  'dueline.clock.overdue.v1': ['staff'],
  'dueline.escalation.opened.v1': [],
  'dueline.escalation.level-reached.v1': ['staff'],
  'dueline.escalation.acknowledged.v1': [],
  'dueline.escalation.stopped.v1': [],
  'dueline.escalation.exhausted.v1': [],
  'dueline.message.sent.v1': [],
  'dueline.message.failed.v1': [],
  'dueline.inbox.message-added.v1': [],
  'dueline.inbox.read.v1': [],
  'dueline.webhook-endpoint.disabled.v1': [],
  'dueline.webhook-endpoint.tested.v1': [],
  'dueline.team.changed.v1': [],
  'dueline.levels.changed.v1': [],
  'dueline.person.changed.v1': [],
  'dueline.unit.changed.v1': [],
  'dueline.customer.changed.v1': [],
  'dueline.responsibility.changed.v1': [],
  'dueline.availability.changed.v1': [],
  'dueline.absence.changed.v1': [],
  'dueline.capacity.changed.v1': []
} as const satisfies Record<EventType, readonly Audience[]>

/** Who hears of events of type `T`. */
export type AudienceOf<T extends EventType> = (typeof audiences)[T][number]
/** Types of which somebody hears. */
export type NotifiableType = { [T in EventType]: [AudienceOf<T>] extends [never] ? never : T }[EventType]
export type NotifiableEvent = DuelineEvent<NotifiableType>

export function isNotifiable (event: DuelineEvent): event is NotifiableEvent {
  return audiences[event.type].length > 0
}

/** Statuses of which the customer hears. */
export const notifiableStatuses = ['waiting_on_customer', 'resolved', 'closed'] as const
export type NotifiableStatus = (typeof notifiableStatuses)[number]

export function isNotifiableStatus (status: TicketStatus): status is NotifiableStatus {
  return notifiableStatuses.some((received) => received === status)
}

type Circle = 'customer' | 'assignee' | 'holder' | 'queue' | 'manager' | 'targets' | 'notified'

/**
 * The people who are notified of an event, each once, in their first part. Nobody is notified of the imported past,
 * nor of what they did themselves, but for the receipt of a ticket; inactive and unknown people get nothing. Whose role
 * is customer gets what is written to customers and nothing else, whatever he was before.
 */
export function audienceOf (event: DuelineEvent, known: Known): Listener[] {
  if (!isNotifiable(event) || (isInBreachAgain(event) && (!known.isOpenAgain || known.notifiedOfBreach.length > 0))) {
    return []
  }
  const actorId = 'actor' in event.data ? event.data.actor.id : null
  const seen = new Set<string>()
  return circlesOf(event).flatMap((circle) => membersOf(circle, event, known)).filter(({ personId, part }) => {
    const isReceipt = part === 'customer' && event.type === 'dueline.ticket.created.v1'
    if ((personId === actorId && !isReceipt) || seen.has(personId)) return false
    if (!(part === 'customer' ? isActive : isActiveStaff)(personId, known.people)) return false
    seen.add(personId)
    return true
  })
}

/** Ids of every person an event may concern: read these before `audienceOf`, and their managers with them. */
export function concernedBy (event: DuelineEvent): string[] {
  const ids = 'ticket' in event.data ? [event.data.ticket.customerId, event.data.ticket.assigneeId] : []
  return [...ids, ...notified(event)].filter((id) => id !== null)
}

/** The ticket of an event for which `audienceOf` asks who is in charge: nobody works on it; else null. */
export function queuedIn (event: DuelineEvent, people: People): TicketInQueue | null {
  const concerns = circlesOf(event).some((circle) => circle === 'holder' || circle === 'queue')
  return concerns && 'ticket' in event.data && activeAssignee(event, people) === null ? event.data.ticket : null
}

/** Whether `audienceOf` asks for who was notified of the breach. */
export function needsNotified (event: DuelineEvent): boolean {
  return circlesOf(event).includes('notified') || isInBreachAgain(event)
}

/** A clock in breach runs again: after a reopening its miss may be one of which nobody was notified. */
function isInBreachAgain (event: DuelineEvent): boolean {
  return event.type === 'dueline.clock.resumed.v1' && event.data.clock.breachedAt !== null
}

/**
 * A mark that is recorded only is announced to nobody. Of a breach that was not announced as such people may know
 * otherwise, from an escalation or as they were given the ticket: they are notified that it is withdrawn, unless the
 * ticket is over.
 */
function circlesOf (event: DuelineEvent): readonly Circle[] {
  if (event.historical || !isNotifiable(event)) return []
  switch (event.type) {
    case 'dueline.ticket.created.v1':
      return ['customer', 'assignee']
    case 'dueline.ticket.assigned.v1':
      return circlesOfAssignment(event.data)
    case 'dueline.ticket.reopened.v1':
      return ['holder']
    case 'dueline.ticket.message-added.v1':
      return circlesOfMessage(event.data.message)
    case 'dueline.ticket.status-changed.v1':
      return isNotifiableStatus(event.data.to) ? ['customer'] : []
    case 'dueline.escalation.level-reached.v1':
      return ['targets']
    case 'dueline.clock.resumed.v1':
      return isInBreachAgain(event) ? ['holder', 'manager'] : []
    case 'dueline.clock.breach-withdrawn.v1':
      return event.data.withdrawn?.recordedOnly === 'over' ? [] : ['notified']
    case 'dueline.clock.breached.v1':
      return event.data.mark.recordedOnly === null ? ['holder', 'manager'] : []
    case 'dueline.clock.warned.v1':
    case 'dueline.clock.reminded.v1':
    case 'dueline.clock.overdue.v1':
      if (event.data.mark.recordedOnly !== null) return []
      return event.data.mark.urgent ? ['holder', 'manager'] : ['holder']
  }
}

/** A ticket that waits without an assignee, now or in another team, is the job of whoever is in charge. */
function circlesOfAssignment ({ from, to }: Pick<TicketAssigned, 'from' | 'to'>): readonly Circle[] {
  const isAnother = from.assigneeId !== to.assigneeId
  if (to.assigneeId === null) return isAnother || from.teamId !== to.teamId ? ['queue'] : []
  return isAnother ? ['assignee'] : []
}

/** What no human of ours wrote is a record of what its bringer has sent the customer, such as a receipt. */
function circlesOfMessage ({ kind, authorKind }: TicketMessageAdded['message']): readonly Circle[] {
  if (kind === 'internal') return []
  if (authorKind === 'customer') return ['holder']
  return kind === 'automatic' ? [] : ['customer']
}

function membersOf (circle: Circle, event: NotifiableEvent, known: Known): Listener[] {
  const { people, inCharge, notifiedOfBreach, hasOpenMatters } = known
  const { customerId, assigneeId } = event.data.ticket
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
      return active === null ? as('lead', ...inCharge, managerOf(assigneeId)) : as('assignee', active)
    case 'queue':
      return hasOpenMatters ? as('lead', ...inCharge) : []
    case 'manager':
      return as('manager', managerOf(active))
    case 'targets':
      return as('target', ...notified(event))
    case 'notified':
      return as('manager', ...notifiedOfBreach)
  }
}

/** Who works on the event's ticket, when he still works here: not who has left, or is a customer now. */
function activeAssignee (event: DuelineEvent, people: People): string | null {
  const assigneeId = 'ticket' in event.data ? event.data.ticket.assigneeId : null
  return assigneeId !== null && isActiveStaff(assigneeId, people) ? assigneeId : null
}

function isActive (id: string, people: People): boolean {
  return people.get(id)?.active === true
}

function isActiveStaff (id: string, people: People): boolean {
  return isActive(id, people) && !isCustomer(people.get(id)?.role)
}

function notified (event: DuelineEvent): string[] {
  if (event.type !== 'dueline.escalation.level-reached.v1') return []
  return event.data.actions.flatMap((action) => action.kind === 'notify' ? action.personIds : [])
}

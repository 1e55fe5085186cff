import {
  fieldsOfStaff,
  kindsForCustomers,
  reasonForCustomers,
  type Actor,
  type AgreementKind,
  eventTypes,
  type DuelineEvent,
  type EventType,
  type TicketSnapshot
} from '@dueline/contracts'

/**
 * Who reads an event besides the readers of the whole tenant. `ticket`: whoever may read the tenant's tickets.
 * `addressee`: the person that it is addressed to, and of customers only the one whose ticket it is about. `tenant`:
 * nobody else. `person`: the person named in it alone, whoever may read the tenant.
 */
export type Circle = 'ticket' | 'addressee' | 'tenant' | 'person'

/** How one type of event is read. A type without a row does not compile, and would be sent to nobody. */
interface Rule<T extends EventType> {
  readonly circle: Circle
  /**
   * The event as the ticket's customer may know it, null when it may not; left out: customers never do. The same rules
   * as those of tickets, timelines and clocks: no ids of staff, no team, no labels, no reason that a person wrote, no
   * internal message, no clock but those of what was agreed with it.
   */
  readonly forCustomer?: (event: DuelineEvent<T>, customerId: string) => DuelineEvent<T> | null
}

const ticket = { circle: 'ticket' } as const
const tenant = { circle: 'tenant' } as const
const person = {
  circle: 'person',
  forCustomer: <E extends DuelineEvent<'dueline.inbox.message-added.v1' | 'dueline.inbox.read.v1'>>(
    event: E,
    customerId: string
  ): E | null => event.data.personId === customerId ? event : null
} as const
const clock = { circle: 'ticket', forCustomer: customersClockEvent } as const

/** What each event type says of its readers. */
export const visibility: { readonly [T in EventType]: Rule<T> } = {
  'dueline.ticket.created.v1': { circle: 'ticket', forCustomer: customersFact },
  'dueline.ticket.updated.v1': {
    circle: 'ticket',
    forCustomer (event, customerId) {
      const changes = event.data.changes.filter(({ field }) => !fieldsHidden.has(field))
      return changes.length === 0 ? null : withData(customersFact(event, customerId), { changes })
    }
  },
  'dueline.ticket.assigned.v1': {
    circle: 'ticket',
    forCustomer: (event, customerId) =>
      withData(customersFact(event, customerId), { from: noHolder, to: noHolder, reason: null, ruleId: null })
  },
  'dueline.ticket.message-added.v1': {
    circle: 'ticket',
    forCustomer (event, customerId) {
      const { message } = event.data
      if (message.kind === 'internal') return null
      const authorId = message.authorId === customerId ? customerId : null
      return withData(customersFact(event, customerId), { message: { ...message, authorId } })
    }
  },
  'dueline.ticket.status-changed.v1': { circle: 'ticket', forCustomer: customersStatus },
  'dueline.ticket.reopened.v1': { circle: 'ticket', forCustomer: customersStatus },
  'dueline.people.named.v1': tenant,
  'dueline.assignee.left.v1': tenant,
  'dueline.agreement.made.v1': ticket,
  'dueline.agreement.changed.v1': ticket,
  'dueline.agreement.withdrawn.v1': ticket,
  'dueline.policy.published.v1': tenant,
  'dueline.calendar.published.v1': tenant,
  'dueline.catalogue.changed.v1': tenant,
  'dueline.template.published.v1': tenant,
  'dueline.template.refused.v1': tenant,
  'dueline.question-template.changed.v1': tenant,
  'dueline.clock.started.v1': clock,
  'dueline.clock.paused.v1': clock,
  'dueline.clock.resumed.v1': clock,
  'dueline.clock.replanned.v1': clock,
  'dueline.clock.met.v1': clock,
  'dueline.clock.cancelled.v1': clock,
  'dueline.clock.extended.v1': clock,
  'dueline.clock.waived.v1': clock,
  'dueline.clock.breach-withdrawn.v1': {
    circle: 'ticket',
    forCustomer (event, customerId) {
      const { withdrawn } = event.data
      const shown = withdrawn === undefined ? {} : { withdrawn: { ...withdrawn, recordedOnly: null } }
      return withData(customersClockEvent(event, customerId), shown)
    }
  },
  'dueline.clock.warned.v1': { circle: 'ticket', forCustomer: customersMark },
  'dueline.clock.reminded.v1': { circle: 'ticket', forCustomer: customersMark },
  'dueline.clock.breached.v1': { circle: 'ticket', forCustomer: customersMark },
  'dueline.clock.overdue.v1': { circle: 'ticket', forCustomer: customersMark },
  'dueline.escalation.opened.v1': ticket,
  'dueline.escalation.level-reached.v1': ticket,
  'dueline.escalation.acknowledged.v1': ticket,
  'dueline.escalation.stopped.v1': ticket,
  'dueline.escalation.exhausted.v1': ticket,
  'dueline.message.sent.v1': {
    circle: 'addressee',
    forCustomer: (event, customerId) => event.data.message.personId === customerId ? event : null
  },
  'dueline.message.failed.v1': tenant,
  'dueline.inbox.message-added.v1': person,
  'dueline.inbox.read.v1': person,
  'dueline.webhook-endpoint.disabled.v1': tenant,
  'dueline.webhook-endpoint.tested.v1': tenant,
  'dueline.team.changed.v1': tenant,
  'dueline.levels.changed.v1': tenant,
  'dueline.person.changed.v1': tenant,
  'dueline.unit.changed.v1': tenant,
  'dueline.customer.changed.v1': tenant,
  'dueline.responsibility.changed.v1': tenant,
  'dueline.availability.changed.v1': tenant,
  'dueline.absence.changed.v1': tenant,
  'dueline.capacity.changed.v1': tenant
}

/** Types of which whoever may read the tenant's tickets reads every event. */
export const ticketTypes = eventTypes.filter((type) => visibility[type].circle === 'ticket')

/** Types of which nobody reads but the person named in each. */
export const personalTypes = eventTypes.filter((type) => visibility[type].circle === 'person')

/** Whom else a change of the ticket's customer names is none of the new one's business. */
const fieldsHidden: ReadonlySet<string> = new Set([...fieldsOfStaff, 'customerId'])
const noHolder = { assigneeId: null, teamId: null }

/** The event as its ticket's customer may know it; null when it may not. */
export function customersEvent<E extends Pick<DuelineEvent, 'type' | 'data'>> (event: E, customerId: string): E | null {
  // a server that is newer may have written types that are not known here
  const rule = visibility[event.type] as Rule<EventType> | undefined
  return (rule?.forCustomer?.(event as never, customerId) ?? null) as E | null
}

/** Lays `data` over that of an event; of none there is none. */
function withData<E extends { data: object } | null> (event: E, data: object): E {
  return event === null ? event : { ...event, data: { ...event.data, ...data } }
}

/** As much of a fact of a ticket as is changed: all their types together take the compiler seconds. */
interface Fact {
  data: { ticket: TicketSnapshot, actor: Actor }
}

function customersFact<E extends Fact> (event: E, customerId: string): E {
  const { actor } = event.data
  return withData(event, {
    ticket: { ...event.data.ticket, ...noHolder },
    actor: { ...actor, id: actor.id === customerId ? customerId : null }
  })
}

interface StatusChange {
  data: Fact['data'] & { reason: string | null }
}

function customersStatus<E extends StatusChange> (event: E, customerId: string): E {
  return withData(customersFact(event, customerId), { reason: reasonForCustomers(event.data.reason) })
}

interface ClockEvent {
  data: { clock: { kind: AgreementKind }, ticket: object, cause: { kind: string, id: string | null } }
}

/** What set a clock off is for staff, as in its ledger. */
function customersClockEvent<E extends ClockEvent> (event: E, _customerId: string): E | null {
  if (!kindsForCustomers.includes(event.data.clock.kind)) return null
  return withData(event, {
    ticket: { ...event.data.ticket, ...noHolder },
    cause: { ...event.data.cause, id: null }
  })
}

/** Why people are not notified of a mark may be a clock that customers do not see. */
function customersMark<E extends ClockEvent & { data: { mark: object } }> (event: E, customerId: string): E | null {
  return withData(customersClockEvent(event, customerId), { mark: { ...event.data.mark, recordedOnly: null } })
}

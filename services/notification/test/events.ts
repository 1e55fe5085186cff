import { formatInstant } from '@dueline/business-time'
import type { ClockSnapshot, DuelineEvent, EventType, PersonSnapshot, TicketSnapshot } from '@dueline/contracts'
import { fakeIds } from '@dueline/testkit'

export const tenant = 'acme'
const ids = fakeIds(7)
const person = (last: string): string => `01900000-0000-7000-8000-0000000000${last}`
export const who = {
  customer: person('c1'),
  agent: person('a1'),
  manager: person('b1'),
  ceo: person('e1'),
  admin: person('ad')
}
export const ticketId = '01900000-0000-7000-8000-00000000f001'

export const ticket: TicketSnapshot = {
  id: ticketId,
  number: 'T-000001',
  subject: 'Printer',
  type: 'complaint',
  status: 'new',
  priority: 'P1',
  severity: 'medium',
  productId: null,
  moduleId: null,
  questionId: null,
  customerId: who.customer,
  assigneeId: who.agent,
  teamId: null,
  channel: 'api',
  createdAt: '2026-01-01T08:00:00.000000Z',
  reopenCount: 0,
  importing: false,
  version: 1
}

const {
  teamId: _team,
  version: _version,
  channel: _channel,
  moduleId: _module,
  questionId: _question,
  createdAt: _createdAt,
  reopenCount: _reopenCount,
  importing: _importing,
  ...summary
} = ticket

export const clock: ClockSnapshot = {
  id: person('d1'),
  ticketId,
  metric: 'first_response',
  kind: 'sla',
  cycle: 1,
  state: 'running',
  pausedFor: [],
  target: 'PT2H',
  consumed: 'PT1H',
  remaining: 'PT1H',
  dueAt: '2026-01-01T10:00:00.000000Z',
  startedAt: '2026-01-01T08:00:00.000000Z',
  stoppedAt: null,
  warnedAt: null,
  breachedAt: null,
  overdue: null,
  agreementId: person('d2'),
  policyVersion: 0,
  calendarId: null,
  calendarVersion: 0,
  escalationPolicyId: null,
  sequence: 2
}

/** A valid event of `type`; `data` is laid over what every such event holds. */
export function event (
  type: EventType,
  data: Record<string, unknown> = {},
  envelope: Partial<DuelineEvent> = {}
): DuelineEvent {
  const system = { kind: 'system', id: null, screenName: null }
  // facts of tickets carry the whole ticket, all others what their readers need of it
  const subject = type.startsWith('dueline.ticket.') ? { ticket, actor: system } : { ticket: summary }
  return {
    specversion: '1.0',
    id: ids.next(),
    source: '/dueline/ticket',
    type,
    subject: `ticket/${ticketId}`,
    time: formatInstant(1_767_254_400_000_000),
    datacontenttype: 'application/json',
    tenantid: tenant,
    partitionkey: ticketId,
    sequence: 1,
    historical: false,
    ...envelope,
    data: { ...subject, ...data }
  } as DuelineEvent
}

export function personChanged (
  id: string,
  fields: Partial<PersonSnapshot> = {},
  tenantid = tenant
): DuelineEvent<'dueline.person.changed.v1'> {
  const snapshot: PersonSnapshot = {
    id,
    role: 'agent',
    name: 'Original Name',
    screenName: 'Desk 1',
    email: `${id.slice(-2)}@acme.example`,
    language: 'en',
    managerId: null,
    active: true,
    version: 1,
    ...fields
  }
  return {
    ...event('dueline.person.changed.v1', {}, { subject: `person/${id}`, partitionkey: id, tenantid }),
    data: { person: snapshot }
  } as DuelineEvent<'dueline.person.changed.v1'>
}

/** The people of the tests: an agent under a manager who reads Arabic, and a customer. */
export const cast = [
  personChanged(who.customer, { role: 'customer', name: 'Carla', screenName: 'Carla' }),
  personChanged(who.agent, { managerId: who.manager }),
  personChanged(who.manager, { role: 'manager', language: 'ar', managerId: who.ceo }),
  personChanged(who.ceo, { role: 'ceo', email: null })
]

type Mark = 'warned' | 'reminded' | 'breached' | 'overdue'

/** A mark of `clock` that was reached; `mark` and `fields` (of the clock) are laid over. */
export function marked (
  type: Mark,
  mark: Record<string, unknown>,
  fields: Partial<ClockSnapshot> = {},
  data: Record<string, unknown> = {}
): DuelineEvent {
  return event(`dueline.clock.${type}.v1`, {
    clock: { ...clock, warnedAt: '2026-01-01T09:00:00.000000Z', ...fields },
    cause: { kind: 'timer', id: null },
    firedAt: '2026-01-01T10:00:00.002000Z',
    mark: { dueAt: '2026-01-01T10:00:00.000000Z', urgent: false, recordedOnly: null, attachedLate: false, ...mark },
    lateness: 'PT0.002S',
    catchUp: false,
    ...data
  })
}

export function breached (data: Record<string, unknown> = {}, mark: Record<string, unknown> = {}): DuelineEvent {
  const fields: Partial<ClockSnapshot> = { breachedAt: '2026-01-01T10:00:00.000000Z', remaining: 'PT0S', sequence: 3 }
  return marked('breached', { key: 'breach', urgent: true, ...mark }, fields, data)
}

/** The clock's breach is taken back. */
export function withdrawn (recordedOnly: 'over' | 'superseded' | null = null): DuelineEvent {
  return event('dueline.clock.breach-withdrawn.v1', {
    clock: { ...clock, sequence: 4 },
    cause: { kind: 'fact', id: null },
    firedAt: '2026-01-01T10:30:00.000000Z',
    withdrawn: { dueAt: '2026-01-01T10:00:00.000000Z', breachedAt: '2026-01-01T10:00:00.000000Z', recordedOnly }
  })
}

/** The clock runs again, in breach since `breachedAt`. */
export function resumed (breachedAt: string | null, fields: Partial<ClockSnapshot> = {}): DuelineEvent {
  return event('dueline.clock.resumed.v1', {
    clock: { ...clock, breachedAt, sequence: 9, ...fields },
    cause: { kind: 'fact', id: null },
    firedAt: '2026-01-02T08:00:00.000000Z'
  })
}

export const message = (kind: string, authorKind: string, authorId: string | null = null): Record<string, unknown> => ({
  message: { id: ticket.id, kind, authorKind, authorId, excerpt: 'It burns.' },
  actor: { kind: authorKind, id: authorId, screenName: null }
})

export function assigned (from: string | null, to: string | null, data: Record<string, unknown> = {}): DuelineEvent {
  return event('dueline.ticket.assigned.v1', {
    ticket: { ...ticket, assigneeId: to },
    from: { assigneeId: from, teamId: null },
    to: { assigneeId: to, teamId: null },
    reason: null,
    ...data
  })
}

import type {
  ClockSnapshot,
  DuelineEvent,
  EscalationLevelReached,
  EscalationSnapshot,
  EventData,
  EventType,
  PersonSnapshot,
  TicketSnapshot
} from '@dueline/contracts'
import { testEvent, testPerson, type TestEnvelope } from '@dueline/testkit'

export const tenant = 'acme'
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

export const escalation: EscalationSnapshot = {
  id: person('e5'),
  ticketId,
  clockId: clock.id,
  metric: 'first_response',
  cycle: 1,
  escalationPolicyId: person('e6'),
  escalationPolicyName: 'Desk',
  level: 1,
  levelCount: 2,
  state: 'open',
  openedAt: '2026-01-01T10:00:00.000000Z',
  version: 2
}

/** What every event of `type` holds here: facts of tickets the whole ticket, others what their readers need of it. */
function usualData (type: EventType): object {
  if (type.startsWith('dueline.ticket.')) return { ticket, actor: { kind: 'system', id: null, screenName: null } }
  const cause = { kind: 'timer', id: null }
  return { ticket: summary, ...(type.startsWith('dueline.clock.') ? { clock, cause, firedAt: clock.dueAt } : {}) }
}

/** An event of `type` and of the ticket; `data` is laid over what every such event holds. */
export function event (
  type: EventType,
  data: Record<string, unknown> = {},
  envelope: TestEnvelope = {}
): DuelineEvent {
  const about = { subject: `ticket/${ticketId}`, partitionkey: ticketId, sequence: 1 }
  return testEvent(type, { ...usualData(type), ...data } as EventData<EventType>, { ...about, ...envelope })
}

/** The first level of `escalation` was reached; `data` is laid over. */
export function levelReached (data: Partial<EscalationLevelReached> = {}): DuelineEvent {
  return event('dueline.escalation.level-reached.v1', {
    escalation,
    level: { number: 1, name: 'Lead', last: false },
    targets: [],
    actions: [],
    dueAt: '2026-01-01T10:30:00.000000Z',
    firedAt: '2026-01-01T10:30:00.000000Z',
    ...data
  })
}

export function personChanged (
  id: string,
  fields: Partial<PersonSnapshot> = {},
  tenantid = tenant
): DuelineEvent<'dueline.person.changed.v1'> {
  const snapshot = testPerson({ id, email: `${id.slice(-2)}@acme.example`, ...fields })
  return testEvent('dueline.person.changed.v1', { person: snapshot }, { tenantid, sequence: 1 })
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

import { formatDuration, formatInstant, type Micros } from '@dueline/business-time'
import type {
  ClockEventType,
  ClockSnapshot,
  DuelineEvent,
  EventData,
  PersonSnapshot,
  TicketSnapshot,
  TicketSummary
} from '@dueline/contracts'
import { testEvent, testPerson, type TestEnvelope } from '@dueline/testkit'

export const HOUR: Micros = 3_600_000_000
export const tenant = 'acme'

/** A readable UUID: `id('amal')` shows its name in hex. */
export function id (name: string): string {
  return `00000000-0000-7000-8000-${Buffer.from(name).toString('hex').padStart(12, '0').slice(0, 12)}`
}

export function ticketSummary (change: Partial<TicketSummary> = {}): TicketSummary {
  return {
    id: id('ticket'),
    number: 'T-1',
    subject: 'Printer on fire',
    type: 'complaint',
    status: 'open',
    priority: 'P2',
    severity: 'medium',
    productId: id('prod'),
    customerId: id('kim'),
    assigneeId: id('ann'),
    ...change
  }
}

export interface ClockChange extends Partial<Omit<ClockSnapshot, 'dueAt' | 'breachedAt'>> {
  dueAt?: Micros | null
  breachedAt?: Micros | null
  /** Of the mark that the event announces, if it does. */
  recordedOnly?: 'superseded' | 'over' | null
  /** When the event was announced, if its mark was attached late. */
  attachedLateAt?: Micros
}

/** An event of a clock: `what` is `started`, `breached` and so on. */
export function clockEvent (
  what: string,
  sequence: number,
  { dueAt = null, breachedAt = null, recordedOnly = null, attachedLateAt, ...change }: ClockChange = {},
  ticket: TicketSummary = ticketSummary(),
  envelopeChange: TestEnvelope = {}
): DuelineEvent {
  const at = dueAt ?? 1_790_000_000_000_000
  const clock: ClockSnapshot = {
    id: id('clock'),
    ticketId: ticket.id,
    metric: 'resolution',
    kind: 'sla',
    cycle: 1,
    state: 'running',
    pausedFor: [],
    target: 'PT4H',
    consumed: 'PT1H',
    remaining: 'PT3H',
    dueAt: dueAt === null ? null : formatInstant(dueAt),
    startedAt: formatInstant(at - 4 * HOUR),
    stoppedAt: null,
    warnedAt: null,
    breachedAt: breachedAt === null ? null : formatInstant(breachedAt),
    overdue: null,
    agreementId: id('agree'),
    policyVersion: 1,
    calendarId: null,
    calendarVersion: 0,
    escalationPolicyId: null,
    sequence,
    ...change
  }
  const mark = ['breached', 'warned', 'reminded', 'overdue'].includes(what)
    ? {
      mark: {
        key: 'breach',
        dueAt: formatInstant(at),
        urgent: false,
        recordedOnly,
        attachedLate: attachedLateAt !== undefined
      },
      lateness: formatDuration(0),
      catchUp: false
    }
    : {}
  const data = {
    clock,
    ticket,
    cause: { kind: 'timer', id: null },
    firedAt: formatInstant(attachedLateAt ?? at),
    ...mark
  }
  return testEvent(`dueline.clock.${what}.v1` as ClockEventType, data as EventData<ClockEventType>, {
    at,
    sequence,
    ...envelopeChange
  })
}

export function ticketEvent (
  version: number,
  change: Partial<TicketSnapshot> = {},
  envelopeChange: TestEnvelope = {}
): DuelineEvent {
  const ticket: TicketSnapshot = {
    ...ticketSummary(),
    moduleId: null,
    questionId: null,
    teamId: null,
    channel: 'api',
    createdAt: '2026-01-01T00:00:00.000000Z',
    reopenCount: 0,
    importing: false,
    version,
    ...change
  }
  const data = { ticket, actor: { kind: 'system', id: null, screenName: null } } as const
  return testEvent('dueline.ticket.created.v1', data, {
    at: 1_780_000_000_000_000,
    sequence: version,
    ...envelopeChange
  })
}

export function personEvent (
  name: string,
  role: PersonSnapshot['role'],
  manager: string | null = null,
  change: Partial<PersonSnapshot> = {},
  envelopeChange: TestEnvelope = {}
): DuelineEvent {
  const person = testPerson({
    id: id(name),
    role,
    name,
    screenName: `Screen ${name}`,
    managerId: manager === null ? null : id(manager),
    ...change
  })
  return testEvent('dueline.person.changed.v1', { person }, { at: 1_780_000_000_000_000, ...envelopeChange })
}

/** agent ann → manager max → manager mia → ceo cleo; kim is a customer. */
export function staffEvents (): DuelineEvent[] {
  return [
    personEvent('ann', 'agent', 'max'),
    personEvent('max', 'manager', 'mia'),
    personEvent('mia', 'manager', 'cleo'),
    personEvent('cleo', 'ceo'),
    personEvent('kim', 'customer'),
    personEvent('bob', 'agent', 'max')
  ]
}

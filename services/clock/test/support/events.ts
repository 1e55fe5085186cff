import { formatInstant, type CalendarSpec, type Micros } from '@dueline/business-time'
import type {
  Agreement,
  DuelineEvent,
  EventData,
  TicketFactType,
  TicketSnapshot,
  TicketStatus
} from '@dueline/contracts'
import { systemIds } from '@dueline/runtime'
import { testEvent, type TestEnvelope } from '@dueline/testkit'

export const tenant = 'acme'
export const other = 'globex'
export const customerId = '01900000-0000-7000-8000-0000000000c1'
export const agentId = '01900000-0000-7000-8000-0000000000a1'

const agent = { kind: 'agent' as const, id: agentId, screenName: 'Support' }
type Changes = Partial<TicketSnapshot>

/** A ticket whose events fit their contracts: each call is the next version, dated `at`. */
export class TestTicket {
  snapshot: TicketSnapshot
  readonly tenantId: string
  readonly events: DuelineEvent[] = []
  historical = false

  constructor (createdAt: Micros, changes: Changes = {}, tenantId = tenant) {
    this.tenantId = tenantId
    this.snapshot = {
      id: systemIds.next(),
      number: 'T-1',
      subject: 'Printer on fire',
      type: 'request',
      status: 'new',
      priority: 'P1',
      severity: 'high',
      productId: null,
      moduleId: null,
      questionId: null,
      customerId,
      assigneeId: null,
      teamId: null,
      channel: 'api',
      createdAt: formatInstant(createdAt),
      reopenCount: 0,
      importing: false,
      version: 0,
      ...changes
    }
  }

  get id (): string {
    return this.snapshot.id
  }

  private event<T extends TicketFactType> (
    type: T,
    at: Micros,
    changes: Changes,
    data: Omit<EventData<T>, 'ticket' | 'actor'>
  ): DuelineEvent {
    this.snapshot = { ...this.snapshot, ...changes, version: this.snapshot.version + 1 }
    const { tenantId: tenantid, historical } = this
    const whole = { ticket: this.snapshot, actor: agent, ...data } as EventData<T>
    return this.push(testEvent<T>(type, whole, { at, tenantid, historical }) as DuelineEvent)
  }

  private push (announced: DuelineEvent): DuelineEvent {
    this.events.push(announced)
    return announced
  }

  created (at: Micros): DuelineEvent {
    return this.event('dueline.ticket.created.v1', at, {}, {})
  }
  updated (at: Micros, changes: Changes): DuelineEvent {
    return this.event('dueline.ticket.updated.v1', at, changes, {
      changes: Object.entries(changes).map(([field, to]) => ({ field, from: null, to }))
    })
  }

  status (at: Micros, to: TicketStatus): DuelineEvent {
    const from = this.snapshot.status
    return this.event(
      ['resolved', 'closed'].includes(from) && !['closed', 'cancelled'].includes(to)
        ? 'dueline.ticket.reopened.v1'
        : 'dueline.ticket.status-changed.v1',
      at,
      { status: to },
      { from, to, reason: null }
    )
  }

  message (
    at: Micros,
    authorKind: 'customer' | 'agent' = 'agent',
    kind: 'public' | 'internal' | 'automatic' = 'public'
  ): DuelineEvent {
    return this.event('dueline.ticket.message-added.v1', at, {}, {
      message: { id: systemIds.next(), kind, authorKind, authorId: null, excerpt: 'Hello' }
    })
  }

  assigned (at: Micros, assigneeId: string | null): DuelineEvent {
    return this.event('dueline.ticket.assigned.v1', at, { assigneeId }, {
      from: { assigneeId: this.snapshot.assigneeId, teamId: null },
      to: { assigneeId, teamId: null },
      reason: null
    })
  }

  /** The agreement for the ticket as it is now. */
  agreement (madeAt: Micros, changes: Partial<Agreement> = {}): DuelineEvent {
    const version = changes.version ?? 1
    const agreement: Agreement = {
      id: systemIds.next(),
      ticketId: this.id,
      kind: 'sla',
      version,
      ticketVersion: this.snapshot.version,
      origin: 'built_in',
      rowId: null,
      rowName: 'Built-in P1',
      policyVersion: 0,
      calendarId: null,
      calendarVersion: 0,
      targets: { first_response: 'PT2H', resolution: 'PT4H' },
      pauseRules: {},
      reminders: [{ percent: 80 }],
      reopen: 'continue',
      escalationPolicyId: null,
      effect: 'retroactive',
      madeAt: formatInstant(madeAt),
      ...changes
    }
    const envelope = { at: madeAt, ...this.envelope(version) }
    const data = { agreement, ticket: this.snapshot }
    return this.push(
      version === 1
        ? testEvent('dueline.agreement.made.v1', data, envelope)
        : testEvent('dueline.agreement.changed.v1', { ...data, previousAgreementId: systemIds.next() }, envelope)
    )
  }

  withdrawn (at: Micros, version: number): DuelineEvent {
    const data = {
      ticketId: this.id,
      kind: 'sla' as const,
      version,
      ticketVersion: this.snapshot.version,
      reason: 'an appreciation',
      ticket: this.snapshot
    }
    return this.push(testEvent('dueline.agreement.withdrawn.v1', data, { at, ...this.envelope(version) }))
  }

  private envelope (sequence: number): TestEnvelope {
    return { tenantid: this.tenantId, historical: this.historical, sequence }
  }
}

export function calendarPublished (
  calendarId: string,
  spec: CalendarSpec,
  at: Micros,
  tenantId = tenant,
  version = 1
): DuelineEvent {
  const data = { calendar: { id: calendarId, version, name: 'Office', spec } }
  const about = { subject: `calendar/${calendarId}`, partitionkey: calendarId, sequence: version }
  return testEvent('dueline.calendar.published.v1', data, { at, tenantid: tenantId, ...about })
}

import { formatInstant, type CalendarSpec, type Micros } from '@dueline/business-time'
import {
  eventFaults,
  type Agreement,
  type DuelineEvent,
  type TicketSnapshot,
  type TicketStatus
} from '@dueline/contracts'
import { systemIds } from '@dueline/runtime'

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

  private event (type: string, at: Micros, changes: Changes, data: object): DuelineEvent {
    this.snapshot = { ...this.snapshot, ...changes, version: this.snapshot.version + 1 }
    return this.push(event({
      type: `dueline.ticket.${type}.v1`,
      time: at,
      tenantId: this.tenantId,
      ticketId: this.id,
      sequence: this.snapshot.version,
      historical: this.historical,
      source: 'ticket',
      data: { ticket: this.snapshot, actor: agent, ...data }
    }))
  }

  private push (announced: DuelineEvent): DuelineEvent {
    this.events.push(announced)
    return announced
  }

  created (at: Micros): DuelineEvent {
    return this.event('created', at, {}, {})
  }
  updated (at: Micros, changes: Changes): DuelineEvent {
    return this.event('updated', at, changes, {
      changes: Object.entries(changes).map(([field, to]) => ({ field, from: null, to }))
    })
  }

  status (at: Micros, to: TicketStatus): DuelineEvent {
    const from = this.snapshot.status
    return this.event(
      ['resolved', 'closed'].includes(from) && !['closed', 'cancelled'].includes(to) ? 'reopened' : 'status-changed',
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
    return this.event('message-added', at, {}, {
      message: { id: systemIds.next(), kind, authorKind, authorId: null, excerpt: 'Hello' }
    })
  }

  assigned (at: Micros, assigneeId: string | null): DuelineEvent {
    return this.event('assigned', at, { assigneeId }, {
      from: { assigneeId: this.snapshot.assigneeId, teamId: null },
      to: { assigneeId, teamId: null },
      reason: null
    })
  }

  /** The promise for the ticket as it is now. */
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
    return this.push(event({
      type: `dueline.agreement.${version === 1 ? 'made' : 'changed'}.v1`,
      time: madeAt,
      tenantId: this.tenantId,
      ticketId: this.id,
      sequence: version,
      historical: this.historical,
      source: 'sla-policy',
      data: { agreement, ticket: this.snapshot, ...(version === 1 ? {} : { previousAgreementId: systemIds.next() }) }
    }))
  }

  withdrawn (at: Micros, version: number): DuelineEvent {
    return this.push(event({
      type: 'dueline.agreement.withdrawn.v1',
      time: at,
      tenantId: this.tenantId,
      ticketId: this.id,
      sequence: version,
      historical: this.historical,
      source: 'sla-policy',
      data: {
        ticketId: this.id,
        kind: 'sla',
        version,
        ticketVersion: this.snapshot.version,
        reason: 'an appreciation',
        ticket: this.snapshot
      }
    }))
  }
}

export function calendarPublished (
  calendarId: string,
  spec: CalendarSpec,
  at: Micros,
  tenantId = tenant,
  version = 1
): DuelineEvent {
  return event({
    type: 'dueline.calendar.published.v1',
    time: at,
    tenantId,
    subject: `calendar/${calendarId}`,
    partitionkey: calendarId,
    sequence: version,
    historical: false,
    source: 'sla-policy',
    data: { calendar: { id: calendarId, version, name: 'Office', spec } }
  })
}

function event (
  {
    type,
    time,
    tenantId,
    ticketId,
    subject = `ticket/${ticketId}`,
    partitionkey = ticketId!,
    sequence,
    historical,
    source,
    data
  }: {
    type: string,
    time: Micros,
    tenantId: string,
    ticketId?: string,
    subject?: string,
    partitionkey?: string,
    sequence: number,
    historical: boolean,
    source: string,
    data: object
  }
): DuelineEvent {
  const announced = {
    specversion: '1.0',
    id: systemIds.next(),
    source: `/dueline/${source}`,
    type,
    subject,
    time: formatInstant(time),
    datacontenttype: 'application/json',
    tenantid: tenantId,
    partitionkey,
    sequence,
    historical,
    data
  } as unknown as DuelineEvent
  const faults = eventFaults(announced)
  if (faults.length > 0) throw new Error(`${type}: ${faults.join('; ')}`)
  return announced
}

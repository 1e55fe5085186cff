import { parseDuration, parseInstant, type Micros } from '@dueline/business-time'
import type {
  Agreement,
  AgreementEventType,
  DuelineEvent,
  Metric,
  PauseRules,
  Reminder,
  Targets,
  TicketFactType
} from '@dueline/contracts'
import type { MarkRule, AgreementVersion, Terms } from './agreements.ts'
import type { Fact, StoredFact } from './facts.ts'

/** The terms of an agreement, in microseconds. @throws RangeError for a duration that cannot be read */
export function termsOf (
  agreement: Pick<
    Agreement,
    | 'id'
    | 'policyVersion'
    | 'calendarId'
    | 'calendarVersion'
    | 'targets'
    | 'pauseRules'
    | 'reminders'
    | 'reopen'
    | 'nextResponse'
    | 'escalationPolicyId'
  >
): Terms {
  return {
    agreementId: agreement.id,
    policyVersion: agreement.policyVersion,
    calendar: { id: agreement.calendarId, version: agreement.calendarVersion },
    targets: targetsOf(agreement.targets),
    pauseRules: agreement.pauseRules as PauseRules & Terms['pauseRules'],
    marks: agreement.reminders.map(markRuleOf),
    reopen: agreement.reopen,
    nextResponse: agreement.nextResponse ?? 'after_first',
    escalationPolicyId: agreement.escalationPolicyId
  }
}

function targetsOf (targets: Targets): Terms['targets'] {
  const read: Partial<Record<Metric, Micros>> = {}
  for (const [metric, target] of Object.entries(targets)) {
    if (target !== undefined) read[metric as Metric] = parseDuration(target)
  }
  return read
}

function markRuleOf (reminder: Reminder): MarkRule {
  const urgent = reminder.urgent ?? false
  if ('percent' in reminder) return { percent: reminder.percent, urgent }
  if ('before' in reminder) return { before: parseDuration(reminder.before), urgent }
  return { after: parseDuration(reminder.after), urgent }
}

/** The fact of a ticket event. Kinds that no clock depends on are stored as they are, for the record. */
export function factOf (event: DuelineEvent<TicketFactType>): StoredFact {
  const announced = contentOf(event)
  return { id: event.id, at: parseInstant(event.time), sequence: event.sequence, ...announced }
}

function contentOf (event: DuelineEvent<TicketFactType>): Pick<StoredFact, 'kind' | 'data'> {
  switch (event.type) {
    case 'dueline.ticket.created.v1': {
      const { ticket } = event.data
      return known({
        kind: 'created',
        data: { status: ticket.status, assigneeId: ticket.assigneeId, teamId: ticket.teamId }
      })
    }
    case 'dueline.ticket.message-added.v1': {
      const { message } = event.data
      return known({ kind: 'message', data: { visibility: message.kind, author: message.authorKind } })
    }
    case 'dueline.ticket.status-changed.v1':
    case 'dueline.ticket.reopened.v1':
      return known({ kind: 'status', data: { to: event.data.to } })
    case 'dueline.ticket.assigned.v1': {
      const { to } = event.data
      return known({ kind: 'assigned', data: { assigneeId: to.assigneeId, teamId: to.teamId } })
    }
    case 'dueline.ticket.updated.v1':
      return { kind: event.type, data: {} }
  }
}

function known (
  announced: { [K in Fact['kind']]: Pick<Extract<Fact, { kind: K }>, 'kind' | 'data'> }[Fact['kind']]
): Pick<StoredFact, 'kind' | 'data'> {
  return announced
}

/** An agreement as its event reports it; `agreement` null: it is withdrawn. */
export interface ReceivedAgreement extends Omit<AgreementVersion, 'effect' | 'terms'> {
  readonly ticketId: string
  readonly agreement: Agreement | null
}

/** The agreement that an agreement event makes, changes or withdraws. */
export function receivedAgreementOf (event: DuelineEvent<AgreementEventType>): ReceivedAgreement {
  if (event.type === 'dueline.agreement.withdrawn.v1') {
    const { ticketId, kind, version, ticketVersion, policyVersion = null, supersedes = [] } = event.data
    return {
      ticketId,
      kind,
      version,
      ticketVersion,
      policyVersion,
      supersedes,
      madeAt: parseInstant(event.time),
      agreement: null
    }
  }
  const { agreement, supersedes = [] } = event.data
  const { ticketId, kind, version, ticketVersion, policyVersion, madeAt } = agreement
  return { ticketId, kind, version, ticketVersion, policyVersion, supersedes, madeAt: parseInstant(madeAt), agreement }
}

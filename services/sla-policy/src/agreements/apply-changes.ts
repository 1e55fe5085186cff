import { formatInstant } from '@dueline/business-time'
import { agreementKinds, type Agreement, type AgreementEventType, type NewEvent } from '@dueline/contracts'
import type { Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Ids } from '@dueline/runtime'
import { changesOf, type Statement } from '../domain/agreement-changes.ts'
import { isFinal, type Agreed, type Entry } from '../domain/agreements.ts'
import { alterAgreements, deleteAgreements, insertAgreements, type AgreementRecord } from '../store/agreement-store.ts'
import { summaryOf, type TicketKey, type TicketRecord } from '../store/ticket-store.ts'
import type { Evaluation } from './evaluate.ts'

/** What applying changes needs besides the transaction. */
export interface ChangeDeps {
  readonly outbox: Outbox
  readonly ids: Ids
}

/**
 * Changes stored agreements to what was evaluated and says what differs: one statement per table. The caller
 * holds the row locks of the tickets, so that one ticket's events leave in the order of their versions.
 * @returns the tickets of which something was said
 */
export async function applyChanges (
  tx: Tx,
  { outbox, ids }: ChangeDeps,
  evaluations: readonly Evaluation[]
): Promise<TicketRecord[]> {
  const gone: TicketKey[] = []
  const added: AgreementRecord[] = []
  const altered: AgreementRecord[] = []
  const events: NewEvent[] = []
  const moved: TicketRecord[] = []
  for (const { subject: { ticket, stored }, agreements } of evaluations) {
    const { tenantId, id: ticketId } = ticket
    const before = events.length
    for (const kind of agreementKinds) {
      const known = stored.filter((entry) => entry.kind === kind)
      const finals = known.filter((entry) => isFinal(entry, agreements.unchanged)).length
      const changes = changesOf(
        known,
        finals,
        agreements.entries.filter((entry) => entry.kind === kind),
        () => ids.next()
      )
      gone.push(...changes.gone.map((id) => ({ tenantId, id })))
      added.push(...changes.added.map((entry) => ({ ...entry, tenantId, ticketId })))
      altered.push(...changes.altered.map((entry) => ({ ...entry, tenantId, ticketId })))
      events.push(...changes.statements.map((statement) => eventOf(ids.next(), ticket, statement)))
    }
    if (events.length > before) moved.push(ticket)
  }
  await deleteAgreements(tx, gone)
  await alterAgreements(tx, altered)
  await insertAgreements(tx, added)
  if (events.length > 0) await outbox.add(tx, events)
  return moved
}

function eventOf (
  eventId: string,
  ticket: TicketRecord,
  { entry, id, version, supersedes: superseded, previousId }: Statement
): NewEvent<AgreementEventType> {
  const historical = 'historical' in entry ? entry.historical : null
  const envelope = {
    id: eventId,
    subject: `ticket/${ticket.id}`,
    time: entry.madeAt,
    tenantId: ticket.tenantId,
    partitionKey: ticket.id,
    sequence: version,
    historical: historical ?? ticket.importing
  }
  const { kind, ticketVersion, policyVersion, agreed } = entry
  const about = { ticket: summaryOf(ticket), supersedes: [...superseded] }
  if (agreed === null) {
    const reason = ticket.type === 'appreciation'
      ? 'an appreciation has no agreement'
      : 'no row covers the ticket any more'
    const data = { ticketId: ticket.id, kind, version, ticketVersion, policyVersion, reason, ...about }
    return { ...envelope, type: 'dueline.agreement.withdrawn.v1', data }
  }
  const agreement = agreementOf({ ...entry, agreed, id, ticketId: ticket.id, version })
  if (previousId === null) return { ...envelope, type: 'dueline.agreement.made.v1', data: { agreement, ...about } }
  const data = { agreement, previousAgreementId: previousId, ...about }
  return { ...envelope, type: 'dueline.agreement.changed.v1', data }
}

type Identified = Omit<Entry, 'historical'> & { agreed: Agreed, id: string, ticketId: string, version: number }

/** The wire form of an agreement. */
export function agreementOf (
  { id, ticketId, kind, version, ticketVersion, policyVersion, madeAt, agreed }: Identified
): Agreement {
  const {
    origin,
    rowId,
    rowName,
    calendarVersion,
    terms: {
      targets,
      pauseRules,
      reminders,
      reopen,
      nextResponse = 'after_first',
      escalationPolicyId,
      effect,
      calendarId
    }
  } = agreed
  return {
    id,
    ticketId,
    kind,
    version,
    ticketVersion,
    origin,
    rowId,
    rowName,
    policyVersion,
    calendarId,
    calendarVersion,
    targets,
    pauseRules,
    reminders: [...reminders],
    reopen,
    nextResponse,
    escalationPolicyId,
    effect,
    madeAt: formatInstant(madeAt)
  }
}

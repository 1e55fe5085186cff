import { formatInstant } from '@dueline/business-time'
import type { Agreement, AgreementChanged, AgreementMade, AgreementWithdrawn, NewEvent } from '@dueline/contracts'
import type { Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Ids } from '@dueline/runtime'
import type { Change } from '../domain/decide.ts'
import { endAgreements, insertAgreements, type AgreementEnd, type AgreementRecord } from '../store/agreement-store.ts'
import { summaryOf } from '../store/ticket-store.ts'
import type { Assessment, PromiseCase } from './assess.ts'

/** What settling needs besides the transaction. */
export interface SettleDeps { readonly outbox: Outbox, readonly ids: Ids }

interface Writes { readonly ends: AgreementEnd[], readonly made: AgreementRecord[], readonly events: NewEvent[] }

/**
 * Writes what was assessed: ends, new agreements and their events, one statement per table. The caller holds the row
 * locks of the tickets, so that one ticket's events leave in the order of their versions.
 */
export async function settle (tx: Tx, { outbox, ids }: SettleDeps, assessments: readonly Assessment[]): Promise<void> {
  const writes: Writes = { ends: [], made: [], events: [] }
  for (const assessment of assessments) {
    for (const change of assessment.changes) {
      if (change.type === 'withdrawn') withdraw(writes, ids, assessment.subject, change)
      else promise(writes, ids, assessment, change)
    }
  }
  await endAgreements(tx, writes.ends)
  await insertAgreements(tx, writes.made)
  if (writes.events.length > 0) await outbox.add(tx, writes.events)
}

function promise (writes: Writes, ids: Ids, { subject, calendarVersion }: Assessment, change: Exclude<Change, { type: 'withdrawn' }>): void {
  const { ticket, occasion, published } = subject
  const { resolution } = change
  const { calendarId } = resolution.terms
  const record: AgreementRecord = {
    tenantId: ticket.tenantId,
    id: ids.next(),
    ticketId: ticket.id,
    kind: change.kind,
    version: change.version,
    ticketVersion: occasion.ticketVersion,
    origin: resolution.origin,
    rowId: resolution.rowId,
    rowName: resolution.rowName,
    policyVersion: resolution.policyVersion,
    calendarVersion: calendarId === null ? 0 : calendarVersion(calendarId),
    terms: published === null ? resolution.terms : { ...resolution.terms, effect: published },
    madeAt: occasion.time,
    endedAt: null,
    endedBy: null
  }
  writes.made.push(record)
  if (change.type === 'changed') {
    writes.ends.push({ tenantId: ticket.tenantId, id: change.previousId, endedAt: occasion.time, endedBy: 'changed' })
    const data: AgreementChanged = { agreement: agreementOf(record), previousAgreementId: change.previousId, ticket: summaryOf(ticket) }
    writes.events.push(eventOf(ids, subject, 'dueline.agreement.changed.v1', change.version, data))
  } else {
    const data: AgreementMade = { agreement: agreementOf(record), ticket: summaryOf(ticket) }
    writes.events.push(eventOf(ids, subject, 'dueline.agreement.made.v1', change.version, data))
  }
}

function withdraw (writes: Writes, ids: Ids, subject: PromiseCase, change: Extract<Change, { type: 'withdrawn' }>): void {
  const { ticket, occasion } = subject
  writes.ends.push({ tenantId: ticket.tenantId, id: change.previousId, endedAt: occasion.time, endedBy: 'withdrawn' })
  const data: AgreementWithdrawn = {
    ticketId: ticket.id,
    kind: change.kind,
    version: change.version,
    ticketVersion: occasion.ticketVersion,
    reason: ticket.type === 'appreciation' ? 'an appreciation is promised nothing' : 'no row covers the ticket any more',
    ticket: summaryOf(ticket)
  }
  writes.events.push(eventOf(ids, subject, 'dueline.agreement.withdrawn.v1', change.version, data))
}

function eventOf (ids: Ids, { ticket, occasion }: PromiseCase, type: string, sequence: number, data: unknown): NewEvent {
  return {
    id: ids.next(),
    type,
    subject: `ticket/${ticket.id}`,
    time: occasion.time,
    tenantId: ticket.tenantId,
    partitionKey: ticket.id,
    sequence,
    historical: occasion.historical,
    data
  }
}

/** The wire form of a stored agreement. */
export function agreementOf (record: AgreementRecord): Agreement {
  const { targets, pauseRules, reminders, reopen, nextResponse = 'after_first', ladderId, effect, calendarId } = record.terms
  return {
    id: record.id,
    ticketId: record.ticketId,
    kind: record.kind,
    version: record.version,
    ticketVersion: record.ticketVersion,
    origin: record.origin,
    rowId: record.rowId,
    rowName: record.rowName,
    policyVersion: record.policyVersion,
    calendarId,
    calendarVersion: record.calendarVersion,
    targets,
    pauseRules,
    reminders: [...reminders],
    reopen,
    nextResponse,
    ladderId,
    effect,
    madeAt: formatInstant(record.madeAt)
  }
}

import { agreementSubjectOf } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'
import type { Tx } from '@dueline/postgres'
import type { Publish } from '../domain/agreements.ts'
import { historyFrom, type Run, type TicketHistory } from '../domain/ticket-history.ts'
import { readAgreements } from '../store/agreement-store.ts'
import { readVersions, type PublishedVersion, type WantedVersions } from '../store/policy-heads.ts'
import { isOpen, ticketKey, type TicketRecord } from '../store/ticket-store.ts'
import type { AgreementCase } from './evaluate.ts'

/** A ticket with the history to go by. */
export interface TicketToEvaluate {
  readonly ticket: TicketRecord
  readonly history: TicketHistory
  /** The policy version that it begins under is to be found, as of the instant that it is pinned to. */
  readonly pinned: boolean
  /** The runs that its agreements were computed from; null when nothing is stored of it. */
  readonly runsBefore: readonly Run[] | null
}

/** The history of a ticket; one of which none is kept begins `now`. */
export function historyOf (ticket: TicketRecord, now: Micros): TicketHistory {
  return ticket.history ??
    historyFrom({ ...ticket, open: isOpen(ticket.status), subject: agreementSubjectOf(ticket) }, now)
}

/** A ticket about which nothing new arrived. */
export function asStored (ticket: TicketRecord, now: Micros): TicketToEvaluate {
  const history = historyOf(ticket, now)
  return { ticket, history, pinned: false, runsBefore: history.runs }
}

/** Reads what else the agreements of tickets depend on; `upTo` leaves out later policy versions. Two reads for all. */
export async function readCases (
  tx: Tx,
  tickets: readonly TicketToEvaluate[],
  upTo = Infinity
): Promise<AgreementCase[]> {
  const versions = await readVersions(tx, wantedVersions(tickets))
  const stored = await readAgreements(
    tx,
    tickets.filter(({ runsBefore }) => runsBefore !== null).map(({ ticket }) => ticket)
  )
  return tickets.map(({ ticket, history, pinned, runsBefore }): AgreementCase => {
    const published = (versions.get(ticket.tenantId) ?? []).filter(({ version }) => version <= upTo)
    const pinnedTo = published.findLast(({ at }) => at <= history.pinnedAt)?.version ?? 0
    const basePolicyVersion = pinned ? pinnedTo : history.basePolicyVersion
    return {
      ticket,
      history: { ...history, basePolicyVersion },
      stored: stored.get(ticketKey(ticket)) ?? [],
      // under another base, nothing stays for certain
      computedFrom: runsBefore === null || pinned ? null : { runs: runsBefore, policyVersion: ticket.policyVersion },
      publishes: publishesIn(published)
    }
  })
}

function wantedVersions (tickets: readonly TicketToEvaluate[]): Map<string, WantedVersions> {
  const wanted = new Map<string, WantedVersions>()
  for (const { ticket: { tenantId }, history: { pinnedAt, basePolicyVersion }, pinned } of tickets) {
    const { after, since } = wanted.get(tenantId) ?? { after: null, since: null }
    wanted.set(
      tenantId,
      pinned
        ? { after, since: Math.min(pinnedAt, since ?? Infinity) }
        : { after: Math.min(basePolicyVersion, after ?? Infinity), since }
    )
  }
  return wanted
}

function publishesIn (versions: readonly PublishedVersion[]): Publish[] {
  return versions.flatMap(({ version, effect, at }) => effect === 'new_tickets' ? [] : [{ version, effect, at }])
}

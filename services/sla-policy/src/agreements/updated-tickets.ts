import { parseInstant, type Micros } from '@dueline/business-time'
import { agreementSubjectOf, type DuelineEvent, type TicketFactType, type TicketSnapshot } from '@dueline/contracts'
import { withFacts, type DecidingFact, type TicketHistory } from '../domain/ticket-history.ts'
import { isOpen, ticketKey, type TicketKey, type TicketRecord } from '../store/ticket-store.ts'
import { historyOf, type TicketToEvaluate } from './cases.ts'

/** Every event about a ticket carries its whole state. */
export type TicketEvent = DuelineEvent<TicketFactType>

/** A ticket after a batch of facts, beside what was stored of it. */
export interface UpdatedTicket extends TicketToEvaluate {
  readonly before: TicketRecord | undefined
  /** Something became known that decides its agreements. */
  readonly runsChanged: boolean
}

/** The facts of each ticket in the order given. */
export function factsByTicket (events: readonly TicketEvent[]): TicketFacts[] {
  const byTicket = new Map<string, { ticket: TicketKey, facts: TicketEvent[] }>()
  for (const event of events) {
    const ticket = { tenantId: event.tenantid, id: event.data.ticket.id }
    const key = ticketKey(ticket)
    const its = byTicket.get(key)
    if (its === undefined) byTicket.set(key, { ticket, facts: [event] })
    else its.facts.push(event)
  }
  return [...byTicket.values()]
}

/** What a batch has about one ticket. */
export interface TicketFacts {
  readonly ticket: TicketKey
  readonly facts: readonly TicketEvent[]
}

/** A ticket of which `before` is stored, after facts of it that arrive `now`; at least one. */
export function ticketAfter (
  before: TicketRecord | undefined,
  facts: readonly TicketEvent[],
  now: Micros
): UpdatedTicket {
  const newest = facts.reduce((a, b) => b.data.ticket.version > a.data.ticket.version ? b : a)
  const snapshot = before === undefined || newest.data.ticket.version > before.version ? newest.data.ticket : undefined
  const createdAt = before?.createdAt ?? parseInstant(newest.data.ticket.createdAt)
  const imported = facts.some(({ historical, data }) => historical || data.ticket.importing)
  const known = before === undefined ? undefined : historyOf(before, now)
  const final = known?.finalVersion ?? 0
  // a ticket with a past begins under the policy of today, also when a later fact made it seem to have been opened here
  const repinned = imported && (known === undefined || (known.pinnedAt === createdAt && final === 0))
  const runs = withFacts(known?.runs ?? [], facts.map(factOf).filter(({ version }) => version > final))
  const history: TicketHistory = {
    runs,
    pinnedAt: repinned ? now : known?.pinnedAt ?? createdAt,
    basePolicyVersion: known?.basePolicyVersion ?? 0,
    finalVersion: final
  }
  const policyVersion = before?.policyVersion ?? 0
  const ticket = snapshot === undefined
    ? { ...before!, history }
    : recordOf(newest.tenantid, snapshot, createdAt, policyVersion, history)
  return {
    before,
    ticket,
    history,
    pinned: known === undefined || repinned,
    runsBefore: known?.runs ?? null,
    runsChanged: runs !== known?.runs || before?.history === null
  }
}

function factOf ({ time, historical, data: { ticket } }: TicketEvent): DecidingFact {
  return {
    version: ticket.version,
    at: parseInstant(time),
    historical,
    open: isOpen(ticket.status),
    subject: agreementSubjectOf(ticket)
  }
}

function recordOf (
  tenantId: string,
  snapshot: TicketSnapshot,
  createdAt: Micros,
  policyVersion: number,
  history: TicketHistory
): TicketRecord {
  const { teamId: _team, reopenCount: _reopens, ...rest } = snapshot
  return { ...rest, tenantId, createdAt, policyVersion, history }
}

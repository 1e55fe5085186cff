import { parseInstant, type Micros } from '@dueline/business-time'
import type { DuelineEvent, TicketFactType, TicketSnapshot } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import type { Clock } from '@dueline/runtime'
import { subjectOf } from '../domain/subject.ts'
import { withFacts, type Run, type TicketFact, type TicketHistory } from '../domain/ticket-history.ts'
import type { PolicyCache } from '../store/policy-cache.ts'
import { holdPolicyVersions } from '../store/policy-heads.ts'
import {
  insertTickets,
  isOpen,
  lockTickets,
  ticketKey,
  updateTickets,
  type TicketKey,
  type TicketRecord
} from '../store/ticket-store.ts'
import { applyChanges, type ChangeDeps } from './apply-changes.ts'
import { historyOf, readCases } from './cases.ts'
import { evaluate } from './evaluate.ts'

/** What keeping agreements in line with tickets needs besides the transaction. */
export interface SyncDeps extends ChangeDeps {
  readonly cache: PolicyCache
  readonly clock: Clock
}

type TicketEvent = DuelineEvent<TicketFactType>

/** A ticket after a batch. */
interface Heard {
  readonly before: TicketRecord | undefined
  readonly ticket: TicketRecord
  readonly history: TicketHistory
  readonly runsChanged: boolean
  /** The policy that it begins under is to be found: it is new, or known now as imported. */
  readonly pinned: boolean
  readonly runsBefore: readonly Run[] | null
}

/**
 * Takes in a batch of ticket facts: brings the copies up to date, and the agreements of each ticket of which something
 * became known that decides them. Late, repeated and reordered facts end in the same agreements.
 */
export async function syncAgreements (tx: Tx, deps: SyncDeps, events: readonly TicketEvent[]): Promise<void> {
  const groups = new Map<string, TicketEvent[]>()
  for (const event of events) {
    const key = ticketKey({ tenantId: event.tenantid, id: event.data.ticket.id })
    groups.set(key, [...groups.get(key) ?? [], event])
  }
  const known = await lockTickets(tx, [...groups.values()].map(([event]) => keyOf(event!)))
  const now = deps.clock.now()
  const heard = [...groups].map(([key, group]) => hear(known.get(key), group, now))
  const affected = heard.filter(({ runsChanged, pinned }) => runsChanged || pinned)
  // no publish until the transaction ends
  await holdPolicyVersions(tx, [...new Set(affected.map(({ ticket }) => ticket.tenantId))].sort())
  const evaluations = await evaluate(tx, deps.cache, await readCases(tx, affected))
  const decided = new Map(evaluations.map(({ subject: { ticket }, agreements: { policyVersion, history } }) => {
    return [ticketKey(ticket), { ...ticket, policyVersion, history }]
  }))
  const tickets = heard.map((each) => ({ ...each, ticket: decided.get(ticketKey(each.ticket)) ?? each.ticket }))
  await insertTickets(tx, tickets.filter(({ before }) => before === undefined).map(({ ticket }) => ticket))
  await updateTickets(
    tx,
    tickets.filter(
      ({ before, ticket, runsChanged }) => before !== undefined && (runsChanged || ticket.version > before.version)
    )
  )
  await applyChanges(tx, deps, evaluations)
}

function keyOf ({ tenantid, data: { ticket } }: TicketEvent): TicketKey {
  return { tenantId: tenantid, id: ticket.id }
}

/** Puts what was heard of one ticket to what is known of it. */
function hear (before: TicketRecord | undefined, events: readonly TicketEvent[], now: Micros): Heard {
  const newest = events.reduce((a, b) => b.data.ticket.version > a.data.ticket.version ? b : a)
  const snapshot = before === undefined || newest.data.ticket.version > before.version ? newest.data.ticket : undefined
  const createdAt = before?.createdAt ?? parseInstant(newest.data.ticket.createdAt)
  const imported = events.some(({ historical, data }) => historical || data.ticket.importing)
  const known = before === undefined ? undefined : historyOf(before, now)
  const final = known?.finalVersion ?? 0
  // a ticket with a past begins under the policy of today, also when a later fact made it seem to have been opened here
  const repinned = imported && (known === undefined || (known.pinnedAt === createdAt && final === 0))
  const runs = withFacts(known?.runs ?? [], events.map(factOf).filter(({ version }) => version > final))
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

function factOf ({ time, historical, data: { ticket } }: TicketEvent): TicketFact {
  return {
    version: ticket.version,
    at: parseInstant(time),
    historical,
    open: isOpen(ticket.status),
    subject: subjectOf(ticket)
  }
}

function recordOf (
  tenantId: string,
  snapshot: TicketSnapshot,
  createdAt: Micros,
  policyVersion: number,
  history: TicketHistory
): TicketRecord {
  const { teamId: _team, reopenCount: _reopens, ...kept } = snapshot
  return { ...kept, tenantId, createdAt, policyVersion, history }
}

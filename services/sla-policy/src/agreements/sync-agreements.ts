import type { Tx } from '@dueline/postgres'
import type { Clock } from '@dueline/runtime'
import type { PolicyCache } from '../store/policy-cache.ts'
import { holdPolicyVersions } from '../store/policy-heads.ts'
import { insertTickets, lockTickets, ticketKey, updateTickets } from '../store/ticket-store.ts'
import { applyChanges, type ChangeDeps } from './apply-changes.ts'
import { readCases } from './cases.ts'
import { evaluate, type AgreementCase, type Evaluation } from './evaluate.ts'
import { factsByTicket, ticketAfter, type TicketEvent, type UpdatedTicket } from './updated-tickets.ts'

/** What syncing agreements with tickets needs besides the transaction. */
export interface SyncDeps extends ChangeDeps {
  readonly cache: PolicyCache
  readonly clock: Clock
}

/**
 * Takes in a batch of ticket facts: brings the copies up to date, and the agreements of each ticket of which something
 * became known that decides them. Late, repeated and reordered facts end in the same agreements.
 */
export async function syncAgreements (tx: Tx, deps: SyncDeps, events: readonly TicketEvent[]): Promise<void> {
  const tickets = await readTickets(tx, deps.clock, events)
  const evaluations = await evaluate(tx, deps.cache, await readAffected(tx, tickets))
  await writeTickets(tx, tickets, evaluations)
  await applyChanges(tx, deps, evaluations)
}

/** Locks the tickets of the facts, and says how each stands after them. */
async function readTickets (tx: Tx, clock: Clock, events: readonly TicketEvent[]): Promise<UpdatedTicket[]> {
  const received = factsByTicket(events)
  const stored = await lockTickets(tx, received.map(({ ticket }) => ticket))
  const now = clock.now()
  return received.map(({ ticket, facts }) => ticketAfter(stored.get(ticketKey(ticket)), facts, now))
}

/** The tickets whose agreements may differ now, with what else decides them: no publish until the transaction ends. */
async function readAffected (tx: Tx, tickets: readonly UpdatedTicket[]): Promise<AgreementCase[]> {
  const affected = tickets.filter(({ runsChanged, pinned }) => runsChanged || pinned)
  await holdPolicyVersions(tx, [...new Set(affected.map(({ ticket }) => ticket.tenantId))].sort())
  return await readCases(tx, affected)
}

/** Writes the copies: those evaluated with the policy version and history that their agreements were computed from. */
async function writeTickets (
  tx: Tx,
  updated: readonly UpdatedTicket[],
  evaluations: readonly Evaluation[]
): Promise<void> {
  const evaluated = new Map(evaluations.map(({ subject: { ticket }, agreements: { policyVersion, history } }) => {
    return [ticketKey(ticket), { ...ticket, policyVersion, history }]
  }))
  const tickets = updated.map((each) => ({ ...each, ticket: evaluated.get(ticketKey(each.ticket)) ?? each.ticket }))
  await insertTickets(tx, tickets.filter(({ before }) => before === undefined).map(({ ticket }) => ticket))
  await updateTickets(
    tx,
    tickets.filter(
      ({ before, ticket, runsChanged }) => before !== undefined && (runsChanged || ticket.version > before.version)
    )
  )
}

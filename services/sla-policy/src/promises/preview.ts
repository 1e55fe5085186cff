import { promiseKinds, type PolicyEffect } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'
import type { Tx } from '@dueline/postgres'
import type { Change, HeldAgreement } from '../domain/decide.ts'
import type { CompiledPolicy } from '../domain/resolve.ts'
import { heldAgreements } from '../store/agreement-store.ts'
import type { PolicyCache } from '../store/policy-cache.ts'
import { readOpenTickets, ticketKey, type TicketRecord } from '../store/ticket-store.ts'
import { assess, type PromiseCase } from './assess.ts'

/** One promise that a publish would change. */
export interface PreviewedMove { readonly ticket: TicketRecord, readonly change: Change, readonly before: HeldAgreement | null }

export interface Preview {
  readonly openTickets: number
  readonly movingTickets: number
  readonly movesByKind: Readonly<Record<typeof promiseKinds[number], number>>
  /** The first of the moves, by ticket id. */
  readonly moves: readonly PreviewedMove[]
  /** false: there are more open tickets than were looked at. */
  readonly complete: boolean
}

const batchSize = 500
const ticketsMax = 50_000
const movesListed = 200

/** Looks at the tenant's open tickets as if `policy` had been published at `at`, writing nothing. */
export async function previewPublish (tx: Tx, cache: PolicyCache, { tenantId, policy, effect, at }: { tenantId: string, policy: CompiledPolicy, effect: PolicyEffect, at: Micros }): Promise<Preview> {
  const movesByKind = Object.fromEntries(promiseKinds.map((kind) => [kind, 0])) as Record<typeof promiseKinds[number], number>
  const moves: PreviewedMove[] = []
  let [openTickets, movingTickets] = [0, 0]
  let afterId: string | null = null
  for (;;) {
    const tickets: TicketRecord[] = await readOpenTickets(tx, tenantId, afterId, batchSize)
    openTickets += tickets.length
    // with new_tickets, open tickets are only counted
    const held = effect === 'new_tickets' ? new Map() : await heldAgreements(tx, tickets)
    const cases = effect === 'new_tickets' ? [] : tickets.map((ticket): PromiseCase => caseOf(ticket, policy, effect, at, held.get(ticketKey(ticket)) ?? []))
    for (const { subject, changes } of await assess(tx, cache, cases)) {
      if (changes.length > 0) movingTickets++
      for (const change of changes) {
        movesByKind[change.kind]++
        const before = subject.held.find((one) => one.kind === change.kind)?.agreement ?? null
        if (moves.length < movesListed) moves.push({ ticket: subject.ticket, change, before })
      }
    }
    if (tickets.length < batchSize) return { openTickets, movingTickets, movesByKind, moves, complete: true }
    if (openTickets >= ticketsMax) return { openTickets, movingTickets, movesByKind, moves, complete: false }
    afterId = tickets.at(-1)!.id
  }
}

function caseOf (ticket: TicketRecord, policy: CompiledPolicy, published: PolicyEffect, time: Micros, held: PromiseCase['held']): PromiseCase {
  return { ticket, policy, held, occasion: { time, ticketVersion: ticket.version, historical: ticket.importing }, published }
}

import { agreementKinds, type PolicyEffect, type AgreementKind } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'
import type { Tx } from '@dueline/postgres'
import type { Agreed, Entry, Publish } from '../domain/agreements.ts'
import type { CompiledPolicy } from '../domain/resolve.ts'
import type { PolicyCache } from '../store/policy-cache.ts'
import { readOpenTickets, type TicketRecord } from '../store/ticket-store.ts'
import { asStored, readCases } from './cases.ts'
import { evaluate, type Evaluation } from './evaluate.ts'

/** One agreement that a publish would change. */
export interface PreviewedMove {
  readonly ticket: TicketRecord
  readonly type: 'made' | 'changed' | 'withdrawn'
  readonly entry: Entry
  readonly before: Agreed | null
}

export interface Preview {
  readonly openTickets: number
  readonly movingTickets: number
  readonly movesByKind: Readonly<Record<AgreementKind, number>>
  /** Those of the first tickets by id, up to `ticketsKept`. */
  readonly moves: readonly PreviewedMove[]
  /** false: there are more open tickets than were looked at. */
  readonly complete: boolean
}

const batchSize = 500
const ticketsMax = 50_000
/** Of so many tickets the moves are kept: so many are asked the clock service about. */
export const movesTicketsMax = 5_000

export interface PreviewRequest {
  readonly tenantId: string
  readonly policy: CompiledPolicy
  readonly effect: PolicyEffect
  readonly at: Micros
}

/** Looks at the tenant's open tickets as if `policy` had been published at `at`, writing nothing. */
export async function previewPublish (
  tx: Tx,
  cache: PolicyCache,
  { tenantId, policy, effect, at }: PreviewRequest
): Promise<Preview> {
  const movesByKind = Object.fromEntries(agreementKinds.map((kind) => [kind, 0])) as Record<AgreementKind, number>
  const moves: PreviewedMove[] = []
  let [openTickets, movingTickets] = [0, 0]
  let afterId: string | null = null
  for (;;) {
    const tickets: TicketRecord[] = await readOpenTickets(tx, tenantId, afterId, batchSize)
    openTickets += tickets.length
    // with new_tickets, open tickets are only counted
    const publish = { version: policy.version, effect, at }
    const evaluations = effect === 'new_tickets'
      ? []
      : await evaluateBatch(
        tx,
        cache,
        tickets,
        policy,
        { ...publish, effect }
      )
    for (const evaluation of evaluations) {
      const found = movesOf(evaluation, policy.version)
      if (found.length === 0) continue
      if (movingTickets < movesTicketsMax) moves.push(...found)
      movingTickets++
      for (const { entry } of found) movesByKind[entry.kind]++
    }
    if (tickets.length < batchSize) return { openTickets, movingTickets, movesByKind, moves, complete: true }
    if (openTickets >= ticketsMax) return { openTickets, movingTickets, movesByKind, moves, complete: false }
    afterId = tickets.at(-1)!.id
  }
}

async function evaluateBatch (
  tx: Tx,
  cache: PolicyCache,
  tickets: readonly TicketRecord[],
  policy: CompiledPolicy,
  publish: Publish
): Promise<Evaluation[]> {
  const cases = await readCases(tx, tickets.map((ticket) => asStored(ticket, publish.at)))
  return await evaluate(tx, cache, cases.map((each) => ({ ...each, publishes: [...each.publishes, publish] })), policy)
}

/** What the publish of `version` does to one ticket. */
function movesOf (
  { subject: { ticket }, agreements: { entries, held: unchanged } }: Evaluation,
  version: number
): PreviewedMove[] {
  const held = new Map(unchanged)
  const moves: PreviewedMove[] = []
  for (const entry of entries) {
    const before = held.get(entry.kind) ?? null
    if (entry.policyVersion === version) {
      const type = entry.agreed === null ? 'withdrawn' : before === null ? 'made' : 'changed'
      moves.push({ ticket, type, entry, before })
    }
    if (entry.agreed === null) held.delete(entry.kind)
    else held.set(entry.kind, entry.agreed)
  }
  return moves
}

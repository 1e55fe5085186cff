import { parseInstant, type Micros } from '@dueline/business-time'
import type { DuelineEvent, TicketSnapshot } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import { newestFacts, type Newest } from '../domain/newest-facts.ts'
import { subjectKey } from '../domain/subject.ts'
import { heldAgreements } from '../store/agreement-store.ts'
import type { PolicyCache } from '../store/policy-cache.ts'
import { holdPolicyVersions } from '../store/policy-heads.ts'
import { lockTickets, saveTickets, ticketKey, type TicketRecord } from '../store/ticket-store.ts'
import { assess, type PromiseCase } from './assess.ts'
import { settle, type SettleDeps } from './settle.ts'

/** What keeping promises needs besides the transaction. */
export interface PromiseDeps extends SettleDeps { readonly cache: PolicyCache }

interface TicketFact {
  readonly ticketKey: string
  readonly tenantId: string
  readonly version: number
  readonly key: string
  readonly time: Micros
  readonly historical: boolean
  readonly snapshot: TicketSnapshot
}

/**
 * Takes in a batch of ticket facts: brings the copies up to date, and makes, changes or withdraws promises where the
 * newest state of a ticket asks for it. Facts that are older than the copy say nothing new.
 */
export async function keepPromises (tx: Tx, deps: PromiseDeps, events: ReadonlyArray<DuelineEvent<{ ticket: TicketSnapshot }>>): Promise<void> {
  const facts = events.map(factOf)
  const keys = new Map(facts.map((fact) => [fact.ticketKey, { tenantId: fact.tenantId, id: fact.snapshot.id }]))
  const known = await lockTickets(tx, [...keys.values()])
  const news = newestFacts(facts.filter((fact) => fact.version > (known.get(fact.ticketKey)?.version ?? 0)))
  if (news.length === 0) return
  const tenants = new Set(news.filter(({ last }) => !known.has(last.ticketKey)).map(({ last }) => last.tenantId))
  const heads = tenants.size === 0 ? new Map<string, number>() : await holdPolicyVersions(tx, [...tenants].sort())
  const tickets = news.map((one) => ({ ...one, before: known.get(one.last.ticketKey) })).map(({ last, since, before }) => ({
    last, since, before, ticket: recordOf(last, before?.policyVersion ?? heads.get(last.tenantId)!)
  }))
  await saveTickets(tx, tickets.map(({ ticket }) => ticket))
  const affected = tickets.filter(({ before, last }) => before === undefined || subjectKey(before) !== last.key)
  const held = await heldAgreements(tx, affected.filter(({ before }) => before !== undefined).map(({ ticket }) => ticket))
  const policyOf = await deps.cache.policies(tx, affected.map(({ ticket }) => ({ tenantId: ticket.tenantId, version: ticket.policyVersion })))
  const cases = affected.map(({ ticket, before, since }): PromiseCase => ({
    ticket,
    policy: policyOf({ tenantId: ticket.tenantId, version: ticket.policyVersion }),
    held: held.get(ticketKey(ticket)) ?? [],
    occasion: occasionOf({ ticket, since, first: before === undefined }),
    published: null
  }))
  await settle(tx, deps, await assess(tx, deps.cache, cases))
}

/** The first promise holds from the ticket's creation, whatever its first known fact is; a later one from the fact that called for it. */
function occasionOf ({ ticket, since, first }: { ticket: TicketRecord, since: Newest<TicketFact>['since'], first: boolean }): PromiseCase['occasion'] {
  return { time: first ? ticket.createdAt : since.time, ticketVersion: since.version, historical: since.historical }
}

function factOf ({ data: { ticket }, ...event }: DuelineEvent<{ ticket: TicketSnapshot }>): TicketFact {
  return {
    ticketKey: ticketKey({ tenantId: event.tenantid, id: ticket.id }),
    tenantId: event.tenantid,
    version: ticket.version,
    key: subjectKey(ticket),
    time: parseInstant(event.time),
    historical: event.historical,
    snapshot: ticket
  }
}

function recordOf ({ tenantId, snapshot }: TicketFact, policyVersion: number): TicketRecord {
  const { teamId: _team, reopenCount: _reopens, ...kept } = snapshot
  return { ...kept, tenantId, createdAt: parseInstant(snapshot.createdAt), policyVersion }
}

import { readInstant, type Database, type Tx } from '@dueline/postgres'
import type { Micros } from '@dueline/business-time'
import type { PolicyEffect } from '@dueline/contracts'
import { createPoller, type Logger, type Poller } from '@dueline/runtime'
import { heldAgreements } from '../store/agreement-store.ts'
import { lockOpenTicketsBefore, pinTickets, ticketKey } from '../store/ticket-store.ts'
import { assess, type PromiseCase } from './assess.ts'
import type { PromiseDeps } from './keep-promises.ts'
import { settle } from './settle.ts'

interface Job { tenantId: string, policyVersion: number, effect: PolicyEffect, publishedAt: Micros, afterTicketId: string | null }

/** Tickets per transaction: some tens of milliseconds of work, during which their facts wait. */
const batchSize = 200

export interface ReresolverOptions extends PromiseDeps { readonly database: Database, readonly logger: Logger }

/**
 * The loop that brings a tenant's open tickets under a version that was published from now on or retroactively. Where it
 * stands is stored with what it did, so a crash repeats nothing; several replicas take different tenants.
 */
export function createReresolver ({ database, logger, ...deps }: ReresolverOptions): Poller {
  return createPoller({
    name: 'reresolver',
    logger,
    idleMs: 1_000,
    idleMsMax: 8_000,
    run: async () => await database.tx(async (tx) => await reresolveSome(tx, deps) ? 'busy' : 'idle')
  })
}

/** One batch of the oldest unfinished publish of some tenant. False when there is none (or others are at work on all). */
export async function reresolveSome (tx: Tx, deps: PromiseDeps): Promise<boolean> {
  const job = await lockJob(tx)
  if (job === undefined) return false
  const { tenantId, policyVersion, effect, publishedAt } = job
  const tickets = await lockOpenTicketsBefore(tx, tenantId, policyVersion, job.afterTicketId, batchSize)
  const policy = (await deps.cache.policies(tx, [{ tenantId, version: policyVersion }]))({ tenantId, version: policyVersion })
  const held = await heldAgreements(tx, tickets)
  const cases = tickets.map((ticket): PromiseCase => ({
    ticket,
    policy,
    held: held.get(ticketKey(ticket)) ?? [],
    occasion: { time: publishedAt, ticketVersion: ticket.version, historical: ticket.importing },
    published: effect
  }))
  const assessments = await assess(tx, deps.cache, cases)
  await settle(tx, deps, assessments)
  const ids = tickets.map(({ id }) => id)
  if (ids.length > 0) await pinTickets(tx, tenantId, ids, policyVersion)
  const moved = assessments.filter(({ changes }) => changes.length > 0).length
  await advanceJob(tx, job, { lastId: ids.at(-1) ?? null, checked: ids.length, moved, finished: ids.length < batchSize })
  return true
}

async function lockJob (tx: Tx): Promise<Job | undefined> {
  const { rows: [row] } = await tx.$client.query<{ tenant_id: string, policy_version: number, effect: PolicyEffect, published_at: string, after_ticket_id: string | null }>({
    name: 'reresolution-lock',
    // a tenant's publishes are worked off in order
    text: `select tenant_id, policy_version, effect, published_at, after_ticket_id from reresolution r
           where finished_at is null and not exists (select from reresolution e
             where e.tenant_id = r.tenant_id and e.policy_version < r.policy_version and e.finished_at is null)
           order by published_at limit 1 for update skip locked`
  })
  return row === undefined
    ? undefined
    : { tenantId: row.tenant_id, policyVersion: row.policy_version, effect: row.effect, publishedAt: readInstant(row.published_at), afterTicketId: row.after_ticket_id }
}

async function advanceJob (tx: Tx, { tenantId, policyVersion }: Job, { lastId, checked, moved, finished }: { lastId: string | null, checked: number, moved: number, finished: boolean }): Promise<void> {
  await tx.$client.query({
    name: 'reresolution-advance',
    text: `update reresolution set after_ticket_id = coalesce($3, after_ticket_id), checked = checked + $4, moved = moved + $5,
             finished_at = case when $6::boolean then now() end
           where tenant_id = $1 and policy_version = $2`,
    values: [tenantId, policyVersion, lastId, checked, moved, finished]
  })
}

import type { Database, Tx } from '@dueline/postgres'
import { createPoller, type Logger, type Poller } from '@dueline/runtime'
import { lockOpenTicketsBefore, pinTickets } from '../store/ticket-store.ts'
import { applyChanges } from './apply-changes.ts'
import { asStored, readCases } from './cases.ts'
import { evaluate } from './evaluate.ts'
import type { SyncDeps } from './sync-agreements.ts'

interface Job {
  readonly tenantId: string
  readonly policyVersion: number
  readonly afterTicketId: string | null
}

/** Tickets per transaction: some tens of milliseconds of work, during which their facts wait. */
const batchSize = 200

export interface ReresolverOptions extends SyncDeps {
  readonly database: Database
  readonly logger: Logger
}

/**
 * The loop that brings a tenant's open tickets under a version that was published from now on or retroactively. Where
 * it stands is stored with what it did, so a crash repeats nothing; several replicas take different tenants.
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

/**
 * One batch of the oldest unfinished publish of some tenant. False when there is none (or others are at work on all).
 */
export async function reresolveSome (tx: Tx, deps: SyncDeps): Promise<boolean> {
  const job = await lockJob(tx)
  if (job === undefined) return false
  const { tenantId, policyVersion } = job
  const tickets = await lockOpenTicketsBefore(tx, tenantId, policyVersion, job.afterTicketId, batchSize)
  const now = deps.clock.now()
  // later publishes have their own turn, so that each reports what it did
  const cases = await readCases(tx, tickets.map((ticket) => asStored(ticket, now)), policyVersion)
  const evaluations = await evaluate(tx, deps.cache, cases)
  const moved = await applyChanges(tx, deps, evaluations)
  await pinTickets(
    tx,
    evaluations.map(({ subject: { ticket }, agreements }) => ({ ...ticket, policyVersion: agreements.policyVersion }))
  )
  const progress = {
    lastId: tickets.at(-1)?.id ?? null,
    checked: tickets.length,
    moved: moved.length,
    finished: tickets.length < batchSize
  }
  await advanceJob(tx, job, progress)
  return true
}

async function lockJob (tx: Tx): Promise<Job | undefined> {
  const { rows: [row] } = await tx.$client.query<{
    tenant_id: string,
    policy_version: number,
    after_ticket_id: string | null
  }>({
    name: 'reresolution-lock',
    // a tenant's publishes are worked off in order
    text: `select tenant_id, policy_version, after_ticket_id from reresolution r
           where finished_at is null and not exists (select from reresolution e
             where e.tenant_id = r.tenant_id and e.policy_version < r.policy_version and e.finished_at is null)
           order by published_at limit 1 for update skip locked`
  })
  if (row === undefined) return undefined
  return { tenantId: row.tenant_id, policyVersion: row.policy_version, afterTicketId: row.after_ticket_id }
}

interface Progress {
  readonly lastId: string | null
  readonly checked: number
  readonly moved: number
  readonly finished: boolean
}

async function advanceJob (
  tx: Tx,
  { tenantId, policyVersion }: Job,
  { lastId, checked, moved, finished }: Progress
): Promise<void> {
  await tx.$client.query({
    name: 'reresolution-advance',
    text: `update reresolution
           set after_ticket_id = coalesce($3, after_ticket_id), checked = checked + $4, moved = moved + $5,
             finished_at = case when $6::boolean then now() end
           where tenant_id = $1 and policy_version = $2`,
    values: [tenantId, policyVersion, lastId, checked, moved, finished]
  })
}

import type { Database, MigrationSource, TenantDatabases, TenantTx } from '@dueline/postgres'
import { createPoller, type Logger, type Poller } from '@dueline/runtime'

/** The table `idempotency_key`; every service whose operations use `write` takes it in. */
export const migrations: MigrationSource = { name: 'http', directory: new URL('../migrations', import.meta.url) }

/** Whose key it is, and which request it stands for. Keys of different callers never meet. */
export interface KeyOfAnswer {
  tenantId: string
  subject: string
  key: string
  fingerprint: Buffer
}

/** An answer as it was sent. */
export interface StoredAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  body: string | null
}

/**
 * Keeps the answer of the request that `tx` is doing. False when there is an answer already that is younger than 24 h;
 * waits for another transaction that is about to keep one.
 */
export async function storeAnswer (
  tx: TenantTx,
  { tenantId, subject, key, fingerprint }: KeyOfAnswer,
  { status, headers, body }: StoredAnswer
): Promise<boolean> {
  const { rowCount } = await tx.$client.query({
    name: 'http-store-answer',
    text: `insert into idempotency_key as known (tenant_id, subject, key, fingerprint, status, headers, body)
        values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (tenant_id, subject, key) do update
      set fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers,
        body = excluded.body, created_at = now()
      where known.created_at < now() - interval '24 hours'`,
    values: [tenantId, subject, key, fingerprint, status, JSON.stringify(headers), body]
  })
  return rowCount === 1
}

/** The answer that was kept under a key, for whichever request, unless it is older than 24 h. */
export async function findAnswer (
  database: TenantDatabases,
  { tenantId, subject, key }: KeyOfAnswer
): Promise<StoredAnswer & { fingerprint: Buffer } | undefined> {
  return await database.forTenant(tenantId).tx(async (tx) => {
    const { rows } = await tx.$client.query({
      name: 'http-find-answer',
      text: `select fingerprint, status, headers, body from idempotency_key
        where tenant_id = $1 and subject = $2 and key = $3 and created_at >= now() - interval '24 hours'`,
      values: [tenantId, subject, key]
    })
    return rows[0] as StoredAnswer & { fingerprint: Buffer } | undefined
  })
}

const sweepEveryMs = 60_000
const sweepBatch = 1_000

/** A loop that deletes answers older than 24 h, a thousand at a time, once a minute while there are fewer. */
export function createAnswerSweeper ({ database, logger }: { database: Database, logger: Logger }): Poller {
  return createPoller({
    name: 'delete old answers',
    run: async () => {
      const { rowCount } = await database.pool.query(`delete from idempotency_key where (tenant_id, subject, key) in (
        select tenant_id, subject, key from idempotency_key
          where created_at < now() - interval '24 hours' order by created_at limit ${sweepBatch}
          for update skip locked)`)
      return rowCount === sweepBatch ? 'busy' : 'idle'
    },
    idleMs: sweepEveryMs,
    logger
  })
}

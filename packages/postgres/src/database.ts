import type { Metrics } from '@dueline/runtime'
import { queriesOn } from './queries.ts'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type pg from 'pg'
import type { PoolClient } from 'pg'
import { registerPoolMetrics } from './pool-metrics.ts'
import { createPool, type PoolOptions } from './pools.ts'
import { requestRoleOf } from './roles.ts'
import { tenantDatabases, type TenantDatabases } from './tenant-database.ts'
import { transactionsOf, type Tx } from './transaction.ts'

/** What a single reading statement needs; a `Tx` is one too, so a store's read functions take either. */
export type Read = NodePgDatabase & { readonly $client: Pick<PoolClient, 'query'> }

/**
 * One service's database: lazy pools whose connections see only the service's schema. `forTenant` is what requests get.
 * All else sees the rows of every tenant: it is for loops that work for many at once (consumers, relay, timers,
 * sweeps, metrics) and for nothing that a caller asks for.
 */
export interface Database extends TenantDatabases {
  readonly pool: pg.Pool
  readonly schema: string
  /** For single statements outside a transaction. */
  readonly read: Read
  /**
   * Runs `fn` in one read-committed transaction: commits when it resolves, rolls back when it throws. Retries nothing.
   * What it throws does not hold what its statements were given.
   * @throws DatabaseUnavailable when no connection can be had or it is lost; after a lost commit the outcome is unknown
   */
  tx<T>(fn: (tx: Tx) => Promise<T>): Promise<T>
  /** Waits for running transactions and closes all connections; may be called twice. */
  close(): Promise<void>
}

/** Options of `createDatabase`. */
export interface DatabaseOptions extends PoolOptions {
  /** Where the use of the pools is reported. */
  metrics?: Metrics
}

/**
 * Makes the pools of one service: its loops work as the role of `url`, its requests as the request role of that one
 * (see `createSchemas`). Nothing connects before the first use. @throws TypeError for a bad schema name
 */
export function createDatabase (options: DatabaseOptions): Database {
  const { schema, logger, url } = options
  const pool = createPool(options)
  const requests = createPool(options, requestRoleOf(decodeURIComponent(new URL(url).username)))
  if (options.metrics !== undefined) registerPoolMetrics(options.metrics, [pool, requests])
  const transact = transactionsOf(pool, logger)
  let closing: Promise<unknown> | undefined
  return {
    pool,
    schema,
    read: queriesOn(pool) as unknown as Read,
    tx: async (fn) => await transact('begin', {}, fn),
    ...tenantDatabases(requests, transactionsOf(requests, logger)),
    async close () {
      await (closing ??= Promise.all([pool.end(), requests.end()]))
    }
  }
}

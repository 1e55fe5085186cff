import { dropValues, type Logger, type Metrics } from '@dueline/runtime'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import type { PoolClient } from 'pg'
import { connectionConfig } from './connection.ts'
import { DatabaseUnavailable, isUnavailable } from './errors.ts'
import { registerPoolMetrics } from './pool-metrics.ts'

/** One open transaction: drizzle's query builder, and the connection itself for hot, prepared statements. */
export type Tx = NodePgDatabase & { readonly $client: PoolClient }
/** A transaction on behalf of one tenant; `app.tenant` is set for row-level security. */
export type TenantTx = Tx & { readonly tenantId: string }
/** What a single reading statement needs; a `Tx` is one too, so a store's read functions take either. */
export type Read = NodePgDatabase & { readonly $client: Pick<PoolClient, 'query'> }

/** One service's database: a lazy pool whose connections see only the service's schema. */
export interface Database {
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
  /** As `tx`, with the tenant attached. @throws TypeError when `tenantId` is not a tenant id */
  tenantTx<T>(tenantId: string, fn: (tx: TenantTx) => Promise<T>): Promise<T>
  /** Waits for running transactions and closes all connections; may be called twice. */
  close(): Promise<void>
}

/** Options of `createDatabase`. */
export interface DatabaseOptions {
  url: string
  schema: string
  poolMax: number
  applicationName: string
  logger: Logger
  /** Where the use of the pool is told. */
  metrics?: Metrics
  /** Longest single statement in milliseconds; default 30,000. */
  statementTimeoutMs?: number
  /** Longest wait for a connection, new or from the pool, in milliseconds; default 5,000. */
  connectTimeoutMs?: number
}

const tenantIdText = /^[a-z0-9][a-z0-9-]{0,62}$/
const commitHooks = new WeakMap<object, Array<() => void>>()

/**
 * Runs `fn` once the transaction has committed, and never when it rolls back; for waking loops, not for work that
 * must happen (the process may die in between).
 * @throws Error when `tx` is not an open transaction of `Database.tx`
 */
export function afterCommit (tx: Tx, fn: () => void): void {
  const hooks = commitHooks.get(tx)
  if (hooks === undefined) throw new Error('afterCommit needs an open transaction')
  hooks.push(fn)
}

function refuseNested (): never {
  throw new Error('this is a transaction already: a nested one would commit it')
}

/** Makes the pool of one service. Nothing connects before the first use. @throws TypeError for a bad schema name */
export function createDatabase (options: DatabaseOptions): Database {
  const { schema, logger } = options
  const pool = createPool(options)
  if (options.metrics !== undefined) registerPoolMetrics(options.metrics, pool)
  const bases = new WeakMap<PoolClient, Tx>()
  let closing: Promise<void> | undefined

  async function transact<T extends Tx, R> (begin: string, extra: object, fn: (tx: T) => Promise<R>): Promise<R> {
    const client = await pool.connect().catch((error: unknown) => {
      throw new DatabaseUnavailable(error)
    })
    const base = bases.get(client) ?? drizzle(client)
    bases.set(client, base)
    // a fresh object for each transaction: hooks and tenant belong to it, drizzle's machinery is inherited
    const tx = Object.assign(Object.create(base) as T, extra, { transaction: refuseNested })
    const hooks: Array<() => void> = []
    commitHooks.set(tx, hooks)
    let broken: boolean | Error = false
    let result: R
    try {
      await client.query(begin)
      result = await fn(tx)
      const { command } = await client.query('commit')
      if (command !== 'COMMIT') {
        throw new Error('the transaction was rolled back: one of its statements had failed unnoticed')
      }
    } catch (error) {
      dropValues(error)
      // closed also when it still answers: one to what was the primary before a failover would only read, for ever
      if (isUnavailable(error)) {
        broken = true
        throw error instanceof DatabaseUnavailable ? error : new DatabaseUnavailable(error)
      }
      broken = await client.query('rollback').then(() => false, (e: Error) => e)
      throw error
    } finally {
      commitHooks.delete(tx)
      client.release(broken)
    }
    runHooks(hooks, logger)
    return result
  }

  return {
    pool,
    schema,
    read: drizzle(pool) as unknown as Read,
    tx: (fn) => transact('begin', {}, fn),
    async tenantTx (tenantId, fn) {
      if (!tenantIdText.test(tenantId)) throw new TypeError('not a tenant id')
      // one round trip for both; the pattern above leaves nothing to quote
      return await transact(`begin; set local app.tenant = '${tenantId}'`, { tenantId }, fn)
    },
    close: () => (closing ??= pool.end())
  }
}

function createPool (options: DatabaseOptions): pg.Pool {
  const { logger, schema } = options
  const pool = new pg.Pool({
    ...connectionConfig({
      url: options.url,
      schema,
      applicationName: options.applicationName,
      statementTimeoutMs: options.statementTimeoutMs ?? 30_000
    }),
    max: options.poolMax,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000
  })
  const onLost = (error: Error): void => logger.debug({ err: error, schema }, 'a database connection was lost')
  // idle connections report here; those checked out have only their own listener, without which the process would die
  pool.on('error', onLost)
  pool.on('connect', (client) => {
    client.on('error', onLost)
  })
  return pool
}

function runHooks (hooks: ReadonlyArray<() => void>, logger: Logger): void {
  for (const hook of hooks) {
    try {
      hook()
    } catch (error) {
      logger.error({ err: error }, 'a hook after commit failed')
    }
  }
}

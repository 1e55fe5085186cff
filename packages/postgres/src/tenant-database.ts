import { queriesOn } from './queries.ts'
import type pg from 'pg'
import type { PoolClient } from 'pg'
import type { Read } from './database.ts'
import type { Transact, Tx } from './transaction.ts'

/** A transaction on behalf of one tenant: it sees and writes rows of this tenant only. */
export type TenantTx = Tx & { readonly tenantId: string }

/** One tenant's part of a service's database: row-level security holds every statement to the rows of the tenant. */
export interface TenantDatabase {
  readonly tenantId: string
  /** For single statements outside a transaction. */
  readonly read: Read
  /** As `Database.tx`, for rows of the tenant only. */
  tx<T>(fn: (tx: TenantTx) => Promise<T>): Promise<T>
}

/** All that requests get of a service's database. */
export interface TenantDatabases {
  /** @throws TypeError when `tenantId` is not a tenant id */
  forTenant(tenantId: string): TenantDatabase
}

const tenantIdText = /^[a-z0-9][a-z0-9-]{0,62}$/
/** Handles are kept, because one costs more than a statement; beyond so many all are made anew. */
const handlesMax = 1_000

/** The tenants' parts, on connections of `pool`: whatever is asked of them names a tenant first. */
export function tenantDatabases (pool: pg.Pool, transact: Transact): TenantDatabases {
  const handles = new Map<string, TenantDatabase>()
  return {
    forTenant (tenantId) {
      let handle = handles.get(tenantId)
      if (handle !== undefined) return handle
      if (!tenantIdText.test(tenantId)) throw new TypeError('not a tenant id')
      if (handles.size >= handlesMax) handles.clear()
      // the pattern above leaves nothing to quote
      const begin = `begin; set local app.tenant = '${tenantId}'`
      handle = {
        tenantId,
        read: queriesOn(readerOf(pool, tenantId)) as unknown as Read,
        tx: async (fn) => await transact(begin, { tenantId }, fn)
      }
      handles.set(tenantId, handle)
      return handle
    }
  }
}

/** For which tenant the session of a connection reads; transactions name theirs with `set local` and leave this be. */
const tenantOfSession = new WeakMap<PoolClient, string>()

/** Runs single statements; the setting goes before one, in the same turn, when the session was another tenant's. */
function readerOf (pool: pg.Pool, tenantId: string): pg.Pool {
  async function query (...args: [never]): Promise<unknown> {
    const client = await pool.connect()
    let failure: Error | undefined
    try {
      if (tenantOfSession.get(client) === tenantId) return await client.query(...args)
      tenantOfSession.set(client, tenantId)
      const [, result] = await Promise.all([client.query(`set app.tenant = '${tenantId}'`), client.query(...args)])
      return result
    } catch (error) {
      failure = error as Error
      throw error
    } finally {
      // as the pool does with its own statements: a connection on which one failed is not used again
      client.release(failure)
    }
  }
  return { query } as unknown as pg.Pool
}

import { dropValues, type Logger } from '@dueline/runtime'
import { queriesOn } from './queries.ts'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type pg from 'pg'
import type { PoolClient } from 'pg'
import { DatabaseUnavailable, isUnavailable } from './errors.ts'

/** One open transaction: drizzle's query builder, and the connection itself for hot, prepared statements. */
export type Tx = NodePgDatabase & { readonly $client: PoolClient }

/** Begins with the statement `begin`, runs `fn` on a transaction that has `extra` too, and commits or rolls back. */
export type Transact = <T extends Tx, R>(begin: string, extra: object, fn: (tx: T) => Promise<R>) => Promise<R>

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

/** Transactions on the connections of one pool. */
export function transactionsOf (pool: pg.Pool, logger: Logger): Transact {
  const bases = new WeakMap<PoolClient, Tx>()

  return async (begin, extra, fn) => {
    const client = await pool.connect().catch((error: unknown) => {
      throw new DatabaseUnavailable(error)
    })
    const base = bases.get(client) ?? queriesOn(client)
    bases.set(client, base)
    // a fresh object for each transaction: hooks and tenant belong to it, drizzle's machinery is inherited
    const tx = Object.assign(Object.create(base), extra, { transaction: refuseNested })
    const hooks: Array<() => void> = []
    commitHooks.set(tx, hooks)
    let broken: boolean | Error = false
    let result
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

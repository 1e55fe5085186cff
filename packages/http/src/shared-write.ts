import { isUnavailable, type TenantDatabases, type TenantTx } from '@dueline/postgres'
import { currentTraceparent, forCauses, type Cause } from '@dueline/runtime'
import type { Transact } from './write.ts'

/** Writes of one kind by many requests, in shared transactions. */
export interface SharedWrites<T> {
  /** The transaction in which the item is written, with others of its tenant: what runs in it runs behind that. */
  of(item: T): Transact
}

interface Waiter<T> {
  readonly item: T
  readonly cause: Cause
  /** Does what the caller wants to be in the same transaction; resolves with what to call once that is committed. */
  readonly finish: (tx: TenantTx) => Promise<() => void>
  readonly failed: (error: unknown) => void
}

/** Bounds how long one transaction takes, and how much is done again when it fails. */
const itemsMax = 64

/**
 * While a transaction of a tenant runs, further items of that tenant gather and share the next one: under load one
 * commit and one statement per table serve many requests, and nobody waits who comes alone. Where a shared transaction
 * fails, each of its items is tried in one of its own, so that nobody fails by another's fault. Neither `apply` nor
 * what runs behind it may have effects outside of `tx`. `keyOf`: the partition key of the events about an item,
 * by which they are in the trace of its request.
 */
export function createSharedWrites<T> (
  database: TenantDatabases,
  apply: (tx: TenantTx, items: readonly T[]) => Promise<void>,
  keyOf: (item: T) => string
): SharedWrites<T> {
  const waiting = new Map<string, Waiter<T>[]>()

  async function commit (tenantId: string, waiters: readonly Waiter<T>[]): Promise<void> {
    const write = async (tx: TenantTx): Promise<(() => void)[]> => {
      await apply(tx, waiters.map(({ item }) => item))
      const done: (() => void)[] = []
      for (const { finish } of waiters) done.push(await finish(tx))
      return done
    }
    const causes = waiters.map(({ cause }) => cause)
    const done = await forCauses(causes, async () => await database.forTenant(tenantId).tx(write))
    for (const report of done) report()
  }

  async function writeFor (tenantId: string, waiters: readonly Waiter<T>[]): Promise<void> {
    try {
      await commit(tenantId, waiters)
    } catch (error) {
      // whether a lost commit took effect is not known: it must not be tried again
      if (waiters.length === 1 || isUnavailable(error)) { for (const { failed } of waiters) failed(error) }
      else for (const waiter of waiters) await writeFor(tenantId, [waiter])
    }
  }

  async function serve (tenantId: string, mine: Waiter<T>[]): Promise<void> {
    while (mine.length > 0) await writeFor(tenantId, mine.splice(0, itemsMax))
    waiting.delete(tenantId)
  }

  function join (tenantId: string, waiter: Waiter<T>): void {
    const gathering = waiting.get(tenantId)
    if (gathering !== undefined) {
      gathering.push(waiter)
      return
    }
    const mine = [waiter]
    waiting.set(tenantId, mine)
    void serve(tenantId, mine)
  }

  return {
    of: (item) => async (tenantId, fn) =>
      await new Promise((resolve, reject) => {
        join(tenantId, {
          item,
          cause: { key: keyOf(item), traceparent: currentTraceparent() },
          finish: async (tx) => {
            const result = await fn(tx)
            return () => resolve(result)
          },
          failed: reject
        })
      })
  }
}

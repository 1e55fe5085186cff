import { isUnavailable, type Database, type TenantTx } from '@dueline/postgres'
import { crashPoint } from '@dueline/runtime'

/** Writes of one kind by many requests, in shared transactions. */
export interface SharedWrites<T> {
  /** Resolves once the item is committed. @throws whatever its own transaction throws */
  add(tenantId: string, item: T): Promise<void>
}

interface Waiter<T> {
  item: T
  done: () => void
  failed: (error: unknown) => void
}

/** Bounds how long one transaction takes, and how much is done again when it fails. */
const itemsMax = 64

/**
 * While a transaction of a tenant runs, further items of that tenant gather and share the next one: under load one
 * commit and one statement per table serve many requests, and nobody waits who comes alone. Where a shared transaction
 * fails, each of its items is tried in one of its own, so that nobody fails by another's fault. `apply` must have no
 * effects outside of `tx`.
 */
export function createSharedWrites<T> (
  database: Database,
  apply: (tx: TenantTx, items: readonly T[]) => Promise<void>
): SharedWrites<T> {
  const waiting = new Map<string, Waiter<T>[]>()

  async function commit (tenantId: string, items: readonly T[]): Promise<void> {
    await database.tenantTx(tenantId, async (tx) => {
      await apply(tx, items)
      crashPoint('http:before-commit')
    })
    crashPoint('http:after-commit')
  }

  async function settle (tenantId: string, waiters: readonly Waiter<T>[]): Promise<void> {
    try {
      await commit(tenantId, waiters.map(({ item }) => item))
      for (const { done } of waiters) done()
    } catch (error) {
      // whether a lost commit took effect is not known: it must not be tried again
      if (waiters.length === 1 || isUnavailable(error)) { for (const { failed } of waiters) failed(error) }
      else for (const waiter of waiters) await settle(tenantId, [waiter])
    }
  }

  async function serve (tenantId: string, mine: Waiter<T>[]): Promise<void> {
    while (mine.length > 0) await settle(tenantId, mine.splice(0, itemsMax))
    waiting.delete(tenantId)
  }

  return {
    add: async (tenantId, item) =>
      await new Promise<void>((resolve, reject) => {
        const waiter = { item, done: resolve, failed: reject }
        const gathering = waiting.get(tenantId)
        if (gathering !== undefined) {
          gathering.push(waiter)
          return
        }
        const mine = [waiter]
        waiting.set(tenantId, mine)
        void serve(tenantId, mine)
      })
  }
}

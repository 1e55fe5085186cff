import type { Clock } from '@dueline/runtime'
import type { TenantDatabases } from '@dueline/postgres'

/** Gives out the human numbers of tickets: `T-000001`, `T-000002` … per tenant. */
export interface NumberAllocator {
  /**
   * `count` numbers that nobody else gets, ascending. A number of a ticket that fails to be stored is not used again.
   */
  allocate(tenantId: string, count: number): Promise<string[]>
}

interface Waiter {
  count: number
  resolve(numbers: string[]): void
  reject(error: unknown): void
}
interface Block {
  next: number
  end: number
  size: number
  takenAt: number
}

const blockSizeMax = 64
const busyMicros = 1_000_000
const tenantsMax = 10_000

/** The human form of a ticket's number; at least six digits. */
export function formatNumber (value: number): string {
  return `T-${String(value).padStart(6, '0')}`
}

/**
 * Numbers come from one counter row per tenant, so that each tenant counts from 1 and cannot see how much others do.
 * The row is never touched in a ticket's transaction: all creates of a tenant would queue behind each other's commits.
 * Instead a statement of its own takes a block: exactly what is waited for while a tenant is quiet (no gaps), doubling
 * up to 64 spare numbers while blocks run out within a second. A process that ends loses its spare numbers; replicas
 * interleave blocks.
 */
export function createNumberAllocator (
  { database, clock }: { database: TenantDatabases, clock: Clock }
): NumberAllocator {
  const blocks = new Map<string, Block>()
  const waiting = new Map<string, Waiter[]>()

  async function advance (tenantId: string, count: number): Promise<number> {
    const { rows } = await database.forTenant(tenantId).read.$client.query<{ last: string }>({
      name: 'ticket-counter-advance',
      text: `insert into ticket_counter as c (tenant_id, last) values ($1, $2)
        on conflict (tenant_id) do update set last = c.last + $2 returning last`,
      values: [tenantId, count]
    })
    return Number(rows[0]!.last)
  }

  /** Serves everybody who waits, with at most one statement; those who come meanwhile wait for the next round. */
  async function serve (tenantId: string): Promise<void> {
    for (let waiters = waiting.get(tenantId) ?? []; waiters.length > 0; waiters = waiting.get(tenantId) ?? []) {
      waiting.set(tenantId, [])
      try {
        const need = waiters.reduce((sum, { count }) => sum + count, 0)
        const numbers = await draw(tenantId, need)
        let at = 0
        for (const { count, resolve } of waiters) resolve(numbers.slice(at, at += count))
      } catch (error) {
        for (const { reject } of waiters) reject(error)
      }
    }
    waiting.delete(tenantId)
  }

  async function draw (tenantId: string, need: number): Promise<string[]> {
    const block = blocks.get(tenantId) ?? { next: 0, end: 0, size: 0, takenAt: 0 }
    const numbers: string[] = []
    while (numbers.length < need && block.next < block.end) numbers.push(formatNumber(block.next++))
    if (numbers.length === need) return numbers
    const now = clock.now()
    const size = now - block.takenAt < busyMicros ? Math.min(blockSizeMax, Math.max(1, block.size * 2)) : 0
    const missing = need - numbers.length
    const last = await advance(tenantId, missing + size)
    for (let value = last - missing - size + 1; value <= last - size; value++) numbers.push(formatNumber(value))
    if (blocks.size >= tenantsMax) blocks.clear()
    blocks.set(tenantId, { next: last - size + 1, end: last + 1, size, takenAt: now })
    return numbers
  }

  return {
    allocate (tenantId, count) {
      // the usual case while busy: a spare number, without waiting for anything
      const block = blocks.get(tenantId)
      if (!waiting.has(tenantId) && block !== undefined && block.end - block.next >= count) {
        return Promise.resolve(Array.from({ length: count }, () => formatNumber(block.next++)))
      }
      return new Promise((resolve, reject) => {
        const waiters = waiting.get(tenantId)
        if (waiters !== undefined) {
          waiters.push({ count, resolve, reject })
          return
        }
        waiting.set(tenantId, [{ count, resolve, reject }])
        void serve(tenantId)
      })
    }
  }
}

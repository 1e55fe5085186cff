import type { Read } from '@dueline/postgres'
import { FreshCache, type Clock } from '@dueline/runtime'
import { findPeople, type Person } from './person-store.ts'

/**
 * Who is who, for names of actors and for checking references: kept in memory for some seconds, as every request asks.
 */
export interface PersonDirectory {
  /**
   * Those of the given people that the tenant has; at most `freshMicros` behind the database for people seen before.
   */
  lookup(read: Read, tenantId: string, ids: readonly string[]): Promise<Map<string, Person>>
  /** To be called after a person was changed here, so that this process at least sees it at once. */
  forget(tenantId: string, id: string): void
}

/** Only people that exist are remembered: one who is created now is found at once. */
export function createPersonDirectory (
  { clock, freshMicros = 5_000_000 }: { clock: Clock, freshMicros?: number }
): PersonDirectory {
  const cache = new FreshCache<Person>(clock, freshMicros)
  return {
    async lookup (read, tenantId, ids) {
      const { found, missing } = cache.split(tenantId, ids)
      if (missing.length === 0) return found
      for (const [id, person] of await findPeople(read, tenantId, missing)) {
        cache.store(tenantId, id, person)
        found.set(id, person)
      }
      return found
    },
    forget: (tenantId, id) => cache.forget(tenantId, id)
  }
}

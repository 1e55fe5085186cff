import type { Micros } from '@dueline/business-time'
import type { Actor } from '@dueline/contracts'
import type { Principal, SharedWrites } from '@dueline/http'
import type { Read, TenantDatabases } from '@dueline/postgres'
import type { Clock, Ids, Poller } from '@dueline/runtime'
import type { AnswerTemplates } from '@dueline/service'
import type { CalendarCache } from '../store/calendar-store.ts'
import type { FactStore, FactBatch } from '../store/fact-store.ts'
import type { NumberAllocator } from '../store/number-allocator.ts'
import type { PersonDirectory } from '../upstreams/people.ts'
import type { Catalogue } from '../upstreams/catalogue.ts'
import type { Teams, Units } from '../upstreams/directory-things.ts'
import { sideOf } from '../access.ts'

/** What the operations are made of. */
export interface RouteDeps {
  database: TenantDatabases
  clock: Clock
  ids: Ids
  facts: FactStore
  /** Concurrent requests that each open one ticket. */
  creations: SharedWrites<FactBatch>
  numbers: NumberAllocator
  directory: PersonDirectory
  catalogue: Catalogue
  teams: Teams
  units: Units
  calendars: CalendarCache
  answerTemplates: AnswerTemplates
  reopenWindowMicros: Micros
  /** To be woken when there may be an import to work on. */
  importLoop: Pick<Poller, 'wake'>
}

/**
 * The caller as actor of a fact in a ticket of this customer. Inside a transaction `read` must be it: a second
 * connection could be waited for in vain.
 */
export async function actorOf (
  read: Read,
  principal: Principal,
  customerId: string,
  directory: PersonDirectory
): Promise<Actor> {
  const people = await directory.lookup(read, principal.tenantId, [principal.personId])
  return {
    kind: sideOf(principal, { customerId }),
    id: principal.personId,
    screenName: people.get(principal.personId)?.screenName ?? null
  }
}

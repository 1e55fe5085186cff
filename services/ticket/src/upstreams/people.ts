import { PersonSnapshot } from '@dueline/contracts'
import type { Asker, Upstream } from '@dueline/http'
import type { Read, TenantDatabases } from '@dueline/postgres'
import { FreshCache, type Clock } from '@dueline/runtime'
import { personCopies } from '@dueline/service'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { findPeople, savePeople, type Person } from '../store/person-store.ts'

/**
 * Who is who, for names of actors and for checking references, by the copies: kept in memory for some seconds, as every
 * request asks.
 */
export interface PersonDirectory {
  /**
   * Those of the given people that the tenant's copies have; at most `freshMicros` behind them for people seen before.
   */
  lookup(read: Read, tenantId: string, ids: readonly string[]): Promise<Map<string, Person>>
  /**
   * Asks the directory service, once, for those whose copies have not arrived: before a transaction, not in one. Not
   * for customers, who are shown less of others than copies hold.
   * @throws Problem 503 when it has to be asked and does not answer
   */
  fetch(asker: Asker, ids: readonly string[]): Promise<void>
  /**
   * Asks the directory service for these people, whatever the copies say: who is given work by hand may have left a
   * moment ago, before the event of that has come. Where it does not answer the copies decide. Before a transaction.
   * @throws Problem 503 when it has to be asked for somebody who is not among the copies, and does not answer
   */
  renew(asker: Asker, ids: readonly string[]): Promise<void>
  /** Keeps what the directory service has answered of a caller. */
  arrived(tenantId: string, person: unknown): Promise<void>
  /** To be called after a copy has changed, so that this process at least sees it at once. */
  forget(tenantId: string, id: string): void
}

const fields = [
  'id',
  'role',
  'name',
  'screenName',
  'email',
  'language',
  'languages',
  'timeZone',
  'calendarId',
  'managerId',
  'unitId',
  'active',
  'externalId',
  'version'
] as const satisfies ReadonlyArray<keyof PersonSnapshot & keyof Person>
type Answer = Pick<PersonSnapshot, typeof fields[number]>
const Answer = Compile(Type.Pick(PersonSnapshot, [...fields]))
/** How many questions of one request are under way at once. */
const questionsMax = 10

/** Only people that exist are remembered. `directory` undefined: the copies are all there is. */
export function createPersonDirectory (
  { database, directory, clock, freshMicros = 5_000_000 }: {
    database: TenantDatabases,
    directory: Upstream | undefined,
    clock: Clock,
    freshMicros?: number
  }
): PersonDirectory {
  const memory = new FreshCache<Person>(clock, freshMicros)
  const copies = personCopies({ database, directory, memory, fields, read: findPeople, save: savePeople })
  const store = async (tenantId: string, person: Answer): Promise<void> => {
    await savePeople(database.forTenant(tenantId).read, [{ ...person, tenantId }])
    memory.forget(tenantId, person.id)
  }
  const fetch = async (asker: Asker, ids: readonly string[]): Promise<void> => {
    await copies.find(asker, [...new Set(ids)].map((id) => ({ id })))
  }
  return {
    async lookup (read, tenantId, ids) {
      const { found, missing } = memory.split(tenantId, ids)
      if (missing.length === 0) return found
      for (const [id, person] of await findPeople(read, tenantId, missing)) {
        memory.store(tenantId, id, person)
        found.set(id, person)
      }
      return found
    },
    fetch,
    async renew (asker, ids) {
      const { tenantId, authorization } = asker
      const wanted = directory === undefined || authorization === undefined ? [] : [...new Set(ids)]
      for (let from = 0; from < wanted.length; from += questionsMax) {
        await Promise.all(
          wanted.slice(from, from + questionsMax).map(async (id) => {
            const isIts = (body: unknown): body is Answer => Answer.Check(body) && body.id === id
            // why it does not answer is in the log
            const found = await directory!.get(`/v1/people/${id}`, authorization!, isIts).catch(() => undefined)
            if (found !== undefined) await store(tenantId, found)
          })
        )
      }
      await fetch(asker, ids)
    },
    async arrived (tenantId, person) {
      if (Answer.Check(person)) await store(tenantId, person)
    },
    forget: (tenantId, id) => memory.forget(tenantId, id)
  }
}

import { baseErrors, problem, type Caller, type People } from '@dueline/http'
import type { Outbox } from '@dueline/messaging'
import type { Read, TenantDatabases } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import { personEvent } from '../domain/person-event.ts'
import { personOfToken, roleOfNew } from '../domain/person-of-token.ts'
import { findIdentity, insertIdentity } from './identity-store.ts'
import { findPeopleByExternalId, findPerson, insertMissingPeople, type Person } from './person-store.ts'

/** The people of the tenants, with a way to say that somebody or somebody's identities have changed. */
export interface PersonFinder extends People {
  changed(): void
}

/** Other replicas may be this much behind a change, in milliseconds. */
const trustMs = 5_000

/** Finds callers by id, by what was linked, or by external id, and creates those who may be created. */
export function createPersonFinder (
  { database, ids, clock, outbox }: { database: TenantDatabases, ids: Ids, clock: Clock, outbox: Outbox }
): PersonFinder {
  let changes = 0

  async function find (read: Read, { tenantId, id, name, issuer }: Caller): Promise<Person | null> {
    const byId = id === null ? null : await findPerson(read, tenantId, id)
    if (byId !== null) return byId
    const identity = await findIdentity(read, tenantId, { issuer: issuer.issuer, subject: name })
    if (identity !== null) return await findPerson(read, tenantId, identity.personId)
    if (issuer.person?.externalIds !== true) return null
    return (await findPeopleByExternalId(read, tenantId, [name])).get(name) ?? null
  }

  /** Of several first requests at once one creates the person; the others wait for it, and find what it has made. */
  async function create (caller: Caller): Promise<Person | null> {
    const role = roleOfNew(caller)
    if (role === null) return null
    const now = clock.now()
    const { tenantId, name, issuer } = caller
    const person = personOfToken(caller, role, caller.id ?? ids.next(), now)
    const identity = {
      id: ids.next(),
      issuer: issuer.issuer,
      subject: name,
      personId: person.id,
      createdBy: null,
      createdAt: now
    }
    return await database.forTenant(tenantId).tx(async (tx) => {
      if (!await insertIdentity(tx, tenantId, identity)) return await find(tx, caller)
      const [added] = await insertMissingPeople(tx, tenantId, [person])
      if (added !== undefined) await outbox.add(tx, [personEvent(added, { id: ids.next(), tenantId })])
      return added ?? await find(tx, caller)
    })
  }

  return {
    trustMs,
    changes: () => changes,
    changed () {
      changes++
    },
    async idOf (caller) {
      const person = await find(database.forTenant(caller.tenantId).read, caller) ?? await create(caller)
      if (person?.active === false) problem(baseErrors.person_inactive)
      return person?.id ?? null
    }
  }
}

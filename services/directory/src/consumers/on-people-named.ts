import type { Micros } from '@dueline/business-time'
import type { Handler, Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import { changeOf, gathered, type NamedPerson } from '../domain/named-people.ts'
import { newPerson } from '../domain/new-person.ts'
import { personEvent } from '../domain/person-event.ts'
import { changePeople, insertMissingPeople, lockPeople, type Person } from '../store/person-store.ts'

/**
 * Adds whom imports name and the tenant does not have. Who was ever given a ticket is an agent and who never was a
 * customer, by the first name that was given, whatever the order of imports; whom somebody has entered stays as he is.
 */
export function createOnPeopleNamed (
  { outbox, ids, clock }: { outbox: Outbox, ids: Ids, clock: Clock }
): Handler<'dueline.people.named.v1'> {
  return async (tx, events) => {
    const tenants = new Map<string, NamedPerson[]>()
    for (const { tenantid, data: { people } } of events) {
      tenants.set(tenantid, [...tenants.get(tenantid) ?? [], ...people])
    }
    for (const [tenantId, mentions] of tenants) {
      const people = await taken(tx, tenantId, gathered(mentions), clock.now())
      await outbox.add(
        tx,
        people.map((person) => personEvent(person, { id: ids.next(), tenantId, historical: true }))
      )
    }
  }
}

/** Adds and changes; answers everybody of whom something is new. */
async function taken (tx: Tx, tenantId: string, named: readonly NamedPerson[], now: Micros): Promise<Person[]> {
  const known = await lockPeople(tx, tenantId, named.map(({ id }) => id))
  const missing = named.filter(({ id }) => !known.has(id)).map((mention) => personFrom(mention, now))
  const added = await insertMissingPeople(tx, tenantId, missing)
  const there = new Set(added.map(({ id }) => id))
  // somebody else has the external id: tickets name this person by the id, which must be there all the same
  const others = missing.filter(({ id }) => !there.has(id)).map((person) => ({ ...person, externalId: null }))
  added.push(...await insertMissingPeople(tx, tenantId, others))
  const changes = named.flatMap((mention) => {
    const person = known.get(mention.id)
    const change = person?.imported === true ? changeOf(person, mention) : null
    return change === null ? [] : [{ id: mention.id, ...change }]
  })
  return [...added, ...await changePeople(tx, tenantId, changes, now)]
}

function personFrom ({ id, externalId, name, role }: NamedPerson, now: Micros): Person {
  const named = name ?? externalId
  return newPerson({ id, role, name: named, screenName: named, externalId, imported: true }, now)
}

import type { Micros } from '@dueline/business-time'
import { isCustomer, type NewEvent } from '@dueline/contracts'
import type { Handler, Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import { changeOf, gathered, type NamedPerson } from '../domain/named-people.ts'
import { newPerson } from '../domain/new-person.ts'
import { personEvent } from '../domain/person-event.ts'
import { eventFrame } from '../routes/aggregates.ts'
import { customers } from '../routes/customers.ts'
import { removeContacts } from '../store/customer-store.ts'
import { lockOrganization } from '../store/level-store.ts'
import { changePeople, insertMissingPeople, lockPeople, type Person } from '../store/person-store.ts'

/**
 * Adds whom imports name and the tenant does not have. Who was ever given a ticket is an agent and who never was a
 * customer, by the first name that was given, whatever the order of imports; whom somebody has entered stays as he is.
 * Who becomes an agent is no contact of a company any more, in the same transaction: contacts are customers.
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
      const { people, joining } = await taken(tx, tenantId, gathered(mentions), clock.now())
      if (joining.length > 0) await lockOrganization(tx, tenantId)
      const companies = await removeContacts(tx, tenantId, joining, clock.now())
      await outbox.add(tx, [
        ...companies.map((company) =>
          ({ ...eventFrame({ tenantId }, ids, company.id, company), ...customers.event(company, false) }) as NewEvent
        ),
        ...people.map((person) => personEvent(person, { id: ids.next(), tenantId, historical: true }))
      ])
    }
  }
}

/** Everybody of whom something is new, and the ids of those who were customers before. */
interface Taken {
  readonly people: readonly Person[]
  readonly joining: readonly string[]
}

/** Adds and changes. */
async function taken (tx: Tx, tenantId: string, named: readonly NamedPerson[], now: Micros): Promise<Taken> {
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
  const joining = changes.filter(({ id, role }) => isCustomer(known.get(id)!.role) && !isCustomer(role))
  const changed = await changePeople(tx, tenantId, changes, now)
  return { people: [...added, ...changed], joining: joining.map(({ id }) => id) }
}

function personFrom ({ id, externalId, name, role }: NamedPerson, now: Micros): Person {
  const named = name ?? externalId
  return newPerson({ id, role, name: named, screenName: named, externalId, imported: true }, now)
}

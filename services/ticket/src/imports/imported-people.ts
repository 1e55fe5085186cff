import type { Micros } from '@dueline/business-time'
import type { Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Ids } from '@dueline/runtime'
import { peopleOf } from '../domain/history.ts'
import type { ImportLine } from '../domain/import-line.ts'
import { personEvent } from '../domain/person-event.ts'
import { importedPersonId } from './person-id.ts'
import { findPeopleByExternalId, insertMissingPeople, type Person } from '../store/person-store.ts'

/** Somebody as a history names them. */
export interface KnownPerson { id: string, screenName: string }

/**
 * Everybody the lines name, by external id; who the tenant does not have yet is added and published. The first place
 * that names somebody decides the role. Read, insert, and a second read only when another import was faster.
 */
export async function provideForPeople (tx: Tx, tenantId: string, lines: readonly ImportLine[], { outbox, ids, now }: { outbox: Outbox, ids: Ids, now: Micros }): Promise<Map<string, KnownPerson>> {
  const named = new Map<string, ReturnType<typeof peopleOf>[number]>()
  for (const person of lines.flatMap(peopleOf)) {
    if (!named.has(person.externalId)) named.set(person.externalId, person)
  }
  const known = await findPeopleByExternalId(tx, tenantId, [...named.keys()])
  const missing = [...named.values()].filter(({ externalId }) => !known.has(externalId)).map(({ externalId, name = externalId, role }): Person => ({
    id: importedPersonId(tenantId, externalId),
    role,
    name,
    screenName: name,
    email: null,
    language: 'en',
    timeZone: null,
    managerId: null,
    active: true,
    externalId,
    createdAt: now,
    updatedAt: now,
    version: 1
  }))
  const added = await insertMissingPeople(tx, tenantId, missing)
  for (const person of added) known.set(person.externalId!, person)
  await outbox.add(tx, added.map((person) => personEvent(person, { id: ids.next(), tenantId, historical: true })))
  const late = missing.map(({ externalId }) => externalId!).filter((externalId) => !known.has(externalId))
  for (const [externalId, person] of await findPeopleByExternalId(tx, tenantId, late)) known.set(externalId, person)
  return known
}

import type { Micros } from '@dueline/business-time'
import type { Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Ids } from '@dueline/runtime'
import type { Fault } from '../domain/catalogue.ts'
import { peopleOf, type PersonMention } from '../domain/history.ts'
import type { ImportLine } from '../domain/import-line.ts'
import { personEvent } from '../domain/person-event.ts'
import { changePeople, findPeopleByExternalId, insertMissingPeople, type Person } from '../store/person-store.ts'
import { importedPersonId } from './person-id.ts'

/**
 * Whether an import added this person, who is then what the lines make of him; others are as an admin has entered them.
 */
function isImported (tenantId: string, { id, externalId }: Person): boolean {
  return externalId !== null && id === importedPersonId(tenantId, externalId)
}

/** Everybody the lines name whom the tenant has, by external id. */
export async function knownPeople (
  tx: Tx,
  tenantId: string,
  lines: readonly ImportLine[]
): Promise<Map<string, Person>> {
  return await findPeopleByExternalId(tx, tenantId, [
    ...new Set(lines.flatMap(peopleOf).map(({ externalId }) => externalId))
  ])
}

/** The id of somebody that a line names, whether the tenant has him yet or not. */
export function idOfPerson (tenantId: string, externalId: string, known: ReadonlyMap<string, Person>): string {
  return known.get(externalId)?.id ?? importedPersonId(tenantId, externalId)
}

/** Where a line gives its ticket to somebody whom an admin has entered as a customer. */
export function roleFaults (tenantId: string, { facts }: ImportLine, known: ReadonlyMap<string, Person>): Fault[] {
  return facts.flatMap((fact, i) => {
    const person = fact.kind === 'assigned' && fact.assignee ? known.get(fact.assignee.externalId) : undefined
    if (person?.role !== 'customer' || isImported(tenantId, person)) return []
    return [
      {
        pointer: `/facts/${i}/assignee/externalId`,
        message: 'is a customer of this tenant: only staff can be given tickets'
      }
    ]
  })
}

/**
 * Everybody the lines name, by external id; who the tenant does not have yet is added and published. Whatever the order
 * of lines and imports, who was ever given a ticket is an agent and who never was a customer, by the first name that
 * was given for him.
 */
export async function provideForPeople (
  tx: Tx,
  tenantId: string,
  lines: readonly ImportLine[],
  { outbox, ids, now }: { outbox: Outbox, ids: Ids, now: Micros }
): Promise<Map<string, Person>> {
  const named = gathered(lines)
  const known = await findPeopleByExternalId(tx, tenantId, [...named.keys()])
  const missing = [...named.values()]
    .filter(({ externalId }) => !known.has(externalId))
    .map((mention) => personFrom(tenantId, mention, now))
  const added = await insertMissingPeople(tx, tenantId, missing)
  for (const person of added) known.set(person.externalId!, person)
  // where another import was faster
  const late = missing.map(({ externalId }) => externalId!).filter((externalId) => !known.has(externalId))
  for (const [externalId, person] of await findPeopleByExternalId(tx, tenantId, late)) known.set(externalId, person)
  const changed = await changePeople(
    tx,
    tenantId,
    [...named.values()].flatMap((mention) => changeOf(tenantId, known.get(mention.externalId)!, mention)),
    now
  )
  for (const person of changed) known.set(person.externalId!, person)
  await outbox.add(
    tx,
    [...added, ...changed].map((person) => personEvent(person, { id: ids.next(), tenantId, historical: true }))
  )
  return known
}

/**
 * One mention for each person, in the order of their external ids: an agent if any is, with the first name that was
 * given.
 */
function gathered (lines: readonly ImportLine[]): Map<string, PersonMention> {
  const named = new Map<string, PersonMention>()
  for (const mention of lines.flatMap(peopleOf)) {
    const before = named.get(mention.externalId)
    const name = before?.name ?? mention.name
    const role = before?.role === 'agent' ? 'agent' : mention.role
    named.set(mention.externalId, { externalId: mention.externalId, role, ...(name === undefined ? {} : { name }) })
  }
  return new Map([...named].sort(([a], [b]) => a < b ? -1 : 1))
}

function personFrom (tenantId: string, { externalId, name = externalId, role }: PersonMention, now: Micros): Person {
  return {
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
  }
}

/** What a mention adds to a person that an earlier line or import has brought. */
function changeOf (
  tenantId: string,
  person: Person,
  { name, role }: PersonMention
): Array<Pick<Person, 'id' | 'role' | 'name' | 'screenName'>> {
  if (!isImported(tenantId, person)) return []
  const isNameless = person.name === person.externalId && person.screenName === person.externalId
  const names = isNameless && name !== undefined
    ? { name, screenName: name }
    : { name: person.name, screenName: person.screenName }
  const isAgent = person.role === 'customer' && role === 'agent'
  if (!isAgent && names.name === person.name) return []
  return [{ id: person.id, role: isAgent ? 'agent' : person.role, ...names }]
}

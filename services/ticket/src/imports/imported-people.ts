import type { Micros } from '@dueline/business-time'
import { namedPeopleMax, type NewEvent, type PeopleNamed } from '@dueline/contracts'
import type { Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Ids } from '@dueline/runtime'
import { idOfExternal } from '@dueline/service'
import type { Fault } from '../domain/catalogue.ts'
import { peopleOf } from '../domain/history.ts'
import type { ImportLine } from '../domain/import-line.ts'
import {
  areNamed,
  findPeopleByExternalId,
  lockNamed,
  saveNamed,
  type NamedPerson,
  type Person
} from '../store/person-store.ts'

/** Whom lines name: who the tenant has by external id, and who of them is there by imports alone. */
export interface KnownPeople {
  readonly byExternalId: ReadonlyMap<string, Person>
  readonly imported: ReadonlySet<string>
}

/** Everybody the lines name whom the tenant has. */
export async function knownPeople (tx: Tx, tenantId: string, lines: readonly ImportLine[]): Promise<KnownPeople> {
  const named = new Set(lines.flatMap(peopleOf).map(({ externalId }) => externalId))
  const byExternalId = await findPeopleByExternalId(tx, tenantId, [...named])
  return { byExternalId, imported: await areNamed(tx, tenantId, [...byExternalId.values()].map(({ id }) => id)) }
}

/** The id of somebody that a line names, whether the tenant has him yet or not. */
export function idOfPerson (tenantId: string, externalId: string, { byExternalId }: KnownPeople): string {
  return byExternalId.get(externalId)?.id ?? idOfExternal(tenantId, externalId)
}

/** Where a line gives its ticket to somebody whom an admin has entered as a customer. */
export function roleFaults ({ facts }: ImportLine, { byExternalId, imported }: KnownPeople): Fault[] {
  return facts.flatMap((fact, i) => {
    const person = fact.kind === 'assigned' && fact.assignee ? byExternalId.get(fact.assignee.externalId) : undefined
    if (person?.role !== 'customer' || imported.has(person.id)) return []
    return [
      {
        pointer: `/facts/${i}/assignee/externalId`,
        message: 'is a customer of this tenant: only staff can be given tickets'
      }
    ]
  })
}

/**
 * Everybody the lines name, by external id. Who the tenant does not have is named to the directory, which adds them
 * under the id that follows from the external one; until it has said so their copies are of version 0. Whatever the
 * order of lines and imports, who was ever given a ticket is an agent and who never was a customer, by the first name
 * that was given for him.
 */
export async function provideForPeople (
  tx: Tx,
  tenantId: string,
  lines: readonly ImportLine[],
  { outbox, ids, now }: { outbox: Outbox, ids: Ids, now: Micros }
): Promise<Map<string, Pick<Person, 'id' | 'screenName'>>> {
  const known = await knownPeople(tx, tenantId, lines)
  const mentions = gathered(tenantId, lines, known)
  const before = await lockNamed(tx, tenantId, mentions.map(({ id }) => id))
  const fresh = mentions.flatMap((mention) => added(mention, before.get(mention.id)))
  await saveNamed(tx, tenantId, fresh)
  await outbox.add(tx, namedEvents(tenantId, fresh, { ids, now }))
  const named = mentions.map(({ id, externalId, name }) =>
    [externalId, { id, screenName: name ?? externalId }] as const
  )
  return new Map([...named, ...known.byExternalId])
}

/**
 * One mention for each person whom no admin has entered, in the order of their ids: an agent if any is, with the first
 * name that was given.
 */
function gathered (tenantId: string, lines: readonly ImportLine[], known: KnownPeople): NamedPerson[] {
  const named = new Map<string, NamedPerson>()
  for (const { externalId, name, role } of lines.flatMap(peopleOf)) {
    const person = known.byExternalId.get(externalId)
    if (person !== undefined && !known.imported.has(person.id)) continue
    const id = idOfPerson(tenantId, externalId, known)
    const before = named.get(id)
    named.set(id, {
      id,
      externalId,
      name: before?.name ?? name ?? null,
      role: before?.role === 'agent' ? 'agent' : role
    })
  }
  return [...named.values()].sort((a, b) => a.id < b.id ? -1 : 1)
}

/** What is known of somebody with a mention that adds to it; nothing when it does not. */
function added (mention: NamedPerson, before: NamedPerson | undefined): NamedPerson[] {
  if (before === undefined) return [mention]
  const role = before.role === 'agent' ? 'agent' : mention.role
  const name = before.name ?? mention.name
  return role === before.role && name === before.name ? [] : [{ ...before, role, name }]
}

/** The events that name people to the directory, as many as fit into each. */
function namedEvents (
  tenantId: string,
  people: readonly NamedPerson[],
  { ids, now }: { ids: Ids, now: Micros }
): NewEvent[] {
  const events: NewEvent[] = []
  for (let from = 0; from < people.length; from += namedPeopleMax) {
    const data: PeopleNamed = { people: people.slice(from, from + namedPeopleMax) }
    const id = ids.next()
    events.push({
      id,
      type: 'dueline.people.named.v1',
      subject: `people/${id}`,
      time: now,
      tenantId,
      partitionKey: tenantId,
      sequence: 1,
      historical: true,
      data
    })
  }
  return events
}

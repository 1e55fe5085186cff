import { isUuid } from '@dueline/contracts'
import { newestWins, type Read, type Tx } from '@dueline/postgres'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { namedPerson, person } from './tables.ts'

type Row = typeof person.$inferSelect
/** A person as the directory has said last; version 0: as an import has named them. */
export type Person = Omit<Row, 'tenantId'>
/** Somebody whom imports have named and nobody has entered, or changed by hand since. */
export type NamedPerson = Omit<typeof namedPerson.$inferSelect, 'tenantId'>

/** Keeps copies of people, the newest version of each. */
export const savePeople = newestWins(person, ['version'])

/** One person, or null. A subject that is no UUID is nobody. */
export async function findPerson (read: Read, tenantId: string, id: string): Promise<Person | null> {
  return (await findPeople(read, tenantId, [id])).get(id) ?? null
}

/** Those of the given people that the tenant has. */
export async function findPeople (read: Read, tenantId: string, ids: readonly string[]): Promise<Map<string, Person>> {
  const known = ids.filter(isUuid)
  if (known.length === 0) return new Map()
  const rows = await read.select().from(person).where(and(eq(person.tenantId, tenantId), inArray(person.id, known)))
  return new Map(rows.map(({ tenantId: _, ...row }) => [row.id, row]))
}

/** Those whom the tenant knows by these external ids, by external id; of two the one of whom more is known. */
export async function findPeopleByExternalId (
  read: Read,
  tenantId: string,
  externalIds: readonly string[]
): Promise<Map<string, Person>> {
  if (externalIds.length === 0) return new Map()
  const rows = await read.select().from(person).where(and(
    eq(person.tenantId, tenantId),
    inArray(person.externalId, [...externalIds]),
    sql`${person.externalId} is not null`
  )).orderBy(asc(person.version))
  return new Map(rows.map(({ tenantId: _, ...row }) => [row.externalId!, row]))
}

/** Locks those of the given people whom imports have named. */
export async function lockNamed (tx: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, NamedPerson>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.select().from(namedPerson)
    .where(and(eq(namedPerson.tenantId, tenantId), inArray(namedPerson.id, [...ids])))
    .orderBy(asc(namedPerson.id)).for('update')
  return new Map(rows.map(({ tenantId: _, ...row }) => [row.id, row]))
}

/** Forgets that imports have named these people: somebody has entered or changed them by hand. */
export async function forgetNamed (tx: Tx, people: ReadonlyArray<{ tenantId: string, id: string }>): Promise<void> {
  if (people.length === 0) return
  await tx.$client.query({
    name: 'named-person-forget',
    text: `delete from named_person n using (
        select tenant_id, id from named_person join unnest($1::text[], $2::uuid[]) as k(tenant_id, id)
          using (tenant_id, id)
        order by tenant_id, id for update of named_person) f
      where n.tenant_id = f.tenant_id and n.id = f.id`,
    values: [people.map(({ tenantId }) => tenantId), people.map(({ id }) => id)]
  })
}

/** Those of the given people whom imports have named. */
export async function areNamed (read: Read, tenantId: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await read.select({ id: namedPerson.id }).from(namedPerson)
    .where(and(eq(namedPerson.tenantId, tenantId), inArray(namedPerson.id, [...ids])))
  return new Set(rows.map(({ id }) => id))
}

/**
 * Writes whom imports name: an agent stays one, a name stays. Their copies are made, or brought up to date, until the
 * directory says more of them.
 */
export async function saveNamed (tx: Tx, tenantId: string, rows: readonly NamedPerson[]): Promise<void> {
  if (rows.length === 0) return
  await tx.insert(namedPerson).values(rows.map((row) => ({ tenantId, ...row }))).onConflictDoUpdate({
    target: [namedPerson.tenantId, namedPerson.id],
    set: {
      name: sql`coalesce(${namedPerson.name}, excluded.name)`,
      role: sql`case when ${namedPerson.role} = 'agent' then 'agent' else excluded.role end`
    }
  })
  await tx.insert(person).values(rows.map((row) => ({ tenantId, ...copyOf(row) }))).onConflictDoUpdate({
    target: [person.tenantId, person.id],
    set: {
      role: sql`excluded.role`,
      name: sql`excluded.name`,
      screenName: sql`excluded.screen_name`
    },
    setWhere: eq(person.version, 0)
  })
}

function copyOf ({ id, externalId, name, role }: NamedPerson): Person {
  return {
    id,
    role,
    name: name ?? externalId,
    screenName: name ?? externalId,
    email: null,
    language: 'en',
    languages: ['en'],
    timeZone: null,
    calendarId: null,
    managerId: null,
    unitId: null,
    active: true,
    externalId,
    version: 0
  }
}

import type { Micros } from '@dueline/business-time'
import { isUuid, type Role } from '@dueline/contracts'
import { instantParam, namePart, writtenSince, type Read, type SeenTransactions, type Tx } from '@dueline/postgres'
import { and, asc, eq, gt, ilike, inArray, or, sql, type SQL } from 'drizzle-orm'
import { person } from './tables.ts'

type Row = typeof person.$inferSelect
/** A person as stored; instants in microseconds. */
export type Person = Omit<Row, 'tenantId'>

function personOf ({ tenantId: _, ...row }: Row): Person {
  return row
}

/** One person, or null. A subject that is no UUID is nobody. */
export async function findPerson (read: Read, tenantId: string, id: string): Promise<Person | null> {
  return (await findPeople(read, tenantId, [id])).get(id) ?? null
}

/** Those of the given people that the tenant has. */
export async function findPeople (read: Read, tenantId: string, ids: readonly string[]): Promise<Map<string, Person>> {
  const known = ids.filter(isUuid)
  if (known.length === 0) return new Map()
  const rows = await read.select().from(person).where(and(eq(person.tenantId, tenantId), inArray(person.id, known)))
  return new Map(rows.map((row) => [row.id, personOf(row)]))
}

/** Locks one person's row for a change. */
export async function lockPerson (tx: Tx, tenantId: string, id: string): Promise<Person | null> {
  const rows = await tx.select().from(person).where(and(eq(person.tenantId, tenantId), eq(person.id, id))).for('update')
  return rows[0] === undefined ? null : personOf(rows[0])
}

/**
 * Adds a person. Throws a unique violation of `person_pkey` or `person_external_id` when the tenant has one already.
 */
export async function insertPerson (tx: Tx, tenantId: string, row: Person): Promise<void> {
  await tx.insert(person).values({ tenantId, ...row })
}

/** Writes a person whose row the caller has locked. */
export async function updatePerson (tx: Tx, tenantId: string, { id, ...row }: Person): Promise<void> {
  await tx.update(person).set(row).where(and(eq(person.tenantId, tenantId), eq(person.id, id)))
}

/** Adds those people that the tenant has not; answers the ones added. */
export async function insertMissingPeople (tx: Tx, tenantId: string, rows: readonly Person[]): Promise<Person[]> {
  if (rows.length === 0) return []
  const added = await tx.insert(person).values(rows.map((row) => ({ tenantId, ...row }))).onConflictDoNothing()
    .returning()
  return added.map(personOf)
}

/** What a list of people can be narrowed by. `q`: a part of the name, the screen name or the address. */
export interface PersonFilter {
  role?: Role
  managerId?: string
  level?: string
  unitId?: string
  externalId?: string
  q?: string
}

function conditions (tenantId: string, { q, ...filter }: PersonFilter): SQL | undefined {
  const same = Object.entries(filter).map(([field, value]) => eq(person[field as keyof typeof filter], value))
  const part = q === undefined ? undefined : namePart(q)
  return and(
    eq(person.tenantId, tenantId),
    ...same,
    part === undefined
      ? undefined
      : or(ilike(person.name, part), ilike(person.screenName, part), ilike(person.email, part))
  )
}

/** At most `limit` people after the given name and id, by name. */
export async function listPeople (
  read: Read,
  tenantId: string,
  filter: PersonFilter,
  { after, limit }: { after: { name: string, id: string } | null, limit: number }
): Promise<Person[]> {
  const behind = after === null ? undefined : sql`(${person.name}, ${person.id}) > (${after.name}, ${after.id}::uuid)`
  const rows = await read
    .select()
    .from(person)
    .where(and(conditions(tenantId, filter), behind))
    .orderBy(asc(person.name), asc(person.id))
    .limit(limit)
  return rows.map(personOf)
}

/** At most `limit` people of the list that were written since, by id. */
export async function listWrittenPeople (
  read: Read,
  tenantId: string,
  filter: PersonFilter,
  { seen, after, limit }: { seen: SeenTransactions, after: string | null, limit: number }
): Promise<Person[]> {
  const written = and(writtenSince(sql`${person}.written_in`, seen), after === null ? undefined : gt(person.id, after))
  const rows = await read
    .select()
    .from(person)
    .where(and(conditions(tenantId, filter), written))
    .orderBy(asc(person.id))
    .limit(limit)
  return rows.map(personOf)
}

/** When a change of a person counts as made: later than the one before. */
export function changeTime ({ updatedAt }: Person, now: Micros): Micros {
  return Math.max(now, updatedAt + 1)
}

/** Those whom the tenant knows by these external ids, by external id. */
export async function findPeopleByExternalId (
  read: Read,
  tenantId: string,
  externalIds: readonly string[]
): Promise<Map<string, Person>> {
  if (externalIds.length === 0) return new Map()
  const rows = await read
    .select()
    .from(person)
    .where(
      and(
        eq(person.tenantId, tenantId),
        inArray(person.externalId, [...externalIds]),
        sql`${person.externalId} is not null`
      )
    )
  return new Map(rows.map((row) => [row.externalId!, personOf(row)]))
}

/** Locks those of the given people that the tenant has, in the order of their ids; answers them. */
export async function lockPeople (tx: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, Person>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.select().from(person).where(and(eq(person.tenantId, tenantId), inArray(person.id, [...ids])))
    .orderBy(asc(person.id)).for('update')
  return new Map(rows.map((row) => [row.id, personOf(row)]))
}

/**
 * Sets role, name and screen name of people whose rows the caller has locked, as a change of each at `now` or, if
 * later, right after the one before; answers them.
 */
export async function changePeople (
  tx: Tx,
  tenantId: string,
  changes: ReadonlyArray<Pick<Person, 'id' | 'role' | 'name' | 'screenName'>>,
  now: Micros
): Promise<Person[]> {
  if (changes.length === 0) return []
  await tx.$client.query({
    name: 'person-change',
    text: `update person p set role = c.role, name = c.name, screen_name = c.screen_name, version = p.version + 1,
        updated_at = greatest($6::timestamptz, p.updated_at + interval '1 microsecond')
      from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as c(id, role, name, screen_name)
      where p.tenant_id = $1 and p.id = c.id`,
    values: [
      tenantId,
      changes.map(({ id }) => id),
      changes.map((c) => c.role),
      changes.map((c) => c.name),
      changes.map((c) => c.screenName),
      instantParam(now)
    ]
  })
  return [...(await findPeople(tx, tenantId, changes.map(({ id }) => id))).values()]
}

import { isUuid } from '@dueline/contracts'
import type { Read, TenantTx } from '@dueline/postgres'
import { and, eq, getTableColumns, inArray, sql } from 'drizzle-orm'
import type { Person } from './person-store.ts'
import { person, unit } from './tables.ts'

const perStatement = 500

/** Everybody above these people, each with its manager; these too. */
export async function managersAbove (
  read: Read,
  tenantId: string,
  ids: readonly string[]
): Promise<Map<string, string | null>> {
  const { rows } = await read.$client.query<{ id: string, manager_id: string | null }>({
    name: 'people-import-managers',
    text: `
      with recursive up (id, manager_id) as (
        select id, manager_id from person where tenant_id = $1 and id = any($2::uuid[])
        union
        select p.id, p.manager_id from up join person p on p.tenant_id = $1 and p.id = up.manager_id)
      select id, manager_id from up`,
    values: [tenantId, ids]
  })
  return new Map(rows.map((row) => [row.id, row.manager_id]))
}

/** Those of these units that are active. */
export async function activeUnits (read: Read, tenantId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = ids.length === 0
    ? []
    : await read.select({ id: unit.id }).from(unit)
      .where(and(eq(unit.tenantId, tenantId), eq(unit.active, true), inArray(unit.id, ids.filter(isUuid))))
  return new Set(rows.map(({ id }) => id))
}

/** The company of each of these people who is a contact of one, in a tenant whose organization is locked. */
export async function companiesOf (
  read: Read,
  tenantId: string,
  personIds: readonly string[]
): Promise<Map<string, string>> {
  const { rows } = await read.$client.query<{ contact: string, id: string }>({
    name: 'people-import-companies',
    text: `select e.contact, c.id from customer c cross join unnest(c.contact_ids) as e(contact)
      where c.tenant_id = $1 and c.contact_ids && $2::uuid[] and e.contact = any($2::uuid[])`,
    values: [tenantId, personIds]
  })
  return new Map(rows.map(({ contact, id }) => [contact, id]))
}

/** Those of these calendars by which somebody works already. */
export async function calendarsInUse (read: Read, tenantId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = ids.length === 0
    ? []
    : await read.selectDistinct({ id: person.calendarId }).from(person)
      .where(and(eq(person.tenantId, tenantId), inArray(person.calendarId, [...ids])))
  return new Set(rows.map(({ id }) => id!))
}

const { tenantId: _, id: _id, ...changing } = getTableColumns(person)
const asGiven = Object.fromEntries(
  Object.entries(changing).map(([field, column]) => [field, sql.raw(`excluded.${column.name}`)])
)

/**
 * Adds people (`added`), and writes those whose rows are locked. @throws a violation of `person_pkey` or
 * `person_external_id` when somebody was added meanwhile
 */
export async function savePeople (
  tx: TenantTx,
  { added, changed }: { added: readonly Person[], changed: readonly Person[] }
): Promise<void> {
  for (const rows of inParts(tx, added)) await tx.insert(person).values(rows)
  for (const rows of inParts(tx, changed)) {
    await tx.insert(person).values(rows).onConflictDoUpdate({ target: [person.tenantId, person.id], set: asGiven })
  }
}

function inParts ({ tenantId }: TenantTx, people: readonly Person[]): Array<Array<Person & { tenantId: string }>> {
  const parts = Array.from({ length: Math.ceil(people.length / perStatement) }, (_, part) => part * perStatement)
  return parts.map((at) => people.slice(at, at + perStatement).map((row) => ({ tenantId, ...row })))
}

/** A person, and by what a file names its manager. */
export interface ExportedPerson {
  readonly person: Person
  readonly managerRef: string | null
}

/** People in the order of their ids, after one of them, each with the external id of its manager. */
export async function peopleAfter (
  read: Read,
  tenantId: string,
  after: string,
  limit: number
): Promise<ExportedPerson[]> {
  const rows = await read.select({
    person,
    managerRef: sql<string | null>`(select coalesce(m.external_id, m.id::text) from person m
      where m.tenant_id = ${person}.tenant_id and m.id = ${person}.manager_id)`
  }).from(person).where(and(eq(person.tenantId, tenantId), sql`${person.id} > ${after}::uuid`))
    .orderBy(person.id).limit(limit)
  return rows.map(({ person: { tenantId: _tenant, ...row }, managerRef }) => ({ person: row, managerRef }))
}

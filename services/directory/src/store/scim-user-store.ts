import { isUuid } from '@dueline/contracts'
import type { Read, TenantTx } from '@dueline/postgres'
import { and, asc, count, eq, gt, sql, type SQL } from 'drizzle-orm'
import type { Person } from './person-store.ts'
import { person, scimUser, unit } from './tables.ts'

/** What an index finds users by. */
interface Equal {
  readonly id?: string | boolean
  readonly externalId?: string | boolean
  readonly userName?: string | boolean
  readonly displayName?: string | boolean
  readonly active?: string | boolean
}

/** What a directory has written of a person. */
export type Written = Omit<typeof scimUser.$inferSelect, 'tenantId'>

/** A person with what a directory has written of it; null: nothing. */
export interface User {
  readonly person: Person
  readonly written: Written | null
  readonly unitName: string | null
}

const joined = and(eq(scimUser.tenantId, person.tenantId), eq(scimUser.personId, person.id))

/** People that a directory has written, and of the others the staff. */
const isUser = sql`case when ${scimUser.personId} is null then ${person.role} <> 'customer'
  else not ${scimUser.deleted} end`

/** Both tables are asked by their own index; what was written wins over what the person has. */
function byName (tenantId: string, userName: string): SQL {
  const id = isUuid(userName) ? userName : null
  return sql`${person.id} = any(array(
      select person_id from scim_user where tenant_id = ${tenantId} and lower(user_name) = lower(${userName})
        and not deleted
      union all select id from person where tenant_id = ${tenantId} and lower(email) = lower(${userName})
      union all select id from person where tenant_id = ${tenantId} and id = ${id}::uuid))
    and lower(coalesce(${scimUser.userName}, ${person.email}, ${person.id}::text)) = lower(${userName})`
}

function byExternalId (tenantId: string, externalId: string): SQL {
  return sql`${person.id} = any(array(
      select person_id from scim_user where tenant_id = ${tenantId} and external_id = ${externalId}
        and not deleted
      union all select id from person where tenant_id = ${tenantId} and external_id = ${externalId}))
    and case when ${scimUser.personId} is null then ${person.externalId} else ${scimUser.externalId} end
      = ${externalId}`
}

function conditions (tenantId: string, { id, externalId, userName, displayName, active }: Equal): SQL | undefined {
  return and(
    eq(person.tenantId, tenantId),
    isUser,
    id === undefined ? undefined : isUuid(String(id)) ? eq(person.id, String(id)) : sql`false`,
    externalId === undefined ? undefined : byExternalId(tenantId, String(externalId)),
    userName === undefined ? undefined : byName(tenantId, String(userName)),
    displayName === undefined ? undefined : sql`lower(${person.screenName}) = lower(${String(displayName)})`,
    active === undefined ? undefined : eq(person.active, active === true)
  )
}

/** Users in the order of their ids; `lock` keeps their people as they are until the transaction ends. */
export async function selectUsers (
  read: Read,
  tenantId: string,
  { equal, after, offset = 0, limit, lock = false }: {
    equal: Equal,
    after?: string | undefined,
    offset?: number,
    limit: number,
    lock?: boolean
  }
): Promise<User[]> {
  const behind = after === undefined ? undefined : gt(person.id, after)
  const query = read.select({ person, written: scimUser, unitName: unit.name }).from(person).leftJoin(scimUser, joined)
    .leftJoin(unit, and(eq(unit.tenantId, person.tenantId), eq(unit.id, person.unitId)))
    .where(and(conditions(tenantId, equal), behind)).orderBy(asc(person.id)).limit(limit).offset(offset)
  const rows = await (lock ? query.for('update', { of: person }) : query)
  return rows.map(({ person: { tenantId: _, ...row }, ...rest }) => ({ person: row, ...rest }))
}

export async function countUsers (read: Read, tenantId: string, equal: Equal): Promise<number> {
  const [row] = await read.select({ total: count() }).from(person).leftJoin(scimUser, joined)
    .where(conditions(tenantId, equal))
  return row?.total ?? 0
}

/** The person whom a directory has deleted under one of these names, if it comes back. */
export async function findDeletedUser (
  tx: TenantTx,
  { userName, externalId }: { userName: string, externalId: string | null }
): Promise<string | undefined> {
  const [row] = await tx.select({ id: scimUser.personId }).from(scimUser).where(and(
    eq(scimUser.tenantId, tx.tenantId),
    eq(scimUser.deleted, true),
    externalId === null
      ? sql`lower(${scimUser.userName}) = lower(${userName})`
      : sql`(${scimUser.externalId} = ${externalId} or lower(${scimUser.userName}) = lower(${userName}))`
  )).orderBy(sql`${scimUser.externalId} = ${externalId} desc nulls last`, asc(scimUser.personId)).limit(1)
  return row?.id
}

/** Whether a user other than this person was written by this name. */
export async function isNameTaken (tx: TenantTx, userName: string, personId: string): Promise<boolean> {
  const rows = await tx.select({ id: scimUser.personId }).from(scimUser).where(and(
    eq(scimUser.tenantId, tx.tenantId),
    sql`lower(${scimUser.userName}) = lower(${userName}) and not ${scimUser.deleted}`,
    sql`${scimUser.personId} <> ${personId}`
  )).limit(1)
  return rows.length > 0
}

/** Who has this external id, and is no user: a customer, or somebody whom the directory has deleted. */
export async function findHidden (
  tx: TenantTx,
  externalId: string
): Promise<{ id: string, isDeleted: boolean } | undefined> {
  const [row] = await tx.select({ id: person.id, isDeleted: scimUser.deleted }).from(person)
    .leftJoin(scimUser, joined)
    .where(and(eq(person.tenantId, tx.tenantId), eq(person.externalId, externalId), sql`not (${isUser})`)).limit(1)
  return row === undefined ? undefined : { id: row.id, isDeleted: row.isDeleted === true }
}

/** @throws a violation of scim_user_name or scim_user_external_id */
export async function saveWritten (tx: TenantTx, written: Written): Promise<void> {
  const { personId, ...columns } = written
  await tx.insert(scimUser).values({ tenantId: tx.tenantId, personId, ...columns })
    .onConflictDoUpdate({ target: [scimUser.tenantId, scimUser.personId], set: columns })
}

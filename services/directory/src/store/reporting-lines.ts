import type { Role } from '@dueline/contracts'
import type { Read, TenantTx } from '@dueline/postgres'
import { and, count, eq, inArray, sql } from 'drizzle-orm'
import { person } from './tables.ts'

/** Somebody above a person. */
export interface Superior {
  personId: string
  managerId: string | null
  level: string | null
  role: Role
  screenName: string
  active: boolean
}

/** Most people of a reporting line that are read. */
export const lineMax = 100

/** The reporting line from `managerId` upwards, the manager first, in one statement; empty: there is no such person. */
export async function lineFrom (
  read: Read,
  tenantId: string,
  managerId: string | null,
  { max = lineMax }: { max?: number } = {}
): Promise<Superior[]> {
  if (managerId === null) return []
  const { rows } = await read.execute<{
    id: string,
    manager_id: string | null,
    level: string | null,
    role: Role,
    screen_name: string,
    active: boolean
  }>(sql`
    with recursive line (id, depth) as (
      select ${managerId}::uuid, 1
      union all
      select p.manager_id, l.depth + 1 from line l join person p on p.id = l.id
      where p.tenant_id = ${tenantId} and p.manager_id is not null and l.depth < ${max}
    ) cycle id set is_cycle using path
    select l.id, p.manager_id, p.level, p.role, p.screen_name, p.active
    from line l join person p on p.tenant_id = ${tenantId} and p.id = l.id
    where not l.is_cycle order by l.depth`)
  return rows.map(({ id, manager_id: above, level, role, screen_name: screenName, active }) => ({
    personId: id,
    managerId: above,
    level,
    role,
    screenName,
    active
  }))
}

/** How many people of each role are at each of these levels. */
export async function rolesAtLevels (
  tx: TenantTx,
  keys: readonly string[]
): Promise<Array<{ level: string, role: Role, people: number }>> {
  if (keys.length === 0) return []
  const rows = await tx.select({ level: person.level, role: person.role, people: count() }).from(person)
    .where(and(eq(person.tenantId, tx.tenantId), inArray(person.level, [...keys])))
    .groupBy(person.level, person.role)
  return rows.map(({ level, ...row }) => ({ level: level!, ...row }))
}

/** Those of these levels at which somebody is. */
export async function levelsInUse (tx: TenantTx, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return []
  const rows = await tx.selectDistinct({ level: person.level }).from(person)
    .where(and(eq(person.tenantId, tx.tenantId), inArray(person.level, [...keys])))
  return rows.map(({ level }) => level!)
}

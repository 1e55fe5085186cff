import type { Micros } from '@dueline/business-time'
import type { Role } from '@dueline/contracts'
import type { Read, TenantTx } from '@dueline/postgres'
import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm'
import { position } from './tables.ts'

/** Where somebody stands. */
export interface Position {
  readonly personId: string
  readonly managerId: string | null
  /** The key of a level. */
  readonly level: string | null
  readonly unitId: string | null
  readonly version: number
  readonly updatedAt: Micros | null
}

/** The position of a person; version 0 when none was ever set. */
export async function findPosition (read: Read, tenantId: string, personId: string): Promise<Position> {
  const [row] = await read.select().from(position)
    .where(and(eq(position.tenantId, tenantId), eq(position.personId, personId)))
  if (row === undefined) return { personId, managerId: null, level: null, unitId: null, version: 0, updatedAt: null }
  const { tenantId: _, ...found } = row
  return found
}

/** Writes a position in a tenant whose organization is locked. */
export async function savePosition (tx: TenantTx, row: Position & { updatedAt: Micros }): Promise<void> {
  await tx.insert(position).values({ tenantId: tx.tenantId, ...row })
    .onConflictDoUpdate({ target: [position.tenantId, position.personId], set: row })
}

/** Somebody above a person. */
export interface Superior {
  personId: string
  managerId: string | null
  level: string | null
  role: Role | null
  screenName: string | null
  active: boolean
}

/** Most people of a reporting line that are read. */
export const lineMax = 100

/**
 * The reporting line from `managerId` upwards, the manager first, in one statement. Of people whose copy has not
 * arrived role and screen name are null, and they count as active.
 */
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
    role: Role | null,
    screen_name: string | null,
    active: boolean | null
  }>(sql`
    with recursive line (id, depth) as (
      select ${managerId}::uuid, 1
      union all
      select p.manager_id, l.depth + 1 from line l join position p on p.person_id = l.id
      where p.tenant_id = ${tenantId} and p.manager_id is not null and l.depth < ${max}
    ) cycle id set is_cycle using path
    select l.id, s.manager_id, s.level, c.role, c.screen_name, c.active
    from line l
    left join position s on s.tenant_id = ${tenantId} and s.person_id = l.id
    left join person c on c.tenant_id = ${tenantId} and c.id = l.id
    where not l.is_cycle order by l.depth`)
  return rows.map(({ id, manager_id: above, level, role, screen_name: screenName, active }) => ({
    personId: id,
    managerId: above,
    level,
    role,
    screenName,
    active: active ?? true
  }))
}

/** What positions can be narrowed by. */
export interface PositionFilter {
  managerId?: string | undefined
  level?: string | undefined
  unitId?: string | undefined
}

/** Up to `limit` positions after the person given, by person. */
export async function listPositions (
  read: Read,
  tenantId: string,
  { managerId, level, unitId }: PositionFilter,
  { limit, after }: { limit: number, after: string | undefined }
): Promise<Position[]> {
  const rows = await read.select().from(position).where(and(
    eq(position.tenantId, tenantId),
    managerId === undefined ? undefined : eq(position.managerId, managerId),
    level === undefined ? undefined : eq(position.level, level),
    unitId === undefined ? undefined : eq(position.unitId, unitId),
    after === undefined ? undefined : gt(position.personId, after)
  )).orderBy(asc(position.personId)).limit(limit)
  return rows.map(({ tenantId: _, ...row }) => row)
}

/** Those of these levels at which somebody is. */
export async function levelsInUse (tx: TenantTx, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return []
  const rows = await tx.selectDistinct({ level: position.level }).from(position)
    .where(and(eq(position.tenantId, tx.tenantId), inArray(position.level, [...keys])))
  return rows.map(({ level }) => level!)
}

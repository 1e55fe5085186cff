import type { Read, TenantTx } from '@dueline/postgres'
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { person, unit } from './tables.ts'

/**
 * Every unit from `unitId` to the top with what it is a part of; empty when there is no such unit. In a tenant whose
 * organization is locked nobody else changes them.
 */
export async function unitsUpFrom (read: Read, tenantId: string, unitId: string): Promise<Map<string, string | null>> {
  const { rows } = await read.execute<{ id: string, parent_id: string | null }>(sql`
    with recursive up (id, parent_id) as (
      select u.id, u.parent_id from unit u where u.tenant_id = ${tenantId} and u.id = ${unitId}::uuid
      union
      select u.id, u.parent_id from unit u join up on u.id = up.parent_id where u.tenant_id = ${tenantId}
    ) select id, parent_id from up`)
  return new Map(rows.map((row) => [row.id, row.parent_id]))
}

/** Whether a unit of a list is `unitId` or below it, at any depth. */
export function isWithin (tenantId: string, unitId: string): SQL {
  return sql`${unit.id} in (
    with recursive down (id) as (
      select u.id from unit u where u.tenant_id = ${tenantId} and u.id = ${unitId}::uuid
      union
      select u.id from unit u join down on u.parent_id = down.id where u.tenant_id = ${tenantId}
    ) select id from down)`
}

/**
 * Whether units are parts of it or people belong to it, in a tenant whose organization is locked; null: neither.
 */
export async function unitHolds (
  tx: TenantTx,
  unitId: string
): Promise<'parts' | 'people' | 'parts and people' | null> {
  const parts = await tx.select({ id: unit.id }).from(unit)
    .where(and(eq(unit.tenantId, tx.tenantId), eq(unit.parentId, unitId))).limit(1)
  const people = await tx.select({ id: person.id }).from(person)
    .where(and(eq(person.tenantId, tx.tenantId), eq(person.unitId, unitId))).limit(1)
  if (parts.length > 0) return people.length > 0 ? 'parts and people' : 'parts'
  return people.length > 0 ? 'people' : null
}

import type { Micros } from '@dueline/business-time'
import { builtInCapacityRules, type CapacityRules } from '@dueline/contracts'
import type { Read, TenantTx } from '@dueline/postgres'
import { eq, sql } from 'drizzle-orm'
import { capacityRules } from './tables.ts'

/** The rules of a tenant; `version` 0: the built-in ones, never set. */
export interface StoredCapacityRules extends CapacityRules {
  readonly version: number
  readonly updatedAt: Micros | null
}

/** Lets one change at a time set the rules of a tenant, until the transaction ends. */
export async function lockCapacityRules (tx: TenantTx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('dueline.capacity.' || ${tx.tenantId}::text, 0))`)
}

export async function readCapacityRules (read: Read, tenantId: string): Promise<StoredCapacityRules> {
  const [row] = await read.select().from(capacityRules).where(eq(capacityRules.tenantId, tenantId))
  if (row === undefined) return { ...builtInCapacityRules, version: 0, updatedAt: null }
  const { tenantId: _, ...found } = row
  return found
}

/** Writes the rules of a tenant, which are locked. */
export async function saveCapacityRules (
  tx: TenantTx,
  rules: StoredCapacityRules & { updatedAt: Micros }
): Promise<void> {
  await tx.insert(capacityRules).values({ ...rules, tenantId: tx.tenantId })
    .onConflictDoUpdate({ target: capacityRules.tenantId, set: rules })
}

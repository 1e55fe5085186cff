import type { Micros } from '@dueline/business-time'
import type { Read, TenantTx } from '@dueline/postgres'
import { eq, sql } from 'drizzle-orm'
import type { ReturnRules } from '../domain/absence.ts'
import { assignmentSettings } from './assignment-tables.ts'

/** What a tenant says of assignment beside its rules; `version` 0: nothing yet. */
export interface AssignmentSettings extends ReturnRules {
  readonly version: number
  readonly updatedAt: Micros | null
}

/** Lets one change at a time set the settings of a tenant, until the transaction ends. */
export async function lockSettings (tx: TenantTx): Promise<void> {
  const key = sql`'dueline.assignment-settings.' || ${tx.tenantId}::text`
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
}

export async function readSettings (read: Read, tenantId: string): Promise<AssignmentSettings> {
  const [row] = await read.select().from(assignmentSettings).where(eq(assignmentSettings.tenantId, tenantId))
  if (row === undefined) return { whenAbsent: 'keep', whenShiftEnds: null, version: 0, updatedAt: null }
  const { tenantId: _, ...found } = row
  return found
}

/** Writes the settings of a tenant, which are locked. */
export async function saveSettings (tx: TenantTx, settings: AssignmentSettings & { updatedAt: Micros }): Promise<void> {
  await tx.insert(assignmentSettings).values({ ...settings, tenantId: tx.tenantId })
    .onConflictDoUpdate({ target: assignmentSettings.tenantId, set: settings })
}

import type { Micros } from '@dueline/business-time'
import { defaultLevels } from '@dueline/contracts'
import type { Read, TenantTx, Tx } from '@dueline/postgres'
import { eq, sql } from 'drizzle-orm'
import type { Level } from '../domain/levels.ts'
import { levelSet } from './tables.ts'

/** The levels of a tenant, from the lowest; `version` 0: the built-in ones, never set. */
export interface LevelSet {
  readonly levels: readonly Level[]
  readonly version: number
  readonly updatedAt: Micros | null
}

/**
 * Lets one change at a time decide who stands where in a tenant: levels, reporting lines, units. Two of them could
 * close a circle together, or put somebody at what the other takes away. Held until the transaction ends.
 */
export async function lockOrganization (tx: Tx, tenantId: string): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended('dueline.organization.' || ${tenantId}::text, 0))`
  )
}

export async function readLevels (read: Read, tenantId: string): Promise<LevelSet> {
  const [row] = await read.select().from(levelSet).where(eq(levelSet.tenantId, tenantId))
  return row ?? { levels: defaultLevels, version: 0, updatedAt: null }
}

/** Writes the levels of a tenant whose organization is locked. */
export async function saveLevels (tx: TenantTx, { levels, version, updatedAt }: LevelSet & { updatedAt: Micros }) {
  const row = { levels, version, updatedAt }
  await tx.insert(levelSet).values({ tenantId: tx.tenantId, ...row })
    .onConflictDoUpdate({ target: levelSet.tenantId, set: row })
}

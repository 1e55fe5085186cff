import type { Micros } from '@dueline/business-time'
import type { PolicyEffect } from '@dueline/contracts'
import { readInstant, type Read, type TenantTx } from '@dueline/postgres'
import { desc, eq } from 'drizzle-orm'
import type { PolicyContent, PolicyRow, TenantDefaults } from '../domain/policy.ts'
import { policySettings, policyVersion, reresolution } from './tables.ts'

/** What a tenant has set for its SLA table. Version 0: never set. */
export interface SettingsRecord {
  readonly forbidOverlap: boolean
  readonly oneRowPerSeverityAndPriority: boolean
  readonly defaults: TenantDefaults
  readonly version: number
  readonly updatedAt: Micros | null
}

/** A published version without its rows, and how far the tickets it applies to have been brought under it. */
export interface VersionRecord {
  readonly version: number
  readonly effect: PolicyEffect
  readonly note: string | null
  readonly rowCount: number
  readonly defaults: TenantDefaults
  readonly publishedAt: Micros
  readonly publishedBy: string
  /** null when open tickets were to be left alone. */
  readonly reresolution: { readonly checked: number, readonly moved: number, readonly finishedAt: Micros | null } | null
}

const nothingSet: SettingsRecord = {
  forbidOverlap: false,
  oneRowPerSeverityAndPriority: false,
  defaults: {},
  version: 0,
  updatedAt: null
}

export async function readSettings (read: Read, tenantId: string): Promise<SettingsRecord> {
  const [found] = await read.select().from(policySettings).where(eq(policySettings.tenantId, tenantId))
  if (found === undefined) return nothingSet
  const { tenantId: _tenant, ...settings } = found
  return settings
}

/** Stores settings; the caller holds `lockSlaTable` and has compared the version. */
export async function saveSettings (
  tx: TenantTx,
  values: SettingsRecord & { updatedAt: Micros }
): Promise<void> {
  await tx.insert(policySettings).values({ tenantId: tx.tenantId, ...values }).onConflictDoUpdate({
    target: policySettings.tenantId,
    set: values
  })
}

/** The newest published version's number; 0 = none. */
export async function newestVersion (read: Read, tenantId: string): Promise<number> {
  const [found] = await read.select({ version: policyVersion.version }).from(policyVersion)
    .where(eq(policyVersion.tenantId, tenantId)).orderBy(desc(policyVersion.version)).limit(1)
  return found?.version ?? 0
}

/**
 * Stores a version and, unless only new tickets are meant, the job of bringing open tickets under it. The caller holds
 * `lockPublishing`.
 */
export async function insertVersion (
  tx: TenantTx,
  { version, effect, note, rows, defaults, publishedAt, publishedBy }: {
    version: number,
    effect: PolicyEffect,
    note: string | null,
    rows: readonly PolicyRow[],
    defaults: TenantDefaults,
    publishedAt: Micros,
    publishedBy: string
  }
): Promise<void> {
  const { tenantId } = tx
  await tx.insert(policyVersion).values({
    tenantId,
    version,
    effect,
    note,
    rows,
    defaults,
    rowCount: rows.length,
    publishedAt,
    publishedBy
  })
  if (effect !== 'new_tickets') {
    await tx.insert(reresolution).values({
      tenantId,
      policyVersion: version,
      effect,
      publishedAt,
      checked: 0,
      moved: 0
    })
  }
}

/** A version with its rows; undefined when the tenant has not published it. */
export async function findVersion (
  read: Read,
  tenantId: string,
  version: number
): Promise<VersionRecord & PolicyContent | undefined> {
  const { rows: [row] } = await read.$client.query<VersionRow & { rows: PolicyRow[] }>(
    `select ${versionColumns}, v.rows ${versionsFrom} and v.version = $2`,
    [tenantId, version]
  )
  return row === undefined ? undefined : { ...recordOf(row), rows: row.rows }
}

/** Versions, newest first, before the given one. */
export async function listVersions (
  read: Read,
  tenantId: string,
  { before, limit }: { before: number | undefined, limit: number }
): Promise<VersionRecord[]> {
  const { rows } = await read.$client.query<VersionRow>(
    `select ${versionColumns} ${versionsFrom} and ($2::integer is null or v.version < $2)
      order by v.version desc limit $3`,
    [tenantId, before ?? null, limit]
  )
  return rows.map(recordOf)
}

interface VersionRow {
  version: number
  effect: PolicyEffect
  note: string | null
  row_count: number
  defaults: TenantDefaults
  published_at: string
  published_by: string
  checked: number | null
  moved: number | null
  finished_at: string | null
}

const versionColumns =
  'v.version, v.effect, v.note, v.row_count, v.defaults, v.published_at, v.published_by, r.checked, r.moved, ' +
  'r.finished_at'
const versionsFrom =
  `from policy_version v left join reresolution r on r.tenant_id = v.tenant_id and r.policy_version = v.version
  where v.tenant_id = $1`

function recordOf (row: VersionRow): VersionRecord {
  return {
    version: row.version,
    effect: row.effect,
    note: row.note,
    rowCount: row.row_count,
    defaults: row.defaults,
    publishedAt: readInstant(row.published_at),
    publishedBy: row.published_by,
    reresolution: row.checked === null
      ? null
      : {
        checked: row.checked,
        moved: row.moved ?? 0,
        finishedAt: row.finished_at === null ? null : readInstant(row.finished_at)
      }
  }
}

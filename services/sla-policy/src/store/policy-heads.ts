import type { Tx } from '@dueline/postgres'

const lockName = "hashtextextended('sla-policy.publish/' || tenant, 0)"

/**
 * The newest published version per tenant (0 = none), which stays the newest until this transaction ends: a publish waits
 * for it. So a ticket promised under version n is committed before n+1 exists, and the re-resolution that follows n+1 finds it.
 */
export async function holdPolicyVersions (tx: Tx, tenantIds: readonly string[]): Promise<Map<string, number>> {
  // two statements: the second one's snapshot must be taken after the wait for the locks
  await tx.$client.query({
    name: 'policy-hold',
    text: `select pg_advisory_xact_lock_shared(${lockName}) from unnest($1::text[]) as tenant`,
    values: [tenantIds]
  })
  const { rows } = await tx.$client.query<{ tenant_id: string, version: number }>({
    name: 'policy-heads',
    text: 'select tenant_id, max(version) as version from policy_version where tenant_id = any($1::text[]) group by tenant_id',
    values: [tenantIds]
  })
  const heads = new Map(tenantIds.map((tenantId) => [tenantId, 0]))
  for (const row of rows) heads.set(row.tenant_id, row.version)
  return heads
}

/** Waits for all transactions that hold the tenant's newest version, and keeps others from doing so until this one ends. */
export async function lockPublishing (tx: Tx, tenantId: string): Promise<void> {
  await tx.$client.query(`select pg_advisory_xact_lock(${lockName}) from (values ($1::text)) as t(tenant)`, [tenantId])
}

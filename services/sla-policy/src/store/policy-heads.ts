import type { Micros } from '@dueline/business-time'
import type { PolicyEffect } from '@dueline/contracts'
import { instantParam, readInstant, type Tx } from '@dueline/postgres'

const lockName = "hashtextextended('sla-policy.publish/' || tenant, 0)"

/** A published version, without its rows. */
export interface PublishedVersion {
  readonly version: number
  readonly effect: PolicyEffect
  readonly at: Micros
}

/**
 * Keeps the tenants' newest versions what they are until this transaction ends: a publish waits for it. So what is
 * agreed under version n is committed before n+1 exists, and the re-resolution that follows n+1 finds it.
 */
export async function holdPolicyVersions (tx: Tx, tenantIds: readonly string[]): Promise<void> {
  if (tenantIds.length === 0) return
  await tx.$client.query({
    name: 'policy-hold',
    text: `select pg_advisory_xact_lock_shared(${lockName}) from unnest($1::text[]) as tenant`,
    values: [tenantIds]
  })
}

/**
 * Which versions of a tenant are wanted: those after a version, and those since an instant with the one that was the
 * newest then.
 */
export interface WantedVersions {
  readonly after: number | null
  readonly since: Micros | null
}

/**
 * Published versions by tenant, in order. Where nothing may be published meanwhile, in a statement after
 * `holdPolicyVersions`: it must see what was waited for.
 */
export async function readVersions (
  tx: Tx,
  wanted: ReadonlyMap<string, WantedVersions>
): Promise<Map<string, PublishedVersion[]>> {
  const versions = new Map<string, PublishedVersion[]>()
  if (wanted.size === 0) return versions
  const { rows } = await tx.$client.query<{
    tenant_id: string,
    version: number,
    effect: PolicyEffect,
    published_at: string
  }>({
    name: 'policy-versions',
    text: `select v.tenant_id, v.version, v.effect, v.published_at
           from unnest($1::text[], $2::integer[], $3::timestamptz[]) as w(tenant_id, after, since)
           cross join lateral (select least(w.after + 1, case when w.since is not null then coalesce((
             select b.version from policy_version b where b.tenant_id = w.tenant_id and b.published_at <= w.since
             order by b.version desc limit 1
           ), 0) end) as version) as first
           join policy_version v on v.tenant_id = w.tenant_id and v.version >= first.version
           order by v.tenant_id, v.version`,
    values: [[...wanted.keys()], ...columnsOf([...wanted.values()])]
  })
  for (const { tenant_id: tenantId, version, effect, published_at: at } of rows) {
    versions.set(tenantId, [...versions.get(tenantId) ?? [], { version, effect, at: readInstant(at) }])
  }
  return versions
}

function columnsOf (wanted: readonly WantedVersions[]): [Array<number | null>, Array<string | null>] {
  return [wanted.map(({ after }) => after), wanted.map(({ since }) => since === null ? null : instantParam(since))]
}

/**
 * Waits for all transactions that hold the tenant's newest version, and keeps others from doing so until this one ends.
 */
export async function lockPublishing (tx: Tx, tenantId: string): Promise<void> {
  await tx.$client.query(`select pg_advisory_xact_lock(${lockName}) from (values ($1::text)) as t(tenant)`, [tenantId])
}

import type { Tx } from '@dueline/postgres'
import type { PolicyRow, TenantDefaults } from '../domain/policy.ts'
import { builtInPolicy, compilePolicy, type CompiledPolicy } from '../domain/resolve.ts'
import type { Parents } from '../domain/subject.ts'
import { BoundedMap } from '@dueline/runtime'

/** Which version of whose policy. */
export interface PolicyKey {
  readonly tenantId: string
  readonly version: number
}

/** An item of whose catalogue. */
export interface CatalogueKey {
  readonly tenantId: string
  readonly id: string
}

/**
 * Published versions and catalogue links kept in memory: neither ever changes, so nothing has to be thrown out but for
 * room.
 */
export interface PolicyCache {
  /** Ready versions by `tenant/version`; version 0 is the built-in policy. One read for all that are missing. */
  policies(tx: Tx, keys: readonly PolicyKey[]): Promise<(key: PolicyKey) => CompiledPolicy>
  /** Links of modules and questions; an unknown id has none. One read for all that are missing. */
  parents(tx: Tx, keys: readonly CatalogueKey[]): Promise<(key: CatalogueKey) => Parents | undefined>
}

/** A cache of at most 200 versions and 20,000 links. */
export function createPolicyCache (): PolicyCache {
  const versions = new BoundedMap<CompiledPolicy>(200)
  const links = new BoundedMap<Parents>(20_000)

  return {
    async policies (tx, keys) {
      const found = new Map<string, CompiledPolicy>()
      const missing: PolicyKey[] = []
      for (const key of keys) {
        const policy = key.version === 0 ? builtInPolicy : versions.get(nameOf(key))
        if (policy === undefined) missing.push(key)
        else found.set(nameOf(key), policy)
      }
      for (const [key, policy] of missing.length === 0 ? [] : await readPolicies(tx, missing)) {
        versions.set(key, policy)
        found.set(key, policy)
      }
      return (key) => {
        const policy = found.get(nameOf(key))
        if (policy === undefined) throw new Error(`policy version ${nameOf(key)} is not stored`)
        return policy
      }
    },
    async parents (tx, keys) {
      const found = new Map<string, Parents>()
      const missing: CatalogueKey[] = []
      for (const key of keys) {
        const parents = links.get(`${key.tenantId}/${key.id}`)
        if (parents === undefined) missing.push(key)
        else found.set(`${key.tenantId}/${key.id}`, parents)
      }
      for (const [key, parents] of missing.length === 0 ? [] : await readParents(tx, missing)) {
        links.set(key, parents)
        found.set(key, parents)
      }
      return ({ tenantId, id }) => found.get(`${tenantId}/${id}`)
    }
  }
}

function nameOf ({ tenantId, version }: PolicyKey): string {
  return `${tenantId}/${version}`
}

async function readPolicies (tx: Tx, keys: readonly PolicyKey[]): Promise<[string, CompiledPolicy][]> {
  const { rows } = await tx.$client.query<
    { tenant_id: string, version: number, rows: PolicyRow[], defaults: TenantDefaults }
  >({
    name: 'policy-read',
    text: `select tenant_id, version, rows, defaults from policy_version
           where (tenant_id, version) in (select * from unnest($1::text[], $2::integer[]))`,
    values: [keys.map((key) => key.tenantId), keys.map((key) => key.version)]
  })
  return rows.map((row) => [nameOf({ tenantId: row.tenant_id, version: row.version }), compilePolicy(row)])
}

async function readParents (tx: Tx, keys: readonly CatalogueKey[]): Promise<[string, Parents][]> {
  const { rows } = await tx.$client.query<
    { tenant_id: string, id: string, product_id: string, module_id: string | null }
  >({
    name: 'catalogue-parents',
    text: `with wanted as (select * from unnest($1::text[], $2::uuid[]) as w(tenant_id, id))
           select tenant_id, id, product_id, module_id from question where (tenant_id, id) in (select * from wanted)
           union all
           select tenant_id, id, product_id, null from module where (tenant_id, id) in (select * from wanted)`,
    values: [keys.map((key) => key.tenantId), keys.map((key) => key.id)]
  })
  return rows.map((row) => [`${row.tenant_id}/${row.id}`, { productId: row.product_id, moduleId: row.module_id }])
}

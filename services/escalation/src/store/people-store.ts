import type { Role } from '@dueline/contracts'
import { newestWins, type Read, type Tx } from '@dueline/postgres'
import type { Person } from '../domain/people.ts'
import { person } from './tables.ts'

export const savePeople = newestWins(person, ['version'])

/** What decisions of one tenant need of its people: the lines above some, and everyone in some roles. */
export interface PeopleWanted {
  readonly ids: ReadonlySet<string>
  readonly roles: ReadonlySet<Role>
}

// union, not union all: it ends reporting lines that run in a circle
const loadSql = `
  with recursive line (tenant_id, id, role, manager_id, level, active) as (
    select p.tenant_id, p.id, p.role, p.manager_id, p.level, p.active
    from unnest($1::text[], $2::uuid[]) as s(tenant_id, id) join person p using (tenant_id, id)
    union
    select p.tenant_id, p.id, p.role, p.manager_id, p.level, p.active
    from line l join person p on p.tenant_id = l.tenant_id and p.id = l.manager_id)
  select * from line
  union
  select p.tenant_id, p.id, p.role, p.manager_id, p.level, p.active
  from unnest($3::text[], $4::text[]) as s(tenant_id, role) join person p using (tenant_id, role)
  where p.active and p.role <> 'customer'`

interface Row {
  tenant_id: string
  id: string
  role: Role
  manager_id: string | null
  level: string | null
  active: boolean
}

/**
 * Reads, for every tenant at once, the people that decisions may look at. A tenant without any has none.
 */
export async function loadPeople (tx: Tx, wanted: ReadonlyMap<string, PeopleWanted>): Promise<Map<string, Person[]>> {
  if (wanted.size === 0) return new Map()
  const ids = [...wanted].flatMap(([tenantId, { ids }]) => [...ids].map((id) => [tenantId, id] as const))
  const roles = [...wanted].flatMap(([tenantId, { roles }]) => [...roles].map((role) => [tenantId, role] as const))
  const values = [
    ids.map(([tenantId]) => tenantId),
    ids.map(([, id]) => id),
    roles.map(([tenantId]) => tenantId),
    roles.map(([, role]) => role)
  ]
  const { rows } = await tx.$client.query<Row>({ name: 'person-load', text: loadSql, values })
  const byTenant = new Map<string, Person[]>([...wanted.keys()].map((tenantId) => [tenantId, []]))
  for (const { tenant_id: tenantId, id, role, manager_id: managerId, level, active } of rows) {
    byTenant.get(tenantId)?.push({ id, role, managerId, level, active })
  }
  return byTenant
}

/** Those of the people given that the tenant has, with their role and screen name. */
export async function findPeople (
  read: Read,
  tenantId: string,
  ids: readonly string[]
): Promise<Map<string, { role: Role, screenName: string }>> {
  const { rows } = await read.$client.query<{ id: string, role: Role, screen_name: string }>({
    name: 'person-find',
    text: 'select id, role, screen_name from person where tenant_id = $1 and id = any($2::uuid[])',
    values: [tenantId, ids]
  })
  return new Map(rows.map(({ id, role, screen_name: screenName }) => [id, { role, screenName }]))
}

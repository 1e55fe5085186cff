import type { PersonSnapshot, Role } from '@dueline/contracts'
import type { Read, Tx } from '@dueline/postgres'
import { People, type Person } from '../domain/people.ts'

/** A person's newest state, within a tenant. */
export interface PersonCopy {
  readonly tenantId: string
  readonly person: Pick<PersonSnapshot, 'id' | 'role' | 'screenName' | 'managerId' | 'active' | 'version'>
}

const saveSql = `
  insert into person (tenant_id, id, role, screen_name, manager_id, active, version)
  select distinct on (tenant_id, id) tenant_id, id, role, "screenName", "managerId", active, version
  from jsonb_to_recordset($1::jsonb) as x(
    tenant_id text, id uuid, role text, "screenName" text, "managerId" uuid, active boolean, version integer)
  order by tenant_id, id, version desc
  on conflict (tenant_id, id) do update
    set role = excluded.role, screen_name = excluded.screen_name, manager_id = excluded.manager_id,
    active = excluded.active, version = excluded.version
  where excluded.version > person.version`

/** Keeps the newest version of each person; older ones change nothing. */
export async function savePeople (tx: Read, copies: readonly PersonCopy[]): Promise<void> {
  if (copies.length === 0) return
  const rows = copies.map(({ tenantId, person: { id, role, screenName, managerId, active, version } }) => ({
    tenant_id: tenantId,
    id,
    role,
    screenName,
    managerId,
    active,
    version
  }))
  await tx.$client.query({ name: 'person-save', text: saveSql, values: [JSON.stringify(rows)] })
}

/** What decisions of one tenant need of its people: the lines above some, and everyone in some roles. */
export interface PeopleWanted {
  readonly ids: ReadonlySet<string>
  readonly roles: ReadonlySet<Role>
}

// union, not union all: it ends reporting lines that run in a circle
const loadSql = `
  with recursive line (tenant_id, id, role, manager_id, active) as (
    select p.tenant_id, p.id, p.role, p.manager_id, p.active
    from unnest($1::text[], $2::uuid[]) as s(tenant_id, id) join person p using (tenant_id, id)
    union
    select p.tenant_id, p.id, p.role, p.manager_id, p.active
    from line l join person p on p.tenant_id = l.tenant_id and p.id = l.manager_id)
  select * from line
  union
  select p.tenant_id, p.id, p.role, p.manager_id, p.active
  from unnest($3::text[], $4::text[]) as s(tenant_id, role) join person p using (tenant_id, role)
  where p.active and p.role <> 'customer'`

interface Row {
  tenant_id: string
  id: string
  role: Role
  manager_id: string | null
  active: boolean
}

/**
 * Reads, for every tenant at once, the people that decisions may look at. A tenant without any has an empty `People`.
 */
export async function loadPeople (tx: Tx, wanted: ReadonlyMap<string, PeopleWanted>): Promise<Map<string, People>> {
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
  for (const { tenant_id: tenantId, id, role, manager_id: managerId, active } of rows) {
    byTenant.get(tenantId)?.push({ id, role, managerId, active })
  }
  return new Map([...byTenant].map(([tenantId, people]) => [tenantId, new People(people)]))
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

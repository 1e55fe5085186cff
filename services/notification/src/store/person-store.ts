import type { Read, Tx } from '@dueline/postgres'
import type { PersonSnapshot } from '@dueline/contracts'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { person } from './tables.ts'

/** A person with the tenant it belongs to: batches hold several tenants' events. */
export interface TenantPerson extends PersonSnapshot {
  tenantId: string
}

/** Keeps the newest version of each person, whatever order they come in. */
export async function upsertPeople (tx: Tx, people: readonly TenantPerson[]): Promise<void> {
  const newest = new Map<string, TenantPerson>()
  for (const each of people) {
    const key = personKey(each.tenantId, each.id)
    if ((newest.get(key)?.version ?? 0) < each.version) newest.set(key, each)
  }
  await tx.insert(person).values([...newest.values()]).onConflictDoUpdate({
    target: [person.tenantId, person.id],
    set: {
      role: sql`excluded.role`,
      name: sql`excluded.name`,
      screenName: sql`excluded.screen_name`,
      email: sql`excluded.email`,
      language: sql`excluded.language`,
      timeZone: sql`excluded.time_zone`,
      managerId: sql`excluded.manager_id`,
      active: sql`excluded.active`,
      version: sql`excluded.version`
    },
    setWhere: sql`excluded.version > ${person.version}`
  })
}

/** The named people and their managers, keyed by `personKey`. Unknown ones are simply not in the answer. */
export async function readPeople (
  db: Read,
  wanted: readonly { tenantId: string, id: string }[]
): Promise<Map<string, TenantPerson>> {
  if (wanted.length === 0) return new Map()
  const keys = [...new Map(wanted.map((each) => [personKey(each.tenantId, each.id), each])).values()]
  const { rows } = await db.$client.query<TenantPerson>({
    name: 'person-read',
    text: `with named as (
             select p.* from unnest($1::text[], $2::uuid[]) as k(tenant_id, id) join person p using (tenant_id, id))
           select ${columns} from named p
           union
           select ${columns} from named n join person p on p.tenant_id = n.tenant_id and p.id = n.manager_id`,
    values: [keys.map(({ tenantId }) => tenantId), keys.map(({ id }) => id)]
  })
  return new Map(rows.map((row) => [personKey(row.tenantId, row.id), row]))
}

const columns = `p.tenant_id as "tenantId", p.id, p.role, p.name, p.screen_name as "screenName", p.email, p.language,
  p.time_zone as "timeZone", p.manager_id as "managerId", p.active, p.version`

/** Everybody active who may answer for a tenant's tickets: managers, chiefs and admins. */
export async function readStaffInCharge (db: Read, tenantIds: readonly string[]): Promise<TenantPerson[]> {
  if (tenantIds.length === 0) return []
  return await db.select().from(person)
    .where(and(
      inArray(person.tenantId, [...tenantIds]),
      eq(person.active, true),
      inArray(person.role, ['manager', 'ceo', 'admin'])
    ))
}

export function personKey (tenantId: string, id: string): string {
  return `${tenantId}/${id}`
}

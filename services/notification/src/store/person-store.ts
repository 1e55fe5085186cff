import { newestWins, type Read } from '@dueline/postgres'
import { isUuid, rolesInCharge, type PersonSnapshot } from '@dueline/contracts'
import { and, eq, inArray } from 'drizzle-orm'
import { person } from './tables.ts'

/** A person with the tenant it belongs to: batches hold several tenants' events. */
export type TenantPerson = typeof person.$inferSelect

export const savePeople = newestWins(person, ['version'])

/** The named people and the lines above them, keyed by `personKey`. Unknown ones are simply not in the answer. */
export async function readPeople (
  db: Read,
  wanted: readonly { tenantId: string, id: string }[]
): Promise<Map<string, TenantPerson>> {
  if (wanted.length === 0) return new Map()
  const keys = [...new Map(wanted.map((each) => [personKey(each.tenantId, each.id), each])).values()]
  const { rows } = await db.$client.query<TenantPerson>({
    name: 'person-read',
    // union, not union all: it ends reporting lines that run in a circle
    text: `with recursive line as (
             select p.* from unnest($1::text[], $2::uuid[]) as k(tenant_id, id) join person p using (tenant_id, id)
             union
             select p.* from line l join person p on p.tenant_id = l.tenant_id and p.id = l.manager_id)
           select ${columns} from line p`,
    values: [keys.map(({ tenantId }) => tenantId), keys.map(({ id }) => id)]
  })
  return new Map(rows.map((row) => [personKey(row.tenantId, row.id), row]))
}

const columns = `p.tenant_id as "tenantId", p.id, p.role, p.name, p.screen_name as "screenName", p.email, p.language,
  p.time_zone as "timeZone", p.manager_id as "managerId", p.active, p.version`

/** A person's role and whether it is active, as the feed has said until now; undefined where nothing is known. */
export async function readStanding (
  read: Read,
  tenantId: string,
  personId: string
): Promise<Pick<PersonSnapshot, 'role' | 'active'> | undefined> {
  if (!isUuid(personId)) return undefined
  const [found] = await read.select({ role: person.role, active: person.active }).from(person)
    .where(and(eq(person.tenantId, tenantId), eq(person.id, personId)))
  return found
}

/** Everybody active who may answer for a tenant's tickets: managers, chiefs and admins. */
export async function readStaffInCharge (db: Read, tenantIds: readonly string[]): Promise<TenantPerson[]> {
  if (tenantIds.length === 0) return []
  return await db.select().from(person)
    .where(and(
      inArray(person.tenantId, [...tenantIds]),
      eq(person.active, true),
      inArray(person.role, [...rolesInCharge])
    ))
}

export function personKey (tenantId: string, id: string): string {
  return `${tenantId}/${id}`
}

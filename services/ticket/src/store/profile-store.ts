import type { Micros } from '@dueline/business-time'
import type { Language, Role, TicketStatus } from '@dueline/contracts'
import type { Read } from '@dueline/postgres'
import { and, eq } from 'drizzle-orm'
import { availability } from './assignment-tables.ts'
import { isUnfinished } from './waiting-store.ts'

/** A person of the staff with everybody above, as the copies of people have them. */
export interface ProfiledPerson {
  readonly id: string
  readonly role: Role
  readonly name: string
  readonly screenName: string
  /** In the order of preference. */
  readonly languages: readonly Language[]
  readonly managerId: string | null
  readonly active: boolean
  /** Ids of the managers above, at most `lineMax`. */
  readonly lineIds: readonly string[]
}

/** What a person is responsible for by name. */
export interface OwnResponsibility {
  readonly productId: string | null
  readonly moduleId: string | null
}

/** How many open tickets of a status a person has. */
export interface OpenCount {
  readonly status: TicketStatus
  readonly count: number
}

const lineMax = 50
/** No profile shows more responsibilities. */
export const responsibilitiesMax = 100

/** One person with its reporting line; null when there is none of that id. */
export async function findProfiled (read: Read, tenantId: string, id: string): Promise<ProfiledPerson | null> {
  const { rows } = await read.$client.query<ProfiledPerson>({
    name: 'profile-person',
    text: `
      with recursive line (id, manager_id, depth) as (
        select id, manager_id, 0 from person where tenant_id = $1 and id = $2
        union
        select p.id, p.manager_id, l.depth + 1 from line l
          join person p on p.tenant_id = $1 and p.id = l.manager_id where l.depth < ${lineMax})
      select p.id, p.role, p.name, p.screen_name as "screenName",
        coalesce(p.languages, array[p.language]) as languages, p.manager_id as "managerId", p.active,
        (select coalesce(array_agg(distinct l.id::text), '{}') from line l where l.depth > 0) as "lineIds"
      from person p where p.tenant_id = $1 and p.id = $2`,
    values: [tenantId, id]
  })
  return rows[0] ?? null
}

/** Open tickets of a person by status, by the index of open tickets. */
export async function openCounts (read: Read, tenantId: string, id: string): Promise<OpenCount[]> {
  const { rows } = await read.$client.query<OpenCount>({
    name: 'profile-tickets',
    text: `select status, count(*)::integer as count from ticket t
           where t.tenant_id = $1 and t.assignee_id = $2 and t.${isUnfinished}
           group by status order by status collate "C"`,
    values: [tenantId, id]
  })
  return rows
}

/** What a person is responsible for itself, at most `responsibilitiesMax`. */
export async function responsibilitiesOf (read: Read, tenantId: string, id: string): Promise<OwnResponsibility[]> {
  const { rows } = await read.$client.query<OwnResponsibility>({
    name: 'profile-responsibilities',
    text: `select snapshot ->> 'productId' as "productId", snapshot ->> 'moduleId' as "moduleId" from directory_copy
           where tenant_id = $1 and kind = 'responsibility' and snapshot ->> 'personId' = $2::uuid::text and not deleted
           order by id limit ${responsibilitiesMax}`,
    values: [tenantId, id]
  })
  return rows
}

/** When what was set by hand for a person ends to count; null: it does not, or nothing was set. */
export async function setUntil (read: Read, tenantId: string, id: string): Promise<Micros | null> {
  const [row] = await read.select({ until: availability.until }).from(availability)
    .where(and(eq(availability.tenantId, tenantId), eq(availability.personId, id)))
  return row?.until ?? null
}

import type { Micros } from '@dueline/business-time'
import type { AbsencePeriod, AvailabilityState, Priority, Role, TicketStatus } from '@dueline/contracts'
import { instantParam, readInstant, type Read } from '@dueline/postgres'

/** A person of the staff with everybody above, as the copies of people have them. */
export interface ProfiledPerson {
  readonly id: string
  readonly role: Role
  readonly name: string
  readonly screenName: string
  readonly language: string
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

/** How many open tickets of a status and priority a person has. */
export interface OpenCount {
  readonly status: TicketStatus
  readonly priority: Priority
  readonly count: number
}

/** What copies of the directory say of a person's time and strength. */
export interface Presence {
  readonly state: AvailabilityState | null
  readonly until: Micros | null
  readonly capacityPoints: number | null
  readonly absences: readonly AbsencePeriod[]
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
      select p.id, p.role, p.name, p.screen_name as "screenName", p.language, p.manager_id as "managerId", p.active,
        (select coalesce(array_agg(distinct l.id::text), '{}') from line l where l.depth > 0) as "lineIds"
      from person p where p.tenant_id = $1 and p.id = $2`,
    values: [tenantId, id]
  })
  return rows[0] ?? null
}

/** Open tickets of a person by status and priority, by the index of open tickets. */
export async function openCounts (read: Read, tenantId: string, id: string): Promise<OpenCount[]> {
  const { rows } = await read.$client.query<OpenCount>({
    name: 'profile-tickets',
    text: `select status, priority, count(*)::integer as count from ticket
           where tenant_id = $1 and assignee_id = $2
             and status in ('new', 'open', 'waiting_on_customer', 'waiting_on_vendor')
           group by status, priority`,
    values: [tenantId, id]
  })
  return rows
}

/** What a person is responsible for itself, at most `responsibilitiesMax`. */
export async function responsibilitiesOf (read: Read, tenantId: string, id: string): Promise<OwnResponsibility[]> {
  const { rows } = await read.$client.query<OwnResponsibility>({
    name: 'profile-responsibilities',
    text: `select product_id as "productId", module_id as "moduleId" from responsibility
           where tenant_id = $1 and person_id = $2 and not deleted order by id limit ${responsibilitiesMax}`,
    values: [tenantId, id]
  })
  return rows
}

interface PresenceRow {
  state: AvailabilityState | null
  until: string | null
  capacity_points: number | null
}

/** What was set by hand for a person, and the absence that holds at `at`, if any. */
export async function presenceOf (read: Read, tenantId: string, id: string, at: Micros): Promise<Presence> {
  const { rows: [set] } = await read.$client.query<PresenceRow>({
    name: 'profile-availability',
    text: 'select state, until, capacity_points from availability where tenant_id = $1 and person_id = $2',
    values: [tenantId, id]
  })
  const { rows } = await read.$client.query<{ from: string, to: string, substituteId: string | null }>({
    name: 'profile-absences',
    text: `select starts_at as "from", ends_at as "to", substitute_id as "substituteId" from absence
           where tenant_id = $1 and person_id = $2 and not deleted and starts_at <= $3 and ends_at > $3
           order by ends_at limit 10`,
    values: [tenantId, id, instantParam(at)]
  })
  return {
    state: set?.state ?? null,
    until: set === undefined || set.until === null ? null : readInstant(set.until),
    capacityPoints: set?.capacity_points ?? null,
    absences: rows.map(({ from, to, substituteId }) => ({ from: readInstant(from), to: readInstant(to), substituteId }))
  }
}

/** What tickets weigh and people can carry by the tenant's own rules; null when it has set none. */
export async function capacityRulesOf (
  read: Read,
  tenantId: string
): Promise<{ points: Readonly<Record<Priority, number>>, defaultCapacityPoints: number } | null> {
  const { rows } = await read.$client.query<
    { points: Readonly<Record<Priority, number>>, defaultCapacityPoints: number }
  >({
    name: 'profile-capacity-rules',
    text: `select points, default_capacity_points as "defaultCapacityPoints" from capacity_rules where tenant_id = $1`,
    values: [tenantId]
  })
  return rows[0] ?? null
}

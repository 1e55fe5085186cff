import type { Priority, Role } from '@dueline/contracts'
import type { Read } from '@dueline/postgres'
import { isActive, membersOfTeam } from './team-store.ts'
import { isUnfinished } from './waiting-store.ts'

/** No overview looks at more people, or lists more teams or products. */
export const overviewMax = 500
/** No further people of a reporting line are looked at, those who have left among them. */
const belowMax = 10_000
/** No overview reads more open tickets. */
export const openTicketsMax = 20_000

/** A member of a manager's team: below it in the reporting line, or in a team that it leads. */
export interface Member {
  readonly id: string
  readonly role: Role
  readonly screenName: string
  readonly active: boolean
}

/** What open tickets come to. Clocks are those of kind `sla` that are not over. */
export interface Work {
  readonly openTickets: number
  /** Those of them that nobody has. */
  readonly unassigned: number
  readonly points: number
  /** Warned of, and not missed yet. */
  readonly atRiskClocks: number
  readonly breachedClocks: number
  /** Neither stopped nor of a clock that is over. */
  readonly openEscalations: number
}

export const noWork: Work = {
  openTickets: 0,
  unassigned: 0,
  points: 0,
  atRiskClocks: 0,
  breachedClocks: 0,
  openEscalations: 0
}

/**
 * The members of a manager's team by screen name, at most `overviewMax` with one more that says that there are others.
 * Who has left is a member as long as it has open tickets; customers never are.
 */
export async function membersOf (read: Read, tenantId: string, managerId: string): Promise<Member[]> {
  const { rows } = await read.$client.query<Member>({
    name: 'overview-members',
    text: `
      with recursive below (id) as (
        select $2::uuid
        union
        select p.id from below b join person p on p.tenant_id = $1 and p.manager_id = b.id),
      led as (
        select distinct m.id::uuid as id from directory_copy t cross join lateral (${membersOfTeam('t')}) as m(id)
        where t.tenant_id = $1 and t.kind = 'team' and t.snapshot ->> 'leadId' = $2::uuid::text and ${isActive('t')})
      select p.id, p.role, p.screen_name as "screenName", p.active
      from ((select id from below limit ${belowMax}) union select id from led) m
        join person p on p.tenant_id = $1 and p.id = m.id
      where p.id <> $2::uuid and p.role <> 'customer' and (p.active or exists (
        select from ticket t where t.tenant_id = $1 and t.assignee_id = p.id and t.${isUnfinished}))
      order by p.screen_name, p.id limit ${overviewMax + 1}`,
    values: [tenantId, managerId]
  })
  return rows
}

/** By what open tickets are told apart. */
const keys = {
  assigneeId: 't.assignee_id::text',
  teamId: 't.team_id',
  productId: 't.product_id::text',
  /** That of whoever has the ticket. */
  unitId: '(select p.unit_id::text from person p where p.tenant_id = $1 and p.id = t.assignee_id)'
} as const

const workSql = (key: keyof typeof keys, ofPeople: boolean): string => `
  with open_ticket as materialized (
    select t.id, t.assignee_id, ($2::jsonb ->> t.priority)::integer as points, ${keys[key]} as key from ticket t
    where t.tenant_id = $1 and t.${isUnfinished}
      and ${ofPeople ? 't.assignee_id = any($3::uuid[])' : '$3::uuid[] is null'} limit ${openTicketsMax})
  select key, count(*)::integer as "openTickets",
    count(*) filter (where assignee_id is null)::integer as unassigned, sum(points)::integer as points,
    sum(at_risk)::integer as "atRiskClocks", sum(breached)::integer as "breachedClocks",
    sum(escalations)::integer as "openEscalations"
  from open_ticket o
    cross join lateral (
      select count(*) filter (where c.breached_at is null and c.warned_at is not null) as at_risk,
        count(*) filter (where c.breached_at is not null) as breached
      from ticket_clock c where c.tenant_id = $1 and c.ticket_id = o.id and c.kind = 'sla'
        and c.state in ('running', 'paused')) clocks
    cross join lateral (
      select count(*) as escalations from ticket_escalation e
        join ticket_clock c on c.tenant_id = $1 and c.ticket_id = o.id and c.id = e.clock_id
      where e.tenant_id = $1 and e.ticket_id = o.id and e.state <> 'stopped' and c.state in ('running', 'paused')) open
  group by key`

/**
 * What open tickets come to, by `key`; null is the key of those that have none. `assigneeIds`: of these people only,
 * null: of the whole tenant. At most `openTicketsMax` tickets are read, whatever is asked.
 */
export async function workBy (
  read: Read,
  tenantId: string,
  key: keyof typeof keys,
  { points, assigneeIds }: { points: Readonly<Record<Priority, number>>, assigneeIds: readonly string[] | null }
): Promise<Map<string | null, Work>> {
  const { rows } = await read.$client.query<Work & { key: string | null }>({
    name: `overview-work-${key}${assigneeIds === null ? '' : '-of-people'}`,
    text: workSql(key, assigneeIds !== null),
    values: [tenantId, JSON.stringify(points), assigneeIds]
  })
  return new Map(rows.map(({ key: of, ...work }) => [of, work]))
}

/** Several works in one. */
export function sumOf (works: Iterable<Work>): Work {
  const sum = { ...noWork }
  for (const work of works) {
    for (const field of Object.keys(noWork) as Array<keyof Work>) sum[field] += work[field]
  }
  return sum
}

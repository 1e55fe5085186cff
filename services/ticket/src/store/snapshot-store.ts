import type { Micros } from '@dueline/business-time'
import {
  builtInCapacityRules,
  effectiveAvailability,
  isCustomer,
  type AvailabilityState,
  type EffectiveAvailability,
  type Language,
  type Priority,
  type ResponsibilitySnapshot,
  type Role
} from '@dueline/contracts'
import { instantParam, readInstant, type Read } from '@dueline/postgres'
import { eq } from 'drizzle-orm'
import {
  isFor,
  shareKey,
  type AgentFacts,
  type AssignmentRule,
  type AssignmentSnapshot,
  type WaitingTicket
} from '../domain/assignment.ts'
import { capacityRules } from './assignment-tables.ts'
import { worksByColumns, worksByJoin, type CalendarCache, type WorksBy } from './calendar-store.ts'
import { findTeams } from './team-store.ts'
import { staffOfUnits } from './unit-store.ts'
import { isUnfinished } from './waiting-store.ts'

/**
 * Reads all that decisions about these tickets by these rules need, in seven statements whatever the number; nothing of
 * rules that are for none of them. What these tickets take of whoever has them is no part of the load: they are decided
 * as if nobody had them.
 */
export async function readSnapshot (
  read: Read,
  tenantId: string,
  all: readonly AssignmentRule[],
  tickets: readonly WaitingTicket[],
  { at, calendars }: { at: Micros, calendars: CalendarCache }
): Promise<AssignmentSnapshot> {
  const rules = all.filter((rule) => tickets.some((ticket) => isFor(rule, ticket)))
  const pools = await poolsOf(read, tenantId, rules, tickets)
  const { points, defaultCapacityPoints } = await capacityOf(read, tenantId)
  const people = [...new Set(Object.values(pools).flat())]
  const apart = tickets.map(({ id }) => id)
  const agents = await agentsOf(read, tenantId, people, { points, defaultCapacityPoints, at, calendars, apart })
  return { at, rules, pools, agents, points, given: await sharesOf(read, tenantId, rules, people) }
}

/** What tickets weigh and people can carry in a tenant, by its own rules or the built-in ones. */
export async function capacityOf (read: Read, tenantId: string) {
  const [own] = await read.select().from(capacityRules).where(eq(capacityRules.tenantId, tenantId))
  return own ?? builtInCapacityRules
}

/** Whom each rule chooses from, and who is responsible for each product or module that a ticket is about. */
export async function poolsOf (
  read: Read,
  tenantId: string,
  rules: readonly AssignmentRule[],
  tickets: readonly WaitingTicket[]
): Promise<Record<string, string[]>> {
  const isAsked = rules.some(({ pool }) => pool.kind === 'responsibility')
  const items = new Set(
    isAsked
      ? tickets.flatMap(({ subject: { productId, moduleId } }) => [productId, moduleId]).filter((id) => id !== null)
      : []
  )
  const named = [...items]
  const owners = await responsibilitiesFor(read, tenantId, named)
  const teamIds = [
    ...rules.flatMap(({ pool }) => pool.kind === 'team' ? [pool.teamId] : []),
    ...owners.flatMap(({ teamId }) => teamId === null ? [] : [teamId])
  ]
  const teams = await findTeams(read, tenantId, [...new Set(teamIds)])
  const membersOf = (teamId: string): readonly string[] => {
    const team = teams.get(teamId)
    return team?.active === true ? team.memberIds : []
  }
  const staff = await staffOfUnits(
    read,
    tenantId,
    rules.flatMap(({ pool }) => pool.kind === 'unit' ? [pool.unitId] : [])
  )
  const pools: Record<string, string[]> = {}
  for (const { id, pool } of rules) {
    if (pool.kind === 'team') pools[id] = [...membersOf(pool.teamId)]
    if (pool.kind === 'person') pools[id] = [pool.personId]
    if (pool.kind === 'unit') pools[id] = staff.get(pool.unitId) ?? []
  }
  for (const { productId, moduleId, personId, teamId } of owners) {
    const key = (moduleId ?? productId)!
    pools[key] = [...pools[key] ?? [], ...(personId === null ? membersOf(teamId!) : [personId])]
  }
  return pools
}

/** Who is responsible for these products and modules. */
async function responsibilitiesFor (
  read: Read,
  tenantId: string,
  items: readonly string[]
): Promise<ResponsibilitySnapshot[]> {
  if (items.length === 0) return []
  const { rows } = await read.$client.query<{ snapshot: ResponsibilitySnapshot }>({
    name: 'assignment-responsible',
    text: `select snapshot from directory_copy where tenant_id = $1 and kind = 'responsibility' and not deleted
        and coalesce(snapshot ->> 'productId', snapshot ->> 'moduleId') = any($2::text[]) order by id`,
    values: [tenantId, items]
  })
  return rows.map(({ snapshot }) => snapshot)
}

/** What the copies say of whether somebody is there; `away`: by a planned absence. */
export interface PresenceRow extends WorksBy {
  active: boolean
  state: AvailabilityState | null
  until: string | null
  away: boolean
}

interface AgentRow extends PresenceRow {
  id: string
  role: Role
  languages: Language[]
  capacity_points: number | null
  counts: Partial<Record<Priority, number>> | null
  last_at: string | null
}

// what each has is counted in the index of unfinished tickets: there is no count that could be wrong
const agentsSql = `
  select p.id, p.role, p.active, coalesce(p.languages, array[p.language]) as languages,
    a.state, a.until::text, a.capacity_points, ${worksByColumns},
    exists (select from absence b where b.tenant_id = $1 and b.person_id = p.id and not b.deleted
      and b.starts_at <= $3 and $3 < b.ends_at) as away,
    (select jsonb_object_agg(priority, n) from (select priority, count(*) as n from ticket t
      where t.tenant_id = $1 and t.assignee_id = p.id and t.${isUnfinished} and t.id <> all($4::uuid[])
      group by priority) c) as counts,
    (select max(last_at)::text from assignment_share s where s.tenant_id = $1 and s.person_id = p.id) as last_at
  from person p left join availability a on a.tenant_id = $1 and a.person_id = p.id
    ${worksByJoin('$2::uuid[]::text[]')}
  where p.tenant_id = $1 and p.id = any($2::uuid[])`

/**
 * The facts of those of the given people who are staff, by id; `at`: when they have to be there; `apart`: tickets that
 * are no part of anybody's load.
 */
export async function agentsOf (
  read: Read,
  tenantId: string,
  ids: readonly string[],
  { points, defaultCapacityPoints, at, calendars, apart = [] }: {
    points: AssignmentSnapshot['points'],
    defaultCapacityPoints: number,
    at: Micros,
    calendars: CalendarCache,
    apart?: readonly string[]
  }
): Promise<Record<string, AgentFacts>> {
  if (ids.length === 0) return {}
  const values = [tenantId, ids, instantParam(at), apart]
  const { rows } = await read.$client.query<AgentRow>({ name: 'assignment-agents', text: agentsSql, values })
  const isOpen = await calendars.openAt(read, tenantId, rows, at)
  return Object.fromEntries(
    rows.filter(({ role }) => !isCustomer(role)).map((row) => {
      const { id: personId, languages, counts } = row
      const { state, reason } = availabilityOf(row, at, isOpen(row))
      const load = Object.entries(counts ?? {}).reduce(
        (sum, [priority, n]) => sum + points[priority as Priority] * n,
        0
      )
      const facts: AgentFacts = {
        personId,
        availability: state,
        reason,
        languages,
        load,
        capacity: row.capacity_points ?? defaultCapacityPoints,
        lastAt: row.last_at === null ? null : readInstant(row.last_at)
      }
      return [personId, facts]
    })
  )
}

/**
 * Whether somebody can be given work at the instant at which the row was read; `isOpen`: whether the calendar by which
 * they work is open then, null: they have none.
 */
export function availabilityOf (
  { active, state, until, away }: PresenceRow,
  at: Micros,
  isOpen: boolean | null
): EffectiveAvailability {
  const absences = away ? [{ from: at, to: at + 1, substituteId: null }] : []
  const set = { state, until: until === null ? null : readInstant(until) }
  return effectiveAvailability({ active, ...set, absences }, at, isOpen)
}

async function sharesOf (
  read: Read,
  tenantId: string,
  rules: readonly AssignmentRule[],
  people: readonly string[]
): Promise<Record<string, number>> {
  const inTurn = rules.filter(({ choice }) => choice === 'round_robin').map(({ id }) => id)
  if (inTurn.length === 0 || people.length === 0) return {}
  const { rows } = await read.$client.query<{ rule_id: string, person_id: string, given: string }>(
    `select rule_id, person_id, given from assignment_share
     where tenant_id = $1 and rule_id = any($2::uuid[]) and person_id = any($3::uuid[])`,
    [tenantId, inTurn, people]
  )
  return Object.fromEntries(rows.map((row) => [shareKey(row.rule_id, row.person_id), Number(row.given)]))
}

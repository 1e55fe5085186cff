import type { Micros } from '@dueline/business-time'
import type { ClockState, Metric, TicketSummary } from '@dueline/contracts'
import { readInstant, rowParams, type Tx } from '@dueline/postgres'
import type { Announcement, CaseState, EscalationState } from '../domain/case.ts'
import { pinnedPreset, type Level, type PinnedEscalationPolicy } from '../domain/escalation-policy.ts'

/** A clock, within its tenant. */
export interface CaseKey {
  readonly tenantId: string
  readonly id: string
}

/** A case as stored, locked by the transaction that read it. */
export interface StoredCase extends CaseKey {
  readonly ticketId: string
  readonly metric: Metric
  readonly state: CaseState
  readonly wakeAt: Micros | null
  /** Null only if the ticket's copy was never written. */
  readonly ticket: TicketSummary | null
}

/** What is written of a case. */
export type CaseRow = Omit<StoredCase, 'ticket'>

/** A map key for a case, a ticket or a person. */
export function keyOf ({ tenantId, id }: CaseKey): string {
  return `${tenantId}/${id}`
}

interface Row {
  tenant_id: string
  id: string
  ticket_id: string
  metric: Metric
  sequence: number
  cycle: number
  clock_state: ClockState
  due_at: string | null
  breached_at: string | null
  announced_cycle: number
  announced_sequence: number
  announced_from: string | null
  transitions: [sequence: number, at: Micros, running: boolean, over?: boolean][]
  escalation_policy_id: string | null
  escalation_policy_version: number | null
  escalation_policy_name: string | null
  levels: Level[] | null
  cursor: number
  last_level_at: string | null
  last_deadline: string | null
  climbs_from: string | null
  handled_sequence: number | null
  wake_at: string | null
  escalation_id: string | null
  state: EscalationState | null
  level: number | null
  opened_at: string | null
  version: number | null
  summary: TicketSummary | null
}

const loadSql = `
  select c.*, v.name as escalation_policy_name, v.levels, e.state, e.level, e.opened_at, e.version, t.summary
  from escalation_case c
  left join escalation_policy_version v
    on v.tenant_id = c.tenant_id and v.escalation_policy_id = c.escalation_policy_id
    and v.version = c.escalation_policy_version
  left join escalation e on e.tenant_id = c.tenant_id and e.id = c.escalation_id
  left join ticket t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
  where (c.tenant_id, c.id) in (select * from unnest($1::text[], $2::uuid[]))`

const lockSql = `
  select from escalation_case
    where (tenant_id, id) in (select * from unnest($1::text[], $2::uuid[])) order by tenant_id, id for update`

function columnsOfKeys (keys: readonly CaseKey[]): [string[], string[]] {
  return [keys.map(({ tenantId }) => tenantId), keys.map(({ id }) => id)]
}

/**
 * Locks cases, always in the same order. A statement of its own: one that waits for a lock and joins as well would see
 * the new case beside an old escalation.
 */
export async function lockCases (tx: Tx, keys: readonly CaseKey[]): Promise<void> {
  await tx.$client.query({ name: 'case-lock', text: lockSql, values: columnsOfKeys(keys) })
}

/** Reads cases that the transaction has locked; those not yet known are missing from the map. */
export async function loadCases (tx: Tx, keys: readonly CaseKey[]): Promise<Map<string, StoredCase>> {
  const { rows } = await tx.$client.query<Row>({ name: 'case-load', text: loadSql, values: columnsOfKeys(keys) })
  return new Map(rows.map((row) => [`${row.tenant_id}/${row.id}`, toCase(row)]))
}

function when (text: string | null): Micros | null {
  return text === null ? null : readInstant(text)
}

function toEscalationPolicy (
  { escalation_policy_id: id, escalation_policy_version: version, escalation_policy_name: name, levels }: Row
): PinnedEscalationPolicy | null {
  if (version === null) return null
  return id === null || name === null || levels === null ? pinnedPreset : { id, version, name, levels }
}

/** A case of a former release kept the cycle alone: its levels go on counting from where its breach stands. */
function toAnnouncement (row: Row): Announcement | null {
  const from = row.announced_from ?? row.breached_at
  return row.announced_cycle === 0 || from === null
    ? null
    : { sequence: row.announced_sequence, cycle: row.announced_cycle, from: readInstant(from) }
}

function toCase (row: Row): StoredCase {
  const { escalation_id: escalationId, state, level, opened_at: openedAt, version } = row
  return {
    tenantId: row.tenant_id,
    id: row.id,
    ticketId: row.ticket_id,
    metric: row.metric,
    wakeAt: when(row.wake_at),
    ticket: row.summary,
    state: {
      clock: {
        sequence: row.sequence,
        cycle: row.cycle,
        state: row.clock_state,
        dueAt: when(row.due_at),
        breachedAt: when(row.breached_at),
        announced: toAnnouncement(row),
        transitions: row.transitions.map(([sequence, at, running, over = false]) => ({ sequence, at, running, over }))
      },
      policy: toEscalationPolicy(row),
      cursor: row.cursor,
      lastLevelAt: when(row.last_level_at),
      lastDeadline: when(row.last_deadline),
      climbsFrom: when(row.climbs_from),
      handledSequence: row.handled_sequence,
      escalation: escalationId === null || state === null || level === null || openedAt === null || version === null
        ? null
        : { id: escalationId, state, level, openedAt: readInstant(openedAt), version }
    }
  }
}

/** What is written of a case besides its key. */
const types = {
  ticket_id: 'uuid',
  metric: 'text',
  sequence: 'integer',
  cycle: 'integer',
  clock_state: 'text',
  due_at: 'instant',
  breached_at: 'instant',
  announced_cycle: 'integer',
  announced_sequence: 'integer',
  announced_from: 'instant',
  transitions: 'jsonb',
  escalation_policy_id: 'uuid',
  escalation_policy_version: 'integer',
  cursor: 'integer',
  last_level_at: 'instant',
  last_deadline: 'instant',
  climbs_from: 'instant',
  handled_sequence: 'integer',
  escalation_id: 'uuid',
  wake_at: 'instant'
} as const
const columns = Object.keys(types).join(', ')
const caseRows = rowParams<'tenant_id' | 'id' | keyof typeof types>({ tenant_id: 'text', id: 'uuid', ...types })

const insertSql = `
  insert into escalation_case (tenant_id, id, ${columns})
  select tenant_id, id, ${columns} from ${caseRows.from(1, 'x')} order by tenant_id, id
  on conflict do nothing`
const updateSql = `
  update escalation_case c set
    ticket_id = x.ticket_id, metric = x.metric, sequence = x.sequence, cycle = x.cycle, clock_state = x.clock_state,
    due_at = x.due_at, breached_at = x.breached_at, announced_cycle = x.announced_cycle,
    announced_sequence = x.announced_sequence, announced_from = x.announced_from, transitions = x.transitions,
    escalation_policy_id = x.escalation_policy_id, escalation_policy_version = x.escalation_policy_version,
    cursor = x.cursor, last_level_at = x.last_level_at, last_deadline = x.last_deadline, climbs_from = x.climbs_from,
    handled_sequence = x.handled_sequence, escalation_id = x.escalation_id, wake_at = x.wake_at
  from ${caseRows.from(1, 'x')} where c.tenant_id = x.tenant_id and c.id = x.id`

function toRow ({ tenantId, id, ticketId, metric, state, wakeAt }: CaseRow) {
  const { clock, policy, cursor, lastLevelAt, lastDeadline, climbsFrom, handledSequence, escalation } = state
  return {
    tenant_id: tenantId,
    id,
    ticket_id: ticketId,
    metric,
    sequence: clock.sequence,
    cycle: clock.cycle,
    clock_state: clock.state,
    due_at: clock.dueAt,
    breached_at: clock.breachedAt,
    announced_cycle: clock.announced?.cycle ?? 0,
    announced_sequence: clock.announced?.sequence ?? 0,
    announced_from: clock.announced?.from ?? null,
    transitions: clock.transitions.map(({ sequence, at, running, over }) =>
      over ? [sequence, at, running, over] : [sequence, at, running]
    ),
    escalation_policy_id: policy?.id ?? null,
    escalation_policy_version: policy?.version ?? null,
    cursor,
    last_level_at: lastLevelAt,
    last_deadline: lastDeadline,
    climbs_from: climbsFrom,
    handled_sequence: handledSequence,
    escalation_id: escalation?.id ?? null,
    wake_at: wakeAt
  }
}

/** Another consumer wrote a case that this one had found missing; the batch has to be handled again. */
export class CaseRace extends Error {
  override readonly name = 'CaseRace'
}

/**
 * Adds cases that `loadCases` did not find; they are locked from then on.
 * @throws CaseRace when one of them has come to exist meanwhile
 */
export async function insertCases (tx: Tx, cases: readonly CaseRow[]): Promise<void> {
  if (cases.length === 0) return
  const { rowCount } = await tx.$client.query({
    name: 'case-insert',
    text: insertSql,
    values: caseRows.values(cases.map(toRow))
  })
  if (rowCount !== cases.length) throw new CaseRace('a case was written by someone else')
}

/** Writes back cases that `loadCases` has locked. */
export async function updateCases (tx: Tx, cases: readonly CaseRow[]): Promise<void> {
  if (cases.length === 0) return
  await tx.$client.query({ name: 'case-update', text: updateSql, values: caseRows.values(cases.map(toRow)) })
}

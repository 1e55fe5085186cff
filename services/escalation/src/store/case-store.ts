import type { Micros } from '@dueline/business-time'
import type { Metric, TicketSummary } from '@dueline/contracts'
import { readInstant, tableRows, type Tx } from '@dueline/postgres'
import type { Announcement, CaseState, EscalationState } from '../domain/case.ts'
import { pinnedPreset, type Level, type PinnedEscalationPolicy } from '../domain/escalation-policy.ts'
import { cases } from './tables.ts'

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

const rows = tableRows(cases)
type Case = typeof cases.$inferSelect

/** What a case is read with: its policy, its escalation and its ticket. */
interface Joined {
  readonly escalation_policy_name: string | null
  readonly levels: Level[] | null
  readonly state: EscalationState | null
  readonly level: number | null
  readonly opened_at: string | null
  readonly escalation_version: number | null
  readonly summary: TicketSummary | null
}

const loadSql = `
  select ${rows.columns('c.')}, v.name as escalation_policy_name, v.levels, e.state, e.level, e.opened_at,
    e.version as escalation_version, t.summary
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
  const found = await tx.$client.query<Joined>({ name: 'case-load', text: loadSql, values: columnsOfKeys(keys) })
  return new Map(found.rows.map((row) => toCase(rows.read({ ...row }), row)).map((one) => [keyOf(one), one]))
}

function toEscalationPolicy (
  { escalationPolicyId: id, escalationPolicyVersion: version }: Case,
  { escalation_policy_name: name, levels }: Joined
): PinnedEscalationPolicy | null {
  if (version === null) return null
  return id === null || name === null || levels === null ? pinnedPreset : { id, version, name, levels }
}

/** A case of a former release has the cycle alone: its levels go on counting from where its breach stands. */
function toAnnouncement ({ announcedFrom, announcedCycle, announcedSequence, breachedAt }: Case): Announcement | null {
  const from = announcedFrom ?? breachedAt
  return announcedCycle === 0 || from === null
    ? null
    : { sequence: announcedSequence, cycle: announcedCycle, from }
}

function toCase (row: Case, joined: Joined): StoredCase {
  const { tenantId, id, ticketId, metric, wakeAt, escalationId } = row
  const { state, level, opened_at: openedAt, escalation_version: version, summary } = joined
  return {
    tenantId,
    id,
    ticketId,
    metric,
    wakeAt,
    ticket: summary,
    state: {
      clock: {
        sequence: row.sequence,
        cycle: row.cycle,
        state: row.clockState,
        dueAt: row.dueAt,
        breachedAt: row.breachedAt,
        announced: toAnnouncement(row),
        transitions: row.transitions.map(([sequence, at, running, over = false]) => ({ sequence, at, running, over }))
      },
      policy: toEscalationPolicy(row, joined),
      cursor: row.cursor,
      lastLevelAt: row.lastLevelAt,
      lastDeadline: row.lastDeadline,
      climbsFrom: row.climbsFrom,
      handledSequence: row.handledSequence,
      escalation: escalationId === null || state === null || level === null || openedAt === null || version === null
        ? null
        : { id: escalationId, state, level, openedAt: readInstant(openedAt), version }
    }
  }
}

const insertSql = `
  insert into escalation_case (${rows.columns()})
  select ${rows.columns()} from ${rows.from(1, 'x')} order by ${rows.key()}
  on conflict do nothing`
const updateSql = `
  update escalation_case c set ${rows.assignments('x')}
  from ${rows.from(1, 'x')} where c.tenant_id = x.tenant_id and c.id = x.id`

function toRow ({ tenantId, id, ticketId, metric, state, wakeAt }: CaseRow): Case {
  const { clock, policy, cursor, lastLevelAt, lastDeadline, climbsFrom, handledSequence, escalation } = state
  return {
    tenantId,
    id,
    ticketId,
    metric,
    sequence: clock.sequence,
    cycle: clock.cycle,
    clockState: clock.state,
    dueAt: clock.dueAt,
    breachedAt: clock.breachedAt,
    announcedCycle: clock.announced?.cycle ?? 0,
    announcedSequence: clock.announced?.sequence ?? 0,
    announcedFrom: clock.announced?.from ?? null,
    transitions: clock.transitions.map(({ sequence, at, running, over }) =>
      over ? [sequence, at, running, over] : [sequence, at, running]
    ),
    escalationPolicyId: policy?.id ?? null,
    escalationPolicyVersion: policy?.version ?? null,
    cursor,
    lastLevelAt,
    lastDeadline,
    climbsFrom,
    handledSequence,
    escalationId: escalation?.id ?? null,
    wakeAt
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
export async function insertCases (tx: Tx, added: readonly CaseRow[]): Promise<void> {
  if (added.length === 0) return
  const { rowCount } = await tx.$client.query({
    name: 'case-insert',
    text: insertSql,
    values: rows.values(added.map(toRow))
  })
  if (rowCount !== added.length) throw new CaseRace('a case was written by someone else')
}

/** Writes back cases that `loadCases` has locked. */
export async function updateCases (tx: Tx, changed: readonly CaseRow[]): Promise<void> {
  if (changed.length === 0) return
  await tx.$client.query({ name: 'case-update', text: updateSql, values: rows.values(changed.map(toRow)) })
}

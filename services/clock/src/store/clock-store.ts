import { instantParam, jsonArrayParam, readInstant, rowParams, type Read, type Tx } from '@dueline/postgres'
import type { Micros } from '@dueline/business-time'
import type { ClockState, Metric, PauseReason, AgreementKind } from '@dueline/contracts'
import type { FiredMark, PlannedMark, StoredClock } from '../domain/difference.ts'
import type { RecordedOnly } from '../domain/recorded-only.ts'
import { byTicket, keyParams, type TicketKey } from './keys.ts'

/** A clock with the ticket it belongs to. */
export type ClockRecord = StoredClock & TicketKey

interface ClockRow {
  tenant_id: string
  ticket_id: string
  id: string
  kind: AgreementKind
  metric: Metric
  cycle: number
  state: ClockState
  paused_for: PauseReason[]
  target: string
  extended: string
  consumed_before: string
  running_since: string | null
  due_at: string | null
  started_at: string
  stopped_at: string | null
  pause_ends_at: string | null
  warned_at: string | null
  breached_at: string | null
  agreement_id: string
  policy_version: number
  calendar_id: string | null
  calendar_version: number
  escalation_policy_id: string | null
  planned: PlannedMark[]
  withdrawals: number
  voided: boolean
  sequence: number
}

const clockRows = rowParams<keyof ClockRow>({
  tenant_id: 'text',
  ticket_id: 'uuid',
  id: 'uuid',
  kind: 'text',
  metric: 'text',
  cycle: 'integer',
  state: 'text',
  paused_for: 'jsonb',
  target: 'bigint',
  extended: 'bigint',
  consumed_before: 'bigint',
  running_since: 'instant',
  due_at: 'instant',
  started_at: 'instant',
  stopped_at: 'instant',
  pause_ends_at: 'instant',
  warned_at: 'instant',
  breached_at: 'instant',
  agreement_id: 'uuid',
  policy_version: 'integer',
  calendar_id: 'uuid',
  calendar_version: 'integer',
  escalation_policy_id: 'uuid',
  planned: 'jsonb',
  withdrawals: 'integer',
  voided: 'boolean',
  sequence: 'integer'
})
const columns = clockRows.columns()

/** Reads a row of table clock, all columns as Postgres gives them. */
function clockOf (row: ClockRow): ClockRecord {
  return {
    tenantId: row.tenant_id,
    ticketId: row.ticket_id,
    id: row.id,
    kind: row.kind,
    metric: row.metric,
    cycle: row.cycle,
    state: row.state,
    pausedFor: row.paused_for,
    target: Number(row.target),
    extended: Number(row.extended),
    consumedBefore: Number(row.consumed_before),
    runningSince: maybe(row.running_since),
    dueAt: maybe(row.due_at),
    startedAt: readInstant(row.started_at),
    stoppedAt: maybe(row.stopped_at),
    pauseEndsAt: maybe(row.pause_ends_at),
    warnedAt: maybe(row.warned_at),
    breachedAt: maybe(row.breached_at),
    agreementId: row.agreement_id,
    policyVersion: row.policy_version,
    calendar: { id: row.calendar_id, version: row.calendar_version },
    escalationPolicyId: row.escalation_policy_id,
    planned: row.planned,
    withdrawals: row.withdrawals,
    voided: row.voided,
    sequence: row.sequence
  }
}

function rowOf (clock: ClockRecord): Record<keyof ClockRow, unknown> {
  return {
    tenant_id: clock.tenantId,
    ticket_id: clock.ticketId,
    id: clock.id,
    kind: clock.kind,
    metric: clock.metric,
    cycle: clock.cycle,
    state: clock.state,
    paused_for: clock.pausedFor,
    target: clock.target,
    extended: clock.extended,
    consumed_before: clock.consumedBefore,
    running_since: clock.runningSince,
    due_at: clock.dueAt,
    started_at: clock.startedAt,
    stopped_at: clock.stoppedAt,
    pause_ends_at: clock.pauseEndsAt,
    warned_at: clock.warnedAt,
    breached_at: clock.breachedAt,
    agreement_id: clock.agreementId,
    policy_version: clock.policyVersion,
    calendar_id: clock.calendar.id,
    calendar_version: clock.calendar.version,
    escalation_policy_id: clock.escalationPolicyId,
    planned: clock.planned,
    withdrawals: clock.withdrawals,
    voided: clock.voided,
    sequence: clock.sequence
  }
}

function maybe (instant: string | null): Micros | null {
  return instant === null ? null : readInstant(instant)
}

function text (instant: Micros | null): string | null {
  return instant === null ? null : instantParam(instant)
}

/** All clocks of tickets, voided ones too, by `textOf`. */
export async function readClocks (db: Read, keys: readonly TicketKey[]): Promise<Map<string, ClockRecord[]>> {
  const { rows } = await db.$client.query<ClockRow>({
    name: 'clock-read',
    text: `select ${columns} from unnest($1::text[], $2::uuid[]) as k(tenant_id, ticket_id)
      join clock c using (tenant_id, ticket_id)`,
    values: keyParams(keys)
  })
  return byTicket(rows.map(clockOf))
}

/** One clock; undefined when there is none, or the history no longer has it. */
export async function readClock (db: Read, tenantId: string, id: string): Promise<ClockRecord | undefined> {
  const { rows: [row] } = await db.$client.query<ClockRow>({
    name: 'clock-read-one',
    text: `select ${columns} from clock c where c.tenant_id = $1 and c.id = $2 and not c.voided`,
    values: [tenantId, id]
  })
  return row === undefined ? undefined : clockOf(row)
}

/** Inserts or overwrites clocks of locked cases. */
export async function saveClocks (tx: Tx, clocks: readonly ClockRecord[]): Promise<void> {
  if (clocks.length === 0) return
  await tx.$client.query({
    name: 'clock-save',
    text: `insert into clock (${columns}) select ${columns} from ${clockRows.from(1, 'r')}
           on conflict (tenant_id, id) do update set
             state = excluded.state, paused_for = excluded.paused_for, target = excluded.target,
             extended = excluded.extended, consumed_before = excluded.consumed_before,
             running_since = excluded.running_since, due_at = excluded.due_at, started_at = excluded.started_at,
             stopped_at = excluded.stopped_at, pause_ends_at = excluded.pause_ends_at,
             warned_at = excluded.warned_at, breached_at = excluded.breached_at,
             agreement_id = excluded.agreement_id, policy_version = excluded.policy_version,
             calendar_id = excluded.calendar_id, calendar_version = excluded.calendar_version,
             escalation_policy_id = excluded.escalation_policy_id, planned = excluded.planned,
             withdrawals = excluded.withdrawals, voided = excluded.voided, sequence = excluded.sequence`,
    values: clockRows.values(clocks.map(rowOf))
  })
}

/** Writes what passing time alone changes, of clocks that exist. */
export async function saveMarked (tx: Tx, clocks: readonly ClockRecord[]): Promise<void> {
  if (clocks.length === 0) return
  await tx.$client.query({
    name: 'clock-save-marked',
    text: `update clock c
             set planned = r.planned, warned_at = r.warned_at, breached_at = r.breached_at, sequence = r.sequence
           from unnest($1::text[], $2::uuid[], $3::jsonb[], $4::timestamptz[], $5::timestamptz[], $6::int[])
             as r(tenant_id, id, planned, warned_at, breached_at, sequence)
           where c.tenant_id = r.tenant_id and c.id = r.id`,
    values: [
      clocks.map(({ tenantId }) => tenantId),
      clocks.map(({ id }) => id),
      jsonArrayParam(clocks.map(({ planned }) => JSON.stringify(planned))),
      clocks.map(({ warnedAt }) => text(warnedAt)),
      clocks.map(({ breachedAt }) => text(breachedAt)),
      clocks.map(({ sequence }) => sequence)
    ]
  })
}

/** The marks that were recorded of clocks, by clock id. */
export async function readMarks (db: Read, clocks: readonly ClockRecord[]): Promise<Map<string, FiredMark[]>> {
  const byClock = new Map<string, FiredMark[]>()
  if (clocks.length === 0) return byClock
  const { rows } = await db.$client.query<
    { clock_id: string, key: string, round: number, at: string, recorded_only: RecordedOnly }
  >({
    name: 'mark-read',
    text: `select m.clock_id, m.key, m.round, m.at, m.recorded_only
      from unnest($1::text[], $2::uuid[]) as k(tenant_id, clock_id)
      join clock_mark m using (tenant_id, clock_id)`,
    values: [clocks.map(({ tenantId }) => tenantId), clocks.map(({ id }) => id)]
  })
  for (const { clock_id: clockId, key, round, at, recorded_only: recordedOnly } of rows) {
    const marks = byClock.get(clockId) ?? []
    marks.push({ clockId, key, round, at: readInstant(at), recordedOnly })
    byClock.set(clockId, marks)
  }
  return byClock
}

/** A mark that is being recorded. */
export interface NewMark extends FiredMark {
  readonly tenantId: string
}

/**
 * Notes marks as recorded. Fails with a unique violation (`clock_mark_once`) when one was recorded before: then nothing
 * of the transaction may stand.
 */
export async function addMarks (tx: Tx, marks: readonly NewMark[], firedAt: Micros): Promise<void> {
  if (marks.length === 0) return
  await tx.$client.query({
    name: 'mark-add',
    text: `insert into clock_mark (tenant_id, clock_id, key, round, at, recorded_only, fired_at)
           select tenant_id, clock_id, key, round, at, recorded_only, $7::timestamptz
           from unnest($1::text[], $2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::text[])
             as m(tenant_id, clock_id, key, round, at, recorded_only)`,
    values: [
      marks.map(({ tenantId }) => tenantId),
      marks.map(({ clockId }) => clockId),
      marks.map(({ key }) => key),
      marks.map(({ round }) => round),
      marks.map(({ at }) => instantParam(at)),
      marks.map(({ recordedOnly }) => recordedOnly),
      instantParam(firedAt)
    ]
  })
}

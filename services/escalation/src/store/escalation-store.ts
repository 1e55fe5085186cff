import type { Micros } from '@dueline/business-time'
import type { Actor } from '@dueline/contracts'
import { instantParam, type Read, type Tx } from '@dueline/postgres'
import { and, asc, desc, eq, lt } from 'drizzle-orm'
import type { EscalationState, Happened } from '../domain/case.ts'
import type { DecidedEvent } from '../domain/decided-event.ts'
import { cases, entries, escalations } from './tables.ts'

/** An escalation as stored, with when its next level is due. */
export type StoredEscalation = typeof escalations.$inferSelect & { readonly nextLevelAt: Micros | null }
/** One line of an escalation's history. */
export type StoredEntry = typeof entries.$inferSelect

const columns = `tenant_id, id, clock_id, ticket_id, metric, cycle, escalation_policy_id, escalation_policy_version,
  escalation_policy_name, level, level_count, state, opened_at, closed_at, acknowledged_by, acknowledged_at, version`
const saveSql = `
  insert into escalation (${columns})
  select ${columns}
  from jsonb_to_recordset($1::jsonb) as x(
    tenant_id text, id uuid, clock_id uuid, ticket_id uuid, metric text, cycle integer, escalation_policy_id uuid,
    escalation_policy_version integer, escalation_policy_name text, level integer, level_count integer, state text,
    opened_at timestamptz, closed_at timestamptz, acknowledged_by jsonb, acknowledged_at timestamptz, version integer)
  order by tenant_id, id
  on conflict (tenant_id, id) do update set level = excluded.level, state = excluded.state, version = excluded.version,
    closed_at = case when excluded.state = 'open' then null else coalesce(escalation.closed_at, excluded.closed_at) end,
    acknowledged_by = coalesce(excluded.acknowledged_by, escalation.acknowledged_by),
    acknowledged_at = coalesce(excluded.acknowledged_at, escalation.acknowledged_at)`

const logSql = `
  insert into escalation_entry (tenant_id, escalation_id, version, kind, at, actor, reason, level, level_name, last,
    superseded, due_at, targets, actions)
  select tenant_id, escalation_id, version, kind, at, actor, reason, level, level_name, last, superseded, due_at,
    targets, actions
  from jsonb_to_recordset($1::jsonb) as x(
    tenant_id text, escalation_id uuid, version integer, kind text, at timestamptz, actor jsonb, reason text,
    level integer, level_name text, last boolean, superseded boolean, due_at timestamptz, targets jsonb, actions jsonb)`

/** Writes what happened to escalations: their newest state, and a line of history each. Their cases are locked. */
export async function saveEscalations (tx: Tx, decidedEvents: readonly DecidedEvent[], now: Micros): Promise<void> {
  if (decidedEvents.length === 0) return
  const newest = new Map(decidedEvents.map((each) => [`${each.tenantId}/${each.event.escalation.id}`, each]))
  const rows = [...newest.values()].map((each) => toRow(each, now))
  await tx.$client.query({ name: 'escalation-save', text: saveSql, values: [JSON.stringify(rows)] })
  const log = decidedEvents.map(({ tenantId, event, actor }) => toEntry(tenantId, event, actor, now))
  await tx.$client.query({ name: 'escalation-log', text: logSql, values: [JSON.stringify(log)] })
}

function toRow (
  { tenantId, clockId, ticketId, metric, cycle, policy, actor, event }: DecidedEvent,
  now: Micros
): object {
  const { id, state, level, openedAt, version } = event.escalation
  const acknowledged = event.kind === 'acknowledged'
  return {
    tenant_id: tenantId,
    id,
    clock_id: clockId,
    ticket_id: ticketId,
    metric,
    cycle,
    escalation_policy_id: policy.id,
    escalation_policy_version: policy.version,
    escalation_policy_name: policy.name,
    level,
    level_count: policy.levels.length,
    state,
    opened_at: instantParam(openedAt),
    closed_at: state === 'open' ? null : instantParam(now),
    acknowledged_by: acknowledged ? actor : null,
    acknowledged_at: acknowledged ? instantParam(now) : null,
    version
  }
}

function toEntry (tenantId: string, event: Happened, actor: Actor, now: Micros): object {
  const line = {
    tenant_id: tenantId,
    escalation_id: event.escalation.id,
    version: event.escalation.version,
    kind: event.kind,
    at: instantParam(now),
    actor,
    reason: event.reason
  }
  if (event.kind !== 'level_reached') return line
  const { number, name, last, superseded, dueAt, targets, actions } = event
  return { ...line, level: number, level_name: name, last, superseded, due_at: instantParam(dueAt), targets, actions }
}

const withNext = { escalation: escalations, nextLevelAt: cases.wakeAt }
const itsCase = and(eq(cases.tenantId, escalations.tenantId), eq(cases.id, escalations.clockId))

function toStored (
  { escalation, nextLevelAt }: { escalation: typeof escalations.$inferSelect, nextLevelAt: Micros | null }
): StoredEscalation {
  return { ...escalation, nextLevelAt: escalation.state === 'open' ? nextLevelAt : null }
}

/** The tenant's escalation, or undefined. */
export async function findEscalation (read: Read, tenantId: string, id: string): Promise<StoredEscalation | undefined> {
  const [row] = await read.select(withNext).from(escalations).leftJoin(cases, itsCase).where(
    and(eq(escalations.tenantId, tenantId), eq(escalations.id, id))
  )
  return row === undefined ? undefined : toStored(row)
}

/** What an escalation went through, oldest first. */
export async function historyOf (read: Read, tenantId: string, id: string): Promise<StoredEntry[]> {
  return await read.select().from(entries).where(and(eq(entries.tenantId, tenantId), eq(entries.escalationId, id)))
    .orderBy(asc(entries.version))
}

/** Filters of a list of escalations; `before` is the id of the last one of the page before. */
export interface EscalationQuery {
  ticketId?: string
  state?: EscalationState
  level?: number
  before?: string
  limit: number
}

/** Up to `limit` of a tenant's escalations, the newest first. */
export async function listEscalations (
  read: Read,
  tenantId: string,
  { ticketId, state, level, before, limit }: EscalationQuery
): Promise<StoredEscalation[]> {
  const rows = await read.select(withNext).from(escalations).leftJoin(cases, itsCase).where(and(
    eq(escalations.tenantId, tenantId),
    ticketId === undefined ? undefined : eq(escalations.ticketId, ticketId),
    state === undefined ? undefined : eq(escalations.state, state),
    level === undefined ? undefined : eq(escalations.level, level),
    before === undefined ? undefined : lt(escalations.id, before)
  )).orderBy(desc(escalations.id)).limit(limit)
  return rows.map(toStored)
}

import type { Micros } from '@dueline/business-time'
import type { PromiseKind } from '@dueline/contracts'
import { instantParam, readInstant, type Read, type Tx } from '@dueline/postgres'
import type { Held } from '../domain/decide.ts'
import type { Terms } from '../domain/policy.ts'
import type { Resolution } from '../domain/resolve.ts'
import { ticketKey, type TicketKey } from './ticket-store.ts'

/** One promise as stored. `endedBy` says whether another one replaced it or nothing did. */
export interface AgreementRecord {
  readonly tenantId: string
  readonly id: string
  readonly ticketId: string
  readonly kind: PromiseKind
  readonly version: number
  readonly ticketVersion: number
  readonly origin: Resolution['origin']
  readonly rowId: string | null
  readonly rowName: string
  readonly policyVersion: number
  readonly calendarVersion: number
  readonly terms: Terms
  readonly madeAt: Micros
  readonly endedAt: Micros | null
  readonly endedBy: 'changed' | 'withdrawn' | null
}

/** The end of one promise. */
export interface AgreementEnd { readonly tenantId: string, readonly id: string, readonly endedAt: Micros, readonly endedBy: 'changed' | 'withdrawn' }

interface Row {
  tenant_id: string, id: string, ticket_id: string, kind: string, version: number, ticket_version: number, origin: string,
  row_id: string | null, row_name: string, policy_version: number, calendar_id: string | null, calendar_version: number,
  terms: Omit<Terms, 'calendarId'>, made_at: string, ended_at: string | null, ended_by: string | null
}

const columns = `tenant_id, id, ticket_id, kind, version, ticket_version, origin, row_id, row_name, policy_version, calendar_id, calendar_version,
  terms, made_at, ended_at, ended_by`

/** The newest word per kind on each of these tickets, by `ticketKey`. The caller holds the tickets' row locks. */
export async function heldAgreements (tx: Tx, tickets: readonly TicketKey[]): Promise<Map<string, Held[]>> {
  const held = new Map<string, Held[]>()
  if (tickets.length === 0) return held
  const { rows } = await tx.$client.query<Row>({
    name: 'agreement-held',
    text: `select distinct on (tenant_id, ticket_id, kind) ${columns} from agreement
           where (tenant_id, ticket_id) in (select * from unnest($1::text[], $2::uuid[])) order by tenant_id, ticket_id, kind, version desc`,
    values: [tickets.map((key) => key.tenantId), tickets.map((key) => key.id)]
  })
  for (const row of rows) {
    const key = ticketKey({ tenantId: row.tenant_id, id: row.ticket_id })
    const record = recordOf(row)
    const list = held.get(key) ?? []
    // a withdrawal used the version after the promise that it ended
    list.push(record.endedBy === 'withdrawn' ? { kind: record.kind, version: record.version + 1, agreement: null } : { kind: record.kind, version: record.version, agreement: record })
    held.set(key, list)
  }
  return held
}

/** Writes new promises; those they replace must have been ended before. */
export async function insertAgreements (tx: Tx, agreements: readonly AgreementRecord[]): Promise<void> {
  if (agreements.length === 0) return
  await tx.$client.query({
    name: 'agreement-insert',
    text: `insert into agreement (${columns}) select ${columns} from jsonb_to_recordset($1::jsonb) as x(
             tenant_id text, id uuid, ticket_id uuid, kind text, version integer, ticket_version integer, origin text, row_id uuid, row_name text,
             policy_version integer, calendar_id uuid, calendar_version integer, terms jsonb, made_at timestamptz, ended_at timestamptz, ended_by text)`,
    values: [JSON.stringify(agreements.map(rowOf))]
  })
}

export async function endAgreements (tx: Tx, ends: readonly AgreementEnd[]): Promise<void> {
  if (ends.length === 0) return
  await tx.$client.query({
    name: 'agreement-end',
    text: `update agreement a set ended_at = x.ended_at, ended_by = x.ended_by
           from unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::text[]) as x(tenant_id, id, ended_at, ended_by)
           where a.tenant_id = x.tenant_id and a.id = x.id`,
    values: [ends.map((end) => end.tenantId), ends.map((end) => end.id), ends.map((end) => instantParam(end.endedAt)), ends.map((end) => end.endedBy)]
  })
}

/** All promises of a ticket, newest version first within a kind, kinds in alphabetical order; at most `limit` after the given one. */
export async function listAgreements (read: Read, tenantId: string, ticketId: string, after: { kind: string, version: number } | null, limit: number): Promise<AgreementRecord[]> {
  const { rows } = await read.$client.query<Row>(
    `select ${columns} from agreement where tenant_id = $1 and ticket_id = $2
     and ($3::text is null or kind > $3 or (kind = $3 and version < $4)) order by kind, version desc limit $5`,
    [tenantId, ticketId, after?.kind ?? null, after?.version ?? null, limit])
  return rows.map(recordOf)
}

function rowOf (agreement: AgreementRecord): Row {
  const { targets, reminders, pauseRules, ladderId, reopen, nextResponse = 'after_first', effect } = agreement.terms
  return {
    tenant_id: agreement.tenantId,
    id: agreement.id,
    ticket_id: agreement.ticketId,
    kind: agreement.kind,
    version: agreement.version,
    ticket_version: agreement.ticketVersion,
    origin: agreement.origin,
    row_id: agreement.rowId,
    row_name: agreement.rowName,
    policy_version: agreement.policyVersion,
    calendar_id: agreement.terms.calendarId,
    calendar_version: agreement.calendarVersion,
    terms: { targets, reminders, pauseRules, ladderId, reopen, nextResponse, effect },
    made_at: instantParam(agreement.madeAt),
    ended_at: agreement.endedAt === null ? null : instantParam(agreement.endedAt),
    ended_by: agreement.endedBy
  }
}

function recordOf (row: Row): AgreementRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    ticketId: row.ticket_id,
    kind: row.kind as PromiseKind,
    version: row.version,
    ticketVersion: row.ticket_version,
    origin: row.origin as Resolution['origin'],
    rowId: row.row_id,
    rowName: row.row_name,
    policyVersion: row.policy_version,
    calendarVersion: row.calendar_version,
    terms: { ...row.terms, calendarId: row.calendar_id },
    madeAt: readInstant(row.made_at),
    endedAt: row.ended_at === null ? null : readInstant(row.ended_at),
    endedBy: row.ended_by as AgreementRecord['endedBy']
  }
}

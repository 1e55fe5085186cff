import type { AgreementKind } from '@dueline/contracts'
import { instantParam, tableRows, type Read, type Tx } from '@dueline/postgres'
import type { StoredEntry } from '../domain/agreement-changes.ts'
import type { Agreed } from '../domain/agreements.ts'
import type { Terms } from '../domain/policy.ts'
import { agreement } from './tables.ts'
import { ticketKey, type TicketKey } from './ticket-store.ts'

/** An agreement of a ticket, past or present, as stored. */
export interface AgreementRecord extends StoredEntry {
  readonly tenantId: string
  readonly ticketId: string
}
/** One with terms. */
export type PromisingRecord = AgreementRecord & { readonly agreed: Agreed }

const rows = tableRows(agreement)
const columns = rows.columns()

/**
 * All entries of these tickets by `ticketKey`, each kind's in the order in which they hold. The caller holds the
 * tickets' row locks.
 */
export async function readAgreements (tx: Tx, tickets: readonly TicketKey[]): Promise<Map<string, AgreementRecord[]>> {
  const byTicket = new Map<string, AgreementRecord[]>()
  if (tickets.length === 0) return byTicket
  const found = await tx.$client.query({
    name: 'agreement-read',
    text: `select ${columns} from agreement
           where (tenant_id, ticket_id) in (select * from unnest($1::text[], $2::uuid[]))
           order by tenant_id, ticket_id, kind, ticket_version, policy_version, version`,
    values: keyParams(tickets)
  })
  for (const record of found.rows.map(recordOf)) {
    const key = ticketKey({ tenantId: record.tenantId, id: record.ticketId })
    const list = byTicket.get(key)
    if (list === undefined) byTicket.set(key, [record])
    else list.push(record)
  }
  return byTicket
}

/** Writes new entries; those that they replace must have been deleted or altered before. */
export async function insertAgreements (tx: Tx, agreements: readonly AgreementRecord[]): Promise<void> {
  if (agreements.length === 0) return
  await tx.$client.query({
    name: 'agreement-insert',
    text: `insert into agreement (${columns}) select ${columns} from ${rows.from(1, 'x')}`,
    values: rows.values(agreements.map(rowOf))
  })
}

/** Writes what an entry that stays may change: its version, its ticket version and its end. */
export async function alterAgreements (tx: Tx, agreements: readonly AgreementRecord[]): Promise<void> {
  if (agreements.length === 0) return
  await tx.$client.query({
    name: 'agreement-alter',
    text: `update agreement a
           set version = x.version, ticket_version = x.ticket_version, ended_at = x.ended_at, ended_by = x.ended_by
           from unnest($1::text[], $2::uuid[], $3::integer[], $4::integer[], $5::timestamptz[], $6::text[])
             as x(tenant_id, id, version, ticket_version, ended_at, ended_by)
           where a.tenant_id = x.tenant_id and a.id = x.id`,
    values: [
      ...keyParams(agreements),
      agreements.map(({ version }) => version),
      agreements.map(({ ticketVersion }) => ticketVersion),
      agreements.map(({ endedAt }) => endedAt === null ? null : instantParam(endedAt)),
      agreements.map(({ endedBy }) => endedBy)
    ]
  })
}

/** Deletes entries that turned out never to have held; what was announced of them is in the log. */
export async function deleteAgreements (tx: Tx, keys: readonly TicketKey[]): Promise<void> {
  if (keys.length === 0) return
  await tx.$client.query({
    name: 'agreement-delete',
    text: 'delete from agreement where (tenant_id, id) in (select * from unnest($1::text[], $2::uuid[]))',
    values: keyParams(keys)
  })
}

/** Where a list of agreements goes on: after this entry. */
export interface AgreementPosition {
  readonly kind: AgreementKind
  readonly ticketVersion: number
  readonly policyVersion: number
  readonly version: number
}

/**
 * All agreements of a ticket, kinds in alphabetical order, the one that holds last first; at most `limit` after the
 * given one.
 */
export async function listAgreements (
  read: Read,
  tenantId: string,
  ticketId: string,
  after: AgreementPosition | null,
  limit: number
): Promise<PromisingRecord[]> {
  const found = await read.$client.query(
    `select ${columns} from agreement where tenant_id = $1 and ticket_id = $2 and terms is not null
     and ($3::text is null or kind > $3 or (kind = $3 and (ticket_version, policy_version, version) < ($4, $5, $6)))
     order by kind, ticket_version desc, policy_version desc, version desc limit $7`,
    [
      tenantId,
      ticketId,
      after?.kind ?? null,
      after?.ticketVersion ?? null,
      after?.policyVersion ?? null,
      after?.version ?? null,
      limit
    ]
  )
  return found.rows.map((row) => recordOf(row) as PromisingRecord)
}

function keyParams (keys: readonly TicketKey[]): [string[], string[]] {
  return [keys.map(({ tenantId }) => tenantId), keys.map(({ id }) => id)]
}

function rowOf ({ agreed, ...entry }: AgreementRecord): typeof agreement.$inferInsert {
  return {
    ...entry,
    origin: agreed?.origin ?? null,
    rowId: agreed?.rowId ?? null,
    rowName: agreed?.rowName ?? null,
    calendarId: agreed?.terms.calendarId ?? null,
    calendarVersion: agreed?.calendarVersion ?? null,
    terms: agreed === null ? null : termsRowOf(agreed.terms)
  }
}

function termsRowOf (
  { targets, reminders, pauseRules, escalationPolicyId, reopen, nextResponse = 'after_first', effect }: Terms
): Omit<Terms, 'calendarId'> {
  return { targets, reminders, pauseRules, escalationPolicyId, reopen, nextResponse, effect }
}

function recordOf (row: Record<string, unknown>): AgreementRecord {
  const { origin, rowId, rowName, calendarId, calendarVersion, terms, ...entry } = rows.read(row)
  return {
    ...entry,
    agreed: terms === null
      ? null
      : {
        origin: origin!,
        rowId,
        rowName: rowName!,
        calendarVersion: calendarVersion!,
        terms: { ...terms, calendarId }
      }
  }
}

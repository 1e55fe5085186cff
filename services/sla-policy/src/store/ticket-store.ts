import type { Micros } from '@dueline/business-time'
import type { TicketSnapshot, TicketSummary } from '@dueline/contracts'
import { tableRows, type Tx } from '@dueline/postgres'
import type { TicketHistory } from '../domain/ticket-history.ts'
import { ticket } from './tables.ts'

/** This service's copy of a ticket, with the policy version its agreements are made under. */
export interface TicketRecord extends Omit<TicketSnapshot, 'createdAt' | 'teamId' | 'reopenCount'> {
  readonly tenantId: string
  readonly createdAt: Micros
  readonly policyVersion: number
  /** null: an older release has written the ticket last, and kept none. */
  readonly history: TicketHistory | null
}

export interface TicketKey {
  readonly tenantId: string
  readonly id: string
}

const rows = tableRows(ticket)
const columns = rows.columns()
/** History is only written where it says something new: it can be much longer than the rest of the row. */
const changes = rows.assignments('x').replace('history = x.history', 'history = coalesce(x.history, t.history)')

/** Statuses in which a publish reaches a ticket; the index `ticket_open` has the same list. */
const openStatuses: readonly string[] = ['new', 'open', 'waiting_on_customer', 'waiting_on_vendor']
const isOpenSql = `status in (${openStatuses.map((status) => `'${status}'`).join()})`

/** Whether a publish reaches a ticket in this status. */
export function isOpen (status: string): boolean {
  return openStatuses.includes(status)
}

/** One string for a ticket of any tenant. */
export function ticketKey ({ tenantId, id }: TicketKey): string {
  return `${tenantId}/${id}`
}

/**
 * Locks and reads the copies that exist, by `ticketKey`; always in the same order, so that two batches cannot block
 * each other.
 */
export async function lockTickets (tx: Tx, keys: readonly TicketKey[]): Promise<Map<string, TicketRecord>> {
  const found = await tx.$client.query({
    name: 'ticket-lock',
    text: `select ${columns} from ticket where (tenant_id, id) in (select * from unnest($1::text[], $2::uuid[]))
           order by tenant_id, id for update`,
    values: [keys.map((key) => key.tenantId), keys.map((key) => key.id)]
  })
  return new Map(found.rows.map(recordOf).map((record) => [ticketKey(record), record]))
}

/**
 * Stores copies of tickets that were not there. Fails with a unique violation when one is: then nothing of the
 * transaction may stand.
 */
export async function insertTickets (tx: Tx, tickets: readonly TicketRecord[]): Promise<void> {
  if (tickets.length === 0) return
  await tx.$client.query({
    name: 'ticket-insert',
    text: `insert into ticket (${columns}) select ${columns} from ${rows.from(1, 'x')} order by ${rows.key()}`,
    values: rows.values(tickets.map((ticket) => rowOf(ticket, true)))
  })
}

/** A locked ticket as it is to be, and whether its runs differ from those that are stored. */
export interface TicketUpdate {
  readonly ticket: TicketRecord
  readonly runsChanged: boolean
}

/** Overwrites copies whose rows the caller has locked. */
export async function updateTickets (tx: Tx, updates: readonly TicketUpdate[]): Promise<void> {
  if (updates.length === 0) return
  await tx.$client.query({
    name: 'ticket-update',
    text: `update ticket t set ${changes} from ${rows.from(1, 'x')} where t.tenant_id = x.tenant_id and t.id = x.id`,
    values: rows.values(updates.map(({ ticket, runsChanged }) => rowOf(ticket, runsChanged)))
  })
}

/** Locks and reads the next open tickets, by id, that stand under an older policy version. */
export async function lockOpenTicketsBefore (
  tx: Tx,
  tenantId: string,
  policyVersion: number,
  afterId: string | null,
  limit: number
): Promise<TicketRecord[]> {
  const found = await tx.$client.query({
    name: 'ticket-lock-open',
    text: `select ${columns} from ticket where tenant_id = $1 and ${isOpenSql} and policy_version < $2
           and ($3::uuid is null or id > $3) order by id limit $4 for update`,
    values: [tenantId, policyVersion, afterId, limit]
  })
  return found.rows.map(recordOf)
}

/** The next open tickets of a tenant by id, for looking only. */
export async function readOpenTickets (
  tx: Tx,
  tenantId: string,
  afterId: string | null,
  limit: number
): Promise<TicketRecord[]> {
  const found = await tx.$client.query(
    `select ${columns} from ticket
     where tenant_id = $1 and ${isOpenSql} and ($2::uuid is null or id > $2) order by id limit $3`,
    [tenantId, afterId, limit]
  )
  return found.rows.map(recordOf)
}

/** Notes the policy versions that tickets, locked by the caller, are under. */
export async function pinTickets (tx: Tx, tickets: readonly TicketRecord[]): Promise<void> {
  if (tickets.length === 0) return
  await tx.$client.query({
    name: 'ticket-pin',
    text: `update ticket t set policy_version = x.policy_version
           from unnest($1::text[], $2::uuid[], $3::integer[]) as x(tenant_id, id, policy_version)
           where t.tenant_id = x.tenant_id and t.id = x.id`,
    values: [
      tickets.map(({ tenantId }) => tenantId),
      tickets.map(({ id }) => id),
      tickets.map(({ policyVersion }) => policyVersion)
    ]
  })
}

/** What agreement events say about the ticket. */
export function summaryOf (ticket: TicketRecord): TicketSummary {
  const { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId } = ticket
  return { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId }
}

/** Without its runs when those in the table are to stay. */
function rowOf ({ history, ...record }: TicketRecord, withRuns: boolean): typeof ticket.$inferInsert {
  return {
    ...record,
    history: withRuns ? history?.runs ?? null : null,
    historyVersion: history === null ? 0 : record.version,
    pinnedAt: history?.pinnedAt ?? null,
    basePolicyVersion: history?.basePolicyVersion ?? null,
    finalVersion: history?.finalVersion ?? 0
  }
}

function recordOf (row: Record<string, unknown>): TicketRecord {
  const { history, historyVersion, pinnedAt, basePolicyVersion, finalVersion, ...record } = rows.read(row)
  const { version } = record
  if (history === null || historyVersion !== version || pinnedAt === null || basePolicyVersion === null) {
    return { ...record, history: null }
  }
  // the last run goes on as long as nothing is written: it reaches to the newest version
  const runs = history.map((run, index) => index === history.length - 1 ? { ...run, to: version } : run)
  return { ...record, history: { runs, pinnedAt, basePolicyVersion, finalVersion } }
}

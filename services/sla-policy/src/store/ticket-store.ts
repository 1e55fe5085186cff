import type { Micros } from '@dueline/business-time'
import type { TicketSnapshot, TicketSummary } from '@dueline/contracts'
import { readInstant, rowParams, type Tx } from '@dueline/postgres'
import type { Run, TicketHistory } from '../domain/ticket-history.ts'

/** This service's copy of a ticket, with the policy version it is promised under. */
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

interface Row {
  tenant_id: string
  id: string
  version: number
  number: string
  subject: string
  type: string
  status: string
  priority: string
  severity: string
  product_id: string | null
  module_id: string | null
  question_id: string | null
  customer_id: string
  assignee_id: string | null
  channel: string
  importing: boolean
  created_at: string
  policy_version: number
  history: readonly Run[] | null
  heard_version: number
  pinned_at: string | null
  base_policy_version: number | null
  final_version: number
}

const columns =
  `tenant_id, id, version, number, subject, type, status, priority, severity, product_id, module_id, question_id,
  customer_id, assignee_id, channel, importing, created_at, policy_version,
  history, heard_version, pinned_at, base_policy_version, final_version`

/** What a copy may change later. */
const changing = {
  version: 'integer',
  number: 'text',
  subject: 'text',
  type: 'text',
  status: 'text',
  priority: 'text',
  severity: 'text',
  product_id: 'uuid',
  module_id: 'uuid',
  question_id: 'uuid',
  customer_id: 'uuid',
  assignee_id: 'uuid',
  channel: 'text',
  importing: 'boolean',
  policy_version: 'integer',
  history: 'jsonb',
  heard_version: 'integer',
  pinned_at: 'instant',
  base_policy_version: 'integer',
  final_version: 'integer'
} as const
const ticketRows = rowParams<keyof Row>({ tenant_id: 'text', id: 'uuid', created_at: 'instant', ...changing })
/** History is only written where it says something new: it can be much longer than the rest of the row. */
const changes = Object.keys(changing)
  .map((name) => name === 'history' ? 'history = coalesce(x.history, t.history)' : `${name} = x.${name}`).join()

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
  const { rows } = await tx.$client.query<Row>({
    name: 'ticket-lock',
    text: `select ${columns} from ticket where (tenant_id, id) in (select * from unnest($1::text[], $2::uuid[]))
           order by tenant_id, id for update`,
    values: [keys.map((key) => key.tenantId), keys.map((key) => key.id)]
  })
  return new Map(rows.map((row) => [ticketKey({ tenantId: row.tenant_id, id: row.id }), recordOf(row)]))
}

/**
 * Stores copies of tickets that were not there. Fails with a unique violation when one is: then nothing of the
 * transaction may stand.
 */
export async function insertTickets (tx: Tx, tickets: readonly TicketRecord[]): Promise<void> {
  if (tickets.length === 0) return
  await tx.$client.query({
    name: 'ticket-insert',
    text: `insert into ticket (${columns}) select ${columns} from ${ticketRows.from(1, 'x')} order by tenant_id, id`,
    values: ticketRows.values(tickets.map((ticket) => rowOf(ticket, true)))
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
    text: `update ticket t set ${changes} from ${
      ticketRows.from(1, 'x')
    } where t.tenant_id = x.tenant_id and t.id = x.id`,
    values: ticketRows.values(updates.map(({ ticket, runsChanged }) => rowOf(ticket, runsChanged)))
  })
}

/** Locks and reads the next open tickets, by id, that are promised under an older policy version. */
export async function lockOpenTicketsBefore (
  tx: Tx,
  tenantId: string,
  policyVersion: number,
  afterId: string | null,
  limit: number
): Promise<TicketRecord[]> {
  const { rows } = await tx.$client.query<Row>({
    name: 'ticket-lock-open',
    text: `select ${columns} from ticket where tenant_id = $1 and ${isOpenSql} and policy_version < $2
           and ($3::uuid is null or id > $3) order by id limit $4 for update`,
    values: [tenantId, policyVersion, afterId, limit]
  })
  return rows.map(recordOf)
}

/** The next open tickets of a tenant by id, for looking only. */
export async function readOpenTickets (
  tx: Tx,
  tenantId: string,
  afterId: string | null,
  limit: number
): Promise<TicketRecord[]> {
  const { rows } = await tx.$client.query<Row>(
    `select ${columns} from ticket
     where tenant_id = $1 and ${isOpenSql} and ($2::uuid is null or id > $2) order by id limit $3`,
    [tenantId, afterId, limit]
  )
  return rows.map(recordOf)
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

/** What agreement events tell of the ticket. */
export function summaryOf (ticket: TicketRecord): TicketSummary {
  const { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId } = ticket
  return { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId }
}

/** Without its runs when those in the table are to stay. */
function rowOf (ticket: TicketRecord, withRuns: boolean): Record<keyof Row, unknown> {
  const { history } = ticket
  return {
    tenant_id: ticket.tenantId,
    id: ticket.id,
    version: ticket.version,
    number: ticket.number,
    subject: ticket.subject,
    type: ticket.type,
    status: ticket.status,
    priority: ticket.priority,
    severity: ticket.severity,
    product_id: ticket.productId,
    module_id: ticket.moduleId,
    question_id: ticket.questionId,
    customer_id: ticket.customerId,
    assignee_id: ticket.assigneeId,
    channel: ticket.channel,
    importing: ticket.importing,
    created_at: ticket.createdAt,
    policy_version: ticket.policyVersion,
    history: withRuns ? history?.runs ?? null : null,
    heard_version: history === null ? 0 : ticket.version,
    pinned_at: history?.pinnedAt ?? null,
    base_policy_version: history?.basePolicyVersion ?? null,
    final_version: history?.finalVersion ?? 0
  }
}

function recordOf (row: Row): TicketRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    version: row.version,
    number: row.number,
    subject: row.subject,
    type: row.type as TicketRecord['type'],
    status: row.status as TicketRecord['status'],
    priority: row.priority as TicketRecord['priority'],
    severity: row.severity as TicketRecord['severity'],
    productId: row.product_id,
    moduleId: row.module_id,
    questionId: row.question_id,
    customerId: row.customer_id,
    assigneeId: row.assignee_id,
    channel: row.channel as TicketRecord['channel'],
    importing: row.importing,
    createdAt: readInstant(row.created_at),
    policyVersion: row.policy_version,
    history: historyOf(row)
  }
}

function historyOf (
  {
    history,
    version,
    heard_version: heardVersion,
    pinned_at: pinnedAt,
    base_policy_version: basePolicyVersion,
    final_version: finalVersion
  }: Row
): TicketHistory | null {
  if (history === null || heardVersion !== version || pinnedAt === null || basePolicyVersion === null) return null
  // the last run goes on as long as nothing is written: it reaches to the newest version
  const runs = history.map((run, index) => index === history.length - 1 ? { ...run, to: version } : run)
  return { runs, pinnedAt: readInstant(pinnedAt), basePolicyVersion, finalVersion }
}

import type { Micros } from '@dueline/business-time'
import type { TicketSnapshot, TicketSummary } from '@dueline/contracts'
import { instantParam, readInstant, type Tx } from '@dueline/postgres'

/** This service's copy of a ticket, with the policy version it was promised under. */
export interface TicketRecord extends Omit<TicketSnapshot, 'createdAt' | 'teamId' | 'reopenCount'> {
  readonly tenantId: string
  readonly createdAt: Micros
  readonly policyVersion: number
}

export interface TicketKey { readonly tenantId: string, readonly id: string }

interface Row {
  tenant_id: string, id: string, version: number, number: string, subject: string, type: string, status: string, priority: string, severity: string,
  product_id: string | null, module_id: string | null, question_id: string | null, customer_id: string, assignee_id: string | null,
  channel: string, importing: boolean, created_at: string, policy_version: number
}

const columns = `tenant_id, id, version, number, subject, type, status, priority, severity, product_id, module_id, question_id,
  customer_id, assignee_id, channel, importing, created_at, policy_version`

/** Statuses in which a ticket's promise can still move; the index `ticket_open` has the same list. */
const openStatuses = "('new', 'open', 'waiting_on_customer', 'waiting_on_vendor')"

/** One string for a ticket of any tenant. */
export function ticketKey ({ tenantId, id }: TicketKey): string {
  return `${tenantId}/${id}`
}

/** Locks and reads the copies that exist, by `ticketKey`; always in the same order, so that two batches cannot block each other. */
export async function lockTickets (tx: Tx, keys: readonly TicketKey[]): Promise<Map<string, TicketRecord>> {
  const { rows } = await tx.$client.query<Row>({
    name: 'ticket-lock',
    text: `select ${columns} from ticket where (tenant_id, id) in (select * from unnest($1::text[], $2::uuid[]))
           order by tenant_id, id for update`,
    values: [keys.map((key) => key.tenantId), keys.map((key) => key.id)]
  })
  return new Map(rows.map((row) => [ticketKey({ tenantId: row.tenant_id, id: row.id }), recordOf(row)]))
}

/** Inserts or replaces copies; an older version never overwrites a newer one, and a known ticket keeps its policy version. */
export async function saveTickets (tx: Tx, tickets: readonly TicketRecord[]): Promise<void> {
  if (tickets.length === 0) return
  await tx.$client.query({
    name: 'ticket-save',
    text: `insert into ticket as t (${columns}) select ${columns} from jsonb_to_recordset($1::jsonb) as x(
             tenant_id text, id uuid, version integer, number text, subject text, type text, status text, priority text, severity text,
             product_id uuid, module_id uuid, question_id uuid, customer_id uuid, assignee_id uuid, channel text, importing boolean,
             created_at timestamptz, policy_version integer)
           on conflict (tenant_id, id) do update set version = excluded.version, number = excluded.number, subject = excluded.subject,
             type = excluded.type, status = excluded.status, priority = excluded.priority, severity = excluded.severity,
             product_id = excluded.product_id, module_id = excluded.module_id, question_id = excluded.question_id,
             customer_id = excluded.customer_id, assignee_id = excluded.assignee_id, channel = excluded.channel, importing = excluded.importing
           where excluded.version > t.version`,
    values: [JSON.stringify(tickets.map(rowOf))]
  })
}

/** Locks and reads the next open tickets, by id, that are promised under an older policy version. */
export async function lockOpenTicketsBefore (tx: Tx, tenantId: string, policyVersion: number, afterId: string | null, limit: number): Promise<TicketRecord[]> {
  const { rows } = await tx.$client.query<Row>({
    name: 'ticket-lock-open',
    text: `select ${columns} from ticket where tenant_id = $1 and status in ${openStatuses} and policy_version < $2
           and ($3::uuid is null or id > $3) order by id limit $4 for update`,
    values: [tenantId, policyVersion, afterId, limit]
  })
  return rows.map(recordOf)
}

/** The next open tickets of a tenant by id, for looking only. */
export async function readOpenTickets (tx: Tx, tenantId: string, afterId: string | null, limit: number): Promise<TicketRecord[]> {
  const { rows } = await tx.$client.query<Row>(
    `select ${columns} from ticket where tenant_id = $1 and status in ${openStatuses} and ($2::uuid is null or id > $2) order by id limit $3`,
    [tenantId, afterId, limit])
  return rows.map(recordOf)
}

/** Pins tickets, locked by the caller, to a policy version. */
export async function pinTickets (tx: Tx, tenantId: string, ids: readonly string[], policyVersion: number): Promise<void> {
  await tx.$client.query({
    name: 'ticket-pin',
    text: 'update ticket set policy_version = $3 where tenant_id = $1 and id = any($2::uuid[])',
    values: [tenantId, ids, policyVersion]
  })
}

/** What agreement events tell of the ticket. */
export function summaryOf (ticket: TicketRecord): TicketSummary {
  const { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId } = ticket
  return { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId }
}

function rowOf (ticket: TicketRecord): Row {
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
    created_at: instantParam(ticket.createdAt),
    policy_version: ticket.policyVersion
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
    policyVersion: row.policy_version
  }
}

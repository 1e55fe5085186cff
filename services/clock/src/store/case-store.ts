import type { TicketSummary } from '@dueline/contracts'
import { rowParams, type Read, type Tx } from '@dueline/postgres'
import type { TicketCase } from '../domain/ticket-case.ts'
import { keyParams, textOf, type TicketKey } from './keys.ts'

interface CaseRow {
  tenant_id: string
  id: string
  version: number
  promise_key: string | null
  promise_version: number
  promised_version: number
  awaiting: boolean
  importing: boolean
  unfolded: boolean
  customer_id: string | null
  assignee_id: string | null
  priority: string | null
  summary: TicketSummary | null
  written_by: string
}

/** A case with its row's state. */
export interface LockedCase extends TicketCase {
  /**
   * Names the transaction that wrote the row as it is: while nothing else was written, what was made of it still holds.
   */
  readonly writtenBy: string
}

const columns = `tenant_id, id, version, promise_key, promise_version, promised_version, awaiting, importing, unfolded,
  customer_id, assignee_id, priority, summary, c.xmin::text as written_by`

function caseOf (row: CaseRow): LockedCase {
  return {
    tenantId: row.tenant_id,
    ticketId: row.id,
    version: row.version,
    agreementKey: row.promise_key,
    agreementKeyVersion: row.promise_version,
    agreedVersion: row.promised_version,
    awaiting: row.awaiting,
    importing: row.importing,
    unfolded: row.unfolded,
    customerId: row.customer_id,
    assigneeId: row.assignee_id,
    priority: row.priority,
    summary: row.summary,
    writtenBy: row.written_by
  }
}

function byText (rows: readonly CaseRow[]): Map<string, LockedCase> {
  return new Map(rows.map((row) => {
    const found = caseOf(row)
    return [textOf(found), found]
  }))
}

/**
 * Locks the cases of tickets, making those that are new, and returns them by `textOf`. In the order of their keys: two
 * transactions that want the same cases cannot wait for each other in a circle.
 */
export async function lockCases (tx: Tx, keys: readonly TicketKey[]): Promise<Map<string, LockedCase>> {
  const values = keyParams(keys)
  const locked = await lockExisting(tx, values)
  if (locked.size === keys.length) return locked
  await tx.$client.query({
    name: 'case-insert',
    text: `insert into ticket_case (tenant_id, id)
             select tenant_id, id from unnest($1::text[], $2::uuid[]) as k(tenant_id, id) order by 1, 2
           on conflict do nothing`,
    values
  })
  return await lockExisting(tx, values)
}

async function lockExisting (tx: Tx, values: [string[], string[]]): Promise<Map<string, LockedCase>> {
  const { rows } = await tx.$client.query<CaseRow>({
    name: 'case-lock',
    text: `select ${columns} from unnest($1::text[], $2::uuid[]) as k(tenant_id, id)
             join ticket_case c using (tenant_id, id)
           order by tenant_id, id for update of c`,
    values
  })
  return byText(rows)
}

/** Reads cases without locking them (or holding their locks already), by `textOf`. */
export async function readCases (db: Read, keys: readonly TicketKey[]): Promise<Map<string, LockedCase>> {
  const { rows } = await db.$client.query<CaseRow>({
    name: 'case-read-many',
    text: `select ${columns} from unnest($1::text[], $2::uuid[]) as k(tenant_id, id)
      join ticket_case c using (tenant_id, id)`,
    values: keyParams(keys)
  })
  return byText(rows)
}

/** Reads one case without locking it. */
export async function readCase (db: Read, { tenantId, ticketId }: TicketKey): Promise<TicketCase | undefined> {
  const { rows: [row] } = await db.$client.query<CaseRow>({
    name: 'case-read',
    text: `select ${columns} from ticket_case c where c.tenant_id = $1 and c.id = $2`,
    values: [tenantId, ticketId]
  })
  return row === undefined ? undefined : caseOf(row)
}

const caseRows = rowParams({
  tenant_id: 'text',
  id: 'uuid',
  version: 'integer',
  promise_key: 'text',
  promise_version: 'integer',
  promised_version: 'integer',
  awaiting: 'boolean',
  importing: 'boolean',
  unfolded: 'boolean',
  customer_id: 'uuid',
  assignee_id: 'uuid',
  priority: 'text',
  summary: 'jsonb'
})

/** Writes cases whose rows are locked. Answers what their `writtenBy` is once the transaction has committed. */
export async function saveCases (tx: Tx, cases: readonly TicketCase[]): Promise<string> {
  const rows = cases.map((each) => ({
    tenant_id: each.tenantId,
    id: each.ticketId,
    version: each.version,
    promise_key: each.agreementKey,
    promise_version: each.agreementKeyVersion,
    promised_version: each.agreedVersion,
    awaiting: each.awaiting,
    importing: each.importing,
    unfolded: each.unfolded,
    customer_id: each.customerId,
    assignee_id: each.assigneeId,
    priority: each.priority,
    summary: each.summary
  }))
  const { rows: [saved] } = await tx.$client.query<{ written_by: string }>({
    name: 'case-save',
    text:
      `update ticket_case c set version = r.version, promise_key = r.promise_key, promise_version = r.promise_version,
             promised_version = r.promised_version, awaiting = r.awaiting, importing = r.importing,
             unfolded = r.unfolded, customer_id = r.customer_id, assignee_id = r.assignee_id, priority = r.priority,
             summary = r.summary
           from ${caseRows.from(1, 'r')} where c.tenant_id = r.tenant_id and c.id = r.id
           returning c.xmin::text as written_by`,
    values: caseRows.values(rows)
  })
  return saved?.written_by ?? ''
}

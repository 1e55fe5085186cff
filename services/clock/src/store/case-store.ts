import { tableRows, type Read, type Tx } from '@dueline/postgres'
import type { TicketCase } from '../domain/ticket-case.ts'
import { keyParams, textOf, type TicketKey } from './keys.ts'
import { ticketCase } from './tables.ts'

/** A case with its row's state. */
export interface LockedCase extends TicketCase {
  /**
   * Names the transaction that wrote the row as it is: while nothing else was written, what was made of it still holds.
   */
  readonly writtenBy: string
}

const rows = tableRows(ticketCase)
const columns = `${rows.columns('c.')}, c.xmin::text as written_by`
type CaseRow = Record<string, unknown> & { written_by: string }

function caseOf (row: CaseRow): LockedCase {
  return { ...rows.read(row), writtenBy: row.written_by }
}

function byText (found: readonly CaseRow[]): Map<string, LockedCase> {
  return new Map(found.map(caseOf).map((one) => [textOf(one), one]))
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
  const found = await tx.$client.query<CaseRow>({
    name: 'case-lock',
    text: `select ${columns} from unnest($1::text[], $2::uuid[]) as k(tenant_id, id)
             join ticket_case c using (tenant_id, id)
           order by tenant_id, id for update of c`,
    values
  })
  return byText(found.rows)
}

/** Reads cases without locking them (or holding their locks already), by `textOf`. */
export async function readCases (db: Read, keys: readonly TicketKey[]): Promise<Map<string, LockedCase>> {
  const found = await db.$client.query<CaseRow>({
    name: 'case-read-many',
    text: `select ${columns} from unnest($1::text[], $2::uuid[]) as k(tenant_id, id)
      join ticket_case c using (tenant_id, id)`,
    values: keyParams(keys)
  })
  return byText(found.rows)
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

/** Writes cases whose rows are locked. Answers what their `writtenBy` is once the transaction has committed. */
export async function saveCases (tx: Tx, cases: readonly TicketCase[]): Promise<string> {
  const { rows: [saved] } = await tx.$client.query<{ written_by: string }>({
    name: 'case-save',
    text: `update ticket_case c set ${rows.assignments('r')}
           from ${rows.from(1, 'r')} where c.tenant_id = r.tenant_id and c.id = r.id
           returning c.xmin::text as written_by`,
    values: rows.values(cases)
  })
  return saved?.written_by ?? ''
}

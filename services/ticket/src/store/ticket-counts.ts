import type { Read } from '@dueline/postgres'
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { conditions, type TicketFilter } from './ticket-list.ts'
import { amongRare } from './rare-tickets.ts'
import { ticket } from './tables.ts'
import { withFound } from './ticket-words.ts'

/** Most tickets that are counted; of more, the newest. */
export const countedMax = 10_000

const breached = sql`exists (select from ticket_sla b
  where b.tenant_id = ${ticket.tenantId} and b.ticket_id = ${ticket.id} and b.breached)::text`
/** What tickets can be counted by: text of each ticket, null where it has none. */
const fields = {
  status: sql`${ticket.status}`,
  priority: sql`${ticket.priority}`,
  type: sql`${ticket.type}`,
  assigneeId: sql`${ticket.assigneeId}::text`,
  teamId: sql`${ticket.teamId}`,
  productId: sql`${ticket.productId}::text`,
  breached
} as const satisfies Record<string, SQL>
export type CountedField = keyof typeof fields
export const countedFields = Object.keys(fields) as [CountedField, ...CountedField[]]

/** How many tickets of a list there are, and how many have each value of each field, the most frequent first. */
export interface TicketCounts {
  total: number
  by: Array<{ field: CountedField, values: Array<{ value: string | null, count: number }> }>
}

interface Row extends Record<string, unknown> {
  field: CountedField | null
  value: string | null
  count: number
}

/**
 * The tickets are read once, at most `countedMax` of them, whatever is counted. `read` must be that of the tenant
 * (`forTenant`): on any other connection rare words and tags find nothing.
 */
export async function countTickets (
  read: Read,
  tenantId: string,
  asked: TicketFilter,
  by: readonly CountedField[]
): Promise<TicketCounts> {
  const columns = by.map((field, i) => sql`${fields[field]} as ${sql.identifier(`f${i}`)}`)
  const filter = await withFound(read, asked)
  const where = and(eq(ticket.tenantId, tenantId), await amongRare(read, filter), ...conditions(filter))
  const counts = [
    sql`select null as field, null as value, count(*)::int as count from counted`,
    ...by.map((field, i) =>
      sql`select ${field}::text, ${sql.identifier(`f${i}`)}, count(*)::int from counted group by 2`
    )
  ]
  const { rows } = await read.execute<Row>(sql`
    with counted as materialized (
      select ${sql.join([sql`1 as one`, ...columns], sql`, `)} from ${ticket} where ${where}
      order by ${ticket.createdAt} desc, ${ticket.id} desc limit ${sql.raw(String(countedMax))})
    ${sql.join(counts, sql` union all `)} order by count desc, value`)
  return {
    total: rows.find(({ field }) => field === null)!.count,
    by: by.map((field) => ({
      field,
      values: rows.filter((row) => row.field === field).map(({ value, count }) => ({ value, count }))
    }))
  }
}

import type { Read } from '@dueline/postgres'
import { sql, type SQL } from 'drizzle-orm'
import type { TicketFilter } from './ticket-list.ts'
import { ticket } from './tables.ts'

/** Tickets with the tags of a filter are read by id when there are at most so many. */
export const readByIdMax = 200
/** So many tickets for one that is wanted are looked at in the list's order, before an index is asked. */
export const looksPerTicket = 20

/**
 * Narrows to the tickets with a filter's tags; undefined where it has none, or too many tickets have them. Their index
 * cannot be used under the policy of tenants, so a function of the tables' owner is asked (migration 0011): `read` must
 * be that of the tenant (`forTenant`), on any other connection it finds nothing.
 */
export async function amongRare (read: Read, { tag }: TicketFilter): Promise<SQL | undefined> {
  if (tag === undefined) return undefined
  const most = readByIdMax + 1
  const { rows } = await read.execute<{ id: string }>(
    sql`select id from tickets_with_tags(${sql.param(tag)}::text[], ${most}) as id`
  )
  return rows.length < most ? sql`${ticket.id} = any(${sql.param(rows.map(({ id }) => id))}::uuid[])` : undefined
}

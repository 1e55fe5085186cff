import type { Read } from '@dueline/postgres'
import { sql, type SQL } from 'drizzle-orm'
import type { TicketFilter } from './ticket-list.ts'
import { ticket } from './tables.ts'

/** Tickets with the words or tags of a filter are read by id when there are at most so many. */
export const readByIdMax = 200
/** So many tickets for one that is wanted are looked at in the list's order, before an index is asked. */
export const looksPerTicket = 20

/**
 * Narrows to the tickets with a filter's words or tags; undefined where it has neither, or too many tickets have them.
 * Their indexes cannot be used under the policy of tenants, so functions of the tables' owner are asked (migrations
 * 0007 and 0011): `read` must be that of the tenant (`forTenant`), on any other connection they find nothing.
 */
export async function amongRare (read: Read, { q, tag }: TicketFilter): Promise<SQL | undefined> {
  const most = readByIdMax + 1
  const functions = [
    ...(tag === undefined ? [] : [sql`tickets_with_tags(${sql.param(tag)}::text[], ${most})`]),
    ...(q === undefined ? [] : [sql`tickets_with_words(${q}, ${most})`])
  ]
  for (const found of functions) {
    const { rows } = await read.execute<{ id: string }>(sql`select id from ${found} as id`)
    if (rows.length < most) return sql`${ticket.id} = any(${sql.param(rows.map(({ id }) => id))}::uuid[])`
  }
  return undefined
}

import { Uuid } from '@dueline/contracts'
import { instantRange, rowsOf, type Read } from '@dueline/postgres'
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { Type, type Static } from 'typebox'
import type { Ticket } from '../domain/ticket.ts'
import { conditions, type TicketFilter } from './ticket-list.ts'
import { amongRare, looksPerTicket } from './rare-tickets.ts'
import { besideRow } from './ticket-store.ts'
import { ticket } from './tables.ts'
import { withFound } from './ticket-words.ts'

/** Orders by the next deadline; tickets with none come last in either, by id. */
export const deadlineSorts = ['dueAt', '-dueAt'] as const
export type DeadlineSort = typeof deadlineSorts[number]

/** The place behind a ticket: its deadline, null where it has none, and its id. */
export const DeadlinePosition = Type.Tuple([
  Type.Union([Type.Integer({ minimum: 0, maximum: instantRange.to }), Type.Null()]),
  Uuid
])
export type DeadlinePosition = Static<typeof DeadlinePosition>

/** Where a ticket stands in a list by deadline. */
export function deadlinePositionOf ({ sla, id }: Ticket): DeadlinePosition {
  return [sla?.dueAt ?? null, id]
}

/**
 * At most `limit` tickets behind `after`: first those with a deadline, then the others, by their key. What many tickets
 * meet is found in the next few of the index on deadlines; whatever few meet is looked for among all, and sorted.
 * `read` must be that of the tenant, as for `amongRare`.
 */
export async function listTicketsByDeadline (
  read: Read,
  tenantId: string,
  asked: TicketFilter,
  { sort, after, limit }: { sort: DeadlineSort, after: DeadlinePosition | null, limit: number }
): Promise<Ticket[]> {
  const filter = await withFound(read, asked)
  const where = and(eq(ticket.tenantId, tenantId), ...conditions(filter))
  const isBehindAll = after !== null && after[0] === null
  const range = { tenantId, down: sort === '-dueAt', after, limit }
  const next = isBehindAll ? [] : await nextDue(read, where, range)
  if (next.length === limit) return next
  const narrowed = and(where, await amongRare(read, filter))
  const due = isBehindAll ? [] : await allDue(read, narrowed, range)
  if (due.length === limit) return due
  const behind = isBehindAll ? sql`and ${ticket.id} > ${after[1]}::uuid` : sql``
  const others = await rowsOf(
    read,
    ticket,
    sql`from ${ticket} where ${narrowed} ${behind} and not exists (select from ticket_sla d
      where d.tenant_id = ${ticket.tenantId} and d.ticket_id = ${ticket.id} and d.due_at is not null)
      order by ${ticket.id} limit ${limit - due.length}`,
    besideRow
  )
  return [...due, ...others]
}

interface DueRange {
  tenantId: string
  down: boolean
  after: DeadlinePosition | null
  limit: number
}

function deadlines ({ tenantId, down, after }: DueRange): SQL {
  const place = after === null
    ? sql``
    : sql`and (d.due_at, d.ticket_id) ${sql.raw(down ? '<' : '>')}
      (${sql.param(after[0], ticket.createdAt)}, ${after[1]}::uuid)`
  return sql`from ticket_sla d where d.tenant_id = ${tenantId} and d.due_at is not null ${place}`
}

/** Those among the next few deadlines, each looked up by its key, however large the tenant is. */
async function nextDue (read: Read, where: SQL | undefined, range: DueRange): Promise<Ticket[]> {
  const direction = sql.raw(range.down ? 'desc' : 'asc')
  const order = sql`order by d.due_at ${direction}, d.ticket_id ${direction}`
  const few = sql.raw(String(looksPerTicket * range.limit))
  return await rowsOf(
    read,
    ticket,
    sql`from (select d.due_at, d.ticket_id ${deadlines(range)} ${order} limit ${few}) d
      cross join lateral (select * from ${ticket} where ${ticket.id} = d.ticket_id and ${where} offset 0) ${ticket}
      ${order} limit ${range.limit}`,
    besideRow
  )
}

/** Those among all deadlines, found before they are ordered: else Postgres hopes to meet enough of them early. */
async function allDue (read: Read, where: SQL | undefined, range: DueRange): Promise<Ticket[]> {
  const direction = sql.raw(range.down ? 'desc' : 'asc')
  return await rowsOf(
    read,
    ticket,
    sql`from (select ${ticket}.*, d.due_at as next_due_at from (select d.due_at, d.ticket_id ${deadlines(range)}) d
        join ${ticket} on ${ticket.id} = d.ticket_id and ${where} offset 0) ${ticket}
      order by ${ticket}.next_due_at ${direction}, ${ticket.id} ${direction} limit ${range.limit}`,
    besideRow
  )
}

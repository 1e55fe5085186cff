import { Uuid } from '@dueline/contracts'
import { instantRange, rowsOf, type Read } from '@dueline/postgres'
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { Type, type Static } from 'typebox'
import type { Ticket } from '../domain/ticket.ts'
import { conditions, type TicketFilter } from './ticket-list.ts'
import { besideRow, ticketOf } from './ticket-store.ts'
import { ticket } from './tables.ts'

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
 * At most `limit` tickets behind `after`: first those with a deadline, from the index on deadlines, then the others, by
 * their key; further filters are applied to them.
 */
export async function listTicketsByDeadline (
  read: Read,
  tenantId: string,
  filter: TicketFilter,
  { sort, after, limit }: { sort: DeadlineSort, after: DeadlinePosition | null, limit: number }
): Promise<Ticket[]> {
  const where = and(eq(ticket.tenantId, tenantId), ...conditions(filter))
  const due = after !== null && after[0] === null
    ? []
    : await withDeadline(read, where, { tenantId, down: sort === '-dueAt', after, limit })
  if (due.length === limit) return due
  const behind = after !== null && after[0] === null ? sql`and ${ticket.id} > ${after[1]}::uuid` : sql``
  const others = await rowsOf(
    read,
    ticket,
    sql`from ${ticket} where ${where} ${behind} and not exists (select from ticket_sla d
      where d.tenant_id = ${ticket.tenantId} and d.ticket_id = ${ticket.id} and d.due_at is not null)
      order by ${ticket.id} limit ${limit - due.length}`,
    besideRow
  )
  return [...due, ...others.map(ticketOf)]
}

interface DueRange {
  tenantId: string
  down: boolean
  after: DeadlinePosition | null
  limit: number
}

async function withDeadline (
  read: Read,
  where: SQL | undefined,
  { tenantId, down, after, limit }: DueRange
): Promise<Ticket[]> {
  const direction = sql.raw(down ? 'desc' : 'asc')
  const place = after === null
    ? sql``
    : sql`and (d.due_at, d.ticket_id) ${sql.raw(down ? '<' : '>')}
      (${sql.param(after[0], ticket.createdAt)}, ${after[1]}::uuid)`
  const rows = await rowsOf(
    read,
    ticket,
    sql`from ticket_sla d join ${ticket} on ${ticket.tenantId} = d.tenant_id and ${ticket.id} = d.ticket_id
      where d.tenant_id = ${tenantId} and d.due_at is not null ${place} and ${where}
      order by d.due_at ${direction}, d.ticket_id ${direction} limit ${limit}`,
    besideRow
  )
  return rows.map(ticketOf)
}

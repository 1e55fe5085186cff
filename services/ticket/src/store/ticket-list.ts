import type { Priority, Severity, TicketStatus, TicketType } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'
import type { Read } from '@dueline/postgres'
import { and, asc, desc, eq, getTableColumns, gte, inArray, lt, sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Ticket } from '../domain/ticket.ts'
import { ticket } from './tables.ts'
import { ticketOf } from './ticket-store.ts'

/** Orders a list can have; ties are broken by creation and id, so that pages never overlap. */
export const ticketSorts = ['createdAt', '-createdAt', 'updatedAt', '-updatedAt', 'priority', '-priority'] as const
export type TicketSort = typeof ticketSorts[number]

/** What a list can be narrowed by; several values of one field mean any of them. */
export interface TicketFilter {
  status?: TicketStatus[]
  priority?: Priority[]
  severity?: Severity[]
  type?: TicketType[]
  productId?: string
  moduleId?: string
  questionId?: string
  customerId?: string
  assigneeId?: string
  teamId?: string
  number?: string
  /** Words that the subject must contain, as in a web search. */
  q?: string
  /** Included. */
  createdAfter?: Micros
  /** Excluded. */
  createdBefore?: Micros
}

/** The place behind a ticket in its list: the values it is ordered by. */
export type TicketPosition = Array<string | number>

const columnsOf: Record<string, readonly PgColumn[]> = {
  createdAt: [ticket.createdAt, ticket.id],
  updatedAt: [ticket.updatedAt, ticket.id],
  priority: [ticket.priority, ticket.createdAt, ticket.id]
}

function orderOf (sort: TicketSort): { columns: readonly PgColumn[], down: boolean } {
  return { columns: columnsOf[sort.replace('-', '')]!, down: sort.startsWith('-') }
}

/** Where `row` stands in a list ordered by `sort`. */
export function positionOf (row: Ticket, sort: TicketSort): TicketPosition {
  return orderOf(sort).columns.map((column) => row[keyOf(column)] as string | number)
}

function keyOf (column: PgColumn): keyof Ticket {
  return Object.entries(getTableColumns(ticket)).find(([, candidate]) => candidate === column)![0] as keyof Ticket
}

/** Whether a decoded cursor fits the order: as many values, each of its column's type. */
export function isPosition (value: unknown, sort: TicketSort): value is TicketPosition {
  const { columns } = orderOf(sort)
  return Array.isArray(value) && value.length === columns.length && value.every((part, i) => {
    const column = columns[i]!
    if (column === ticket.id) return typeof part === 'string' && /^[0-9a-f-]{36}$/.test(part)
    return column === ticket.priority ? typeof part === 'string' : Number.isSafeInteger(part) && part > 0
  })
}

/** At most `limit` tickets behind `after`. One index scan for each of the single filters; further filters are applied to it. */
export async function listTickets (read: Read, tenantId: string, filter: TicketFilter, { sort, after, limit }: { sort: TicketSort, after: TicketPosition | null, limit: number }): Promise<Ticket[]> {
  const { columns, down } = orderOf(sort)
  const rows = await read.select().from(ticket)
    .where(and(eq(ticket.tenantId, tenantId), ...conditions(filter), after === null ? undefined : behind(columns, after, down)))
    .orderBy(...columns.map((column) => down ? desc(column) : asc(column)))
    .limit(limit)
  return rows.map(ticketOf)
}

function behind (columns: readonly PgColumn[], after: TicketPosition, down: boolean): SQL {
  const left = sql.join([...columns], sql`, `)
  const right = sql.join(columns.map((column, i) => sql`${sql.param(after[i], column)}`), sql`, `)
  return down ? sql`(${left}) < (${right})` : sql`(${left}) > (${right})`
}

const singles = ['productId', 'moduleId', 'questionId', 'customerId', 'assigneeId', 'teamId', 'number'] as const
const plurals = ['status', 'priority', 'severity', 'type'] as const

function conditions (filter: TicketFilter): Array<SQL | undefined> {
  const all: Array<SQL | undefined> = []
  for (const field of singles) {
    const value = filter[field]
    if (value !== undefined) all.push(eq(ticket[field], value))
  }
  for (const field of plurals) {
    const values = filter[field]
    if (values === undefined) continue
    // one value as an equation, so that the index gives the order too
    all.push(values.length === 1 ? eq(ticket[field], values[0] as never) : inArray(ticket[field], values as never[]))
  }
  if (filter.q !== undefined) all.push(sql`subject_words @@ websearch_to_tsquery('simple', ${filter.q})`)
  if (filter.createdAfter !== undefined) all.push(gte(ticket.createdAt, filter.createdAfter))
  if (filter.createdBefore !== undefined) all.push(lt(ticket.createdAt, filter.createdBefore))
  return all
}

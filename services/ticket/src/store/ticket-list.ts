import type { Priority, Severity, TicketStatus, TicketType } from '@dueline/contracts'
import { PrioritySchema, Uuid } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'
import { instantRange, type Read } from '@dueline/postgres'
import { and, asc, desc, eq, getTableColumns, gte, inArray, lt, sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { Type, type Static } from 'typebox'
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

const MicrosSchema = Type.Integer({ minimum: 0, maximum: instantRange.to })

/** The place behind a ticket in each order: as many values as it has columns, each one that its column can have. */
const positions = {
  createdAt: Type.Tuple([MicrosSchema, Uuid]),
  updatedAt: Type.Tuple([MicrosSchema, Uuid]),
  priority: Type.Tuple([PrioritySchema, MicrosSchema, Uuid])
}
export type TicketPosition = Static<typeof positions[keyof typeof positions]>

function columnOf (sort: TicketSort): keyof typeof positions {
  return sort.replace('-', '') as keyof typeof positions
}

function cursorOf (sort: TicketSort) {
  return Type.Object({ sort: Type.Literal(sort), after: Type.Unsafe<TicketPosition>(positions[columnOf(sort)]) })
}

/** What a cursor of each order holds. */
export const ticketCursors = Object.fromEntries(ticketSorts.map((sort) => [sort, cursorOf(sort)])) as
  Record<TicketSort, ReturnType<typeof cursorOf>>

const columnsOf: Record<keyof typeof positions, readonly PgColumn[]> = {
  createdAt: [ticket.createdAt, ticket.id],
  updatedAt: [ticket.updatedAt, ticket.id],
  priority: [ticket.priority, ticket.createdAt, ticket.id]
}

function orderOf (sort: TicketSort): { columns: readonly PgColumn[], down: boolean } {
  return { columns: columnsOf[columnOf(sort)], down: sort.startsWith('-') }
}

/** Where `row` stands in a list ordered by `sort`. */
export function positionOf (row: Ticket, sort: TicketSort): TicketPosition {
  return orderOf(sort).columns.map((column) => row[keyOf(column)]) as TicketPosition
}

function keyOf (column: PgColumn): keyof Ticket {
  return Object.entries(getTableColumns(ticket)).find(([, candidate]) => candidate === column)![0] as keyof Ticket
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

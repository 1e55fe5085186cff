import type { Micros } from '@dueline/business-time'
import {
  PrioritySchema,
  Uuid,
  type Channel,
  type Priority,
  type Severity,
  type TicketStatus,
  type TicketType
} from '@dueline/contracts'
import { instantRange, rowsOf, writtenSince, type Read, type SeenTransactions } from '@dueline/postgres'
import { and, asc, desc, eq, getTableColumns, gt, gte, inArray, isNull, lt, or, sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { Type, type TSchema } from 'typebox'
import type { Ticket } from '../domain/ticket.ts'
import { amongRare, looksPerTicket } from './rare-tickets.ts'
import { person, ticket } from './tables.ts'
import { besideRow, selectTickets } from './ticket-store.ts'
import { fewMax, withFound, wordConditions, type WordFilter } from './ticket-words.ts'

/** Orders a list can have; ties are broken by creation and id, so that pages never overlap. */
export const ticketSorts = ['createdAt', '-createdAt', 'updatedAt', '-updatedAt', 'priority', '-priority'] as const
export type TicketSort = typeof ticketSorts[number]

/** What a list can be narrowed by; several values of one field mean any of them. */
export interface TicketFilter extends WordFilter {
  status?: TicketStatus[]
  priority?: Priority[]
  severity?: Severity[]
  type?: TicketType[]
  productId?: string[]
  moduleId?: string
  questionId?: string
  customerId?: string[]
  /** Null: nobody. */
  assigneeId?: Array<string | null>
  /** Whether the person who has it is still active. */
  assigneeActive?: boolean
  teamId?: string[]
  number?: string
  externalId?: string
  /** Included. */
  createdAfter?: Micros
  /** Excluded. */
  createdBefore?: Micros
  /** Included. */
  updatedAfter?: Micros
  /** Of the next deadline; included. */
  dueAfter?: Micros
  /** Of the next deadline; excluded. */
  dueBefore?: Micros
  /** Whether any of its agreed targets was missed. */
  breached?: boolean
  channel?: Channel[]
  /** Has any of them. */
  tag?: string[]
  ids?: string[]
}

/** The place behind a ticket in its list: the values it is ordered by. */
export type TicketPosition = Array<string | number>

const At = Type.Integer({ minimum: 0, maximum: instantRange.to })
const orders = {
  createdAt: { columns: [ticket.createdAt, ticket.id], position: Type.Tuple([At, Uuid]) },
  updatedAt: { columns: [ticket.updatedAt, ticket.id], position: Type.Tuple([At, Uuid]) },
  priority: {
    columns: [ticket.priority, ticket.createdAt, ticket.id],
    position: Type.Tuple([PrioritySchema, At, Uuid])
  }
} as const

function orderOf (sort: TicketSort) {
  return { ...orders[sort.replace('-', '') as keyof typeof orders], down: sort.startsWith('-') }
}

/** What a position of a list with this order must be. */
export function positionSchema (sort: TicketSort): TSchema {
  return orderOf(sort).position
}

/** Whether tickets keep their places in a list with this order. */
export function isSteady (sort: TicketSort): boolean {
  return sort.endsWith('createdAt')
}

/** Where `row` stands in a list ordered by `sort`. */
export function positionOf (row: Ticket, sort: TicketSort): TicketPosition {
  return orderOf(sort).columns.map((column) => row[keyOf(column)] as string | number)
}

function keyOf (column: PgColumn): keyof Ticket {
  return Object.entries(getTableColumns(ticket)).find(([, candidate]) => candidate === column)![0] as keyof Ticket
}

/** What of a list is wanted. */
export interface TicketRange {
  sort: TicketSort
  after: TicketPosition | null
  limit: number
}

/**
 * At most `limit` tickets behind `after`. One index scan for each of the single filters; further filters are applied to
 * it. Words that few tickets have are found by their index first; words and tags that many have are found in enough of
 * the list's next few, and for rarer tags their index is asked. `read` must be that of the tenant, as for `amongRare`.
 */
export async function listTickets (
  read: Read,
  tenantId: string,
  asked: TicketFilter,
  range: TicketRange
): Promise<Ticket[]> {
  const filter = await withFound(read, asked, fewMax)
  const places = and(eq(ticket.tenantId, tenantId), behind(range))
  const others = conditions(filter)
  const most = sql.raw(String(range.limit))
  if (others.length === 0) return await walk(read, sql`${ticket}`, places, range, most)
  if ((filter.q === undefined || filter.withWords !== undefined) && filter.tag === undefined) {
    return await walk(read, sql`${ticket}`, and(places, ...others), range)
  }
  const next = sql`(select * from ${ticket} where ${places} order by ${orderBy(range.sort)}
    limit ${sql.raw(String(looksPerTicket * range.limit))}) ${ticket}`
  const found = await walk(read, next, and(...others), range, most)
  if (found.length === range.limit) return found
  // the other conditions hold too: a ticket may have changed since
  const known = await withFound(read, filter)
  const where = and(places, await amongRare(read, known), ...conditions(known))
  return await walk(read, sql`${ticket}`, where, range)
}

/**
 * `most`: the page's length. As a parameter it keeps Postgres planning for the values of a filter; in the text it lets
 * it find that one plan is as good for all values, which is right where only one index can give the page.
 */
async function walk (
  read: Read,
  from: SQL,
  where: SQL | undefined,
  { sort, limit }: TicketRange,
  most = sql`${limit}`
): Promise<Ticket[]> {
  const rest = sql`from ${from} where ${where} order by ${orderBy(sort)} limit ${most}`
  return await rowsOf(read, ticket, rest, besideRow)
}

function orderBy (sort: TicketSort): SQL {
  const { columns, down } = orderOf(sort)
  return sql.join(columns.map((column) => (down ? desc(column) : asc(column))), sql`, `)
}

/** What of the tickets written since a reader looked is wanted. */
export interface WrittenRange {
  seen: SeenTransactions
  after: string | null
  limit: number
  /** Whether a ticket has moved too where its deadline has. */
  byDeadline?: boolean
}

/** At most `limit` tickets of the list that were written since, by id. */
export async function listWrittenTickets (
  read: Read,
  tenantId: string,
  asked: TicketFilter,
  { seen, after, limit, byDeadline = false }: WrittenRange
): Promise<Ticket[]> {
  const filter = await withFound(read, asked)
  return await selectTickets(read)
    .where(
      and(
        eq(ticket.tenantId, tenantId),
        ...conditions(filter),
        byDeadline ? slaWritten(tenantId, seen) : writtenSince(sql`${ticket}.written_in`, seen),
        after === null ? undefined : gt(ticket.id, after)
      )
    )
    .orderBy(asc(ticket.id))
    .limit(limit)
}

/** Either by itself, as each has its index. */
function slaWritten (tenantId: string, seen: SeenTransactions): SQL {
  return sql`${ticket.id} in (
    select w.id from ticket w where w.tenant_id = ${tenantId} and ${writtenSince(sql`w.written_in`, seen)}
    union all
    select w.ticket_id from ticket_sla w where w.tenant_id = ${tenantId} and ${writtenSince(sql`w.written_in`, seen)})`
}

function behind ({ sort, after }: TicketRange): SQL | undefined {
  if (after === null) return undefined
  const { columns, down } = orderOf(sort)
  const left = sql.join([...columns], sql`, `)
  const right = sql.join(columns.map((column, i) => sql`${sql.param(after[i], column)}`), sql`, `)
  return down ? sql`(${left}) < (${right})` : sql`(${left}) > (${right})`
}

const singles = ['moduleId', 'questionId', 'number', 'externalId'] as const
const plurals = [
  'status',
  'priority',
  'severity',
  'type',
  'channel',
  'productId',
  'customerId',
  'assigneeId',
  'teamId'
] as const

/** What a filter asks of a row of `ticket`. */
export function conditions (filter: TicketFilter): Array<SQL | undefined> {
  const all: Array<SQL | undefined> = []
  for (const field of singles) {
    const value = filter[field]
    if (value !== undefined) all.push(eq(ticket[field], value))
  }
  for (const field of plurals) {
    const values = filter[field]
    if (values !== undefined) all.push(isAnyOf(ticket[field], values))
  }
  if (filter.assigneeActive !== undefined) {
    const isSo = filter.assigneeActive ? sql`p.active` : sql`not p.active`
    all.push(
      sql`${ticket.assigneeId} in (select p.id from ${person} p where p.tenant_id = ${ticket.tenantId} and ${isSo})`
    )
  }
  if (filter.createdAfter !== undefined) all.push(gte(ticket.createdAt, filter.createdAfter))
  if (filter.createdBefore !== undefined) all.push(lt(ticket.createdAt, filter.createdBefore))
  if (filter.updatedAfter !== undefined) all.push(gte(ticket.updatedAt, filter.updatedAfter))
  if (filter.ids !== undefined) all.push(sql`${ticket.id} = any(${sql.param(filter.ids)}::uuid[])`)
  if (filter.tag !== undefined) all.push(sql`${ticket.tags} && ${sql.param(filter.tag)}::text[]`)
  return [...all, ...slaConditions(filter), ...wordConditions(filter)]
}

/** One value as an equation, so that the index gives the order too. */
function isAnyOf (column: PgColumn, values: ReadonlyArray<string | null>): SQL | undefined {
  const known = values.filter((value) => value !== null)
  const isKnown = known.length === 1 ? eq(column, known[0]) : inArray(column, known)
  if (known.length === values.length) return isKnown
  return known.length === 0 ? isNull(column) : or(isNull(column), isKnown)
}

function slaConditions ({ dueAfter, dueBefore, breached }: TicketFilter): SQL[] {
  const sla = (condition: SQL): SQL =>
    sql`exists (select from ticket_sla f where f.tenant_id = ${ticket.tenantId} and f.ticket_id = ${ticket.id}
      and ${condition})`
  const at = (instant: Micros): SQL => sql`${sql.param(instant, ticket.createdAt)}::timestamptz`
  return [
    ...(dueAfter === undefined ? [] : [sla(sql`f.due_at >= ${at(dueAfter)}`)]),
    ...(dueBefore === undefined ? [] : [sla(sql`f.due_at < ${at(dueBefore)}`)]),
    ...(breached === undefined ? [] : [breached ? sla(sql`f.breached`) : sql`not ${sla(sql`f.breached`)}`])
  ]
}

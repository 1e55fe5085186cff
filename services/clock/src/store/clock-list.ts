import type { Micros } from '@dueline/business-time'
import { nullable, Uuid, type ClockState, type Metric, type Priority, type AgreementKind } from '@dueline/contracts'
import { instantRange, writtenSince, type Read, type SeenTransactions } from '@dueline/postgres'
import { and, asc, desc, eq, gt, gte, inArray, isNotNull, isNull, lt, or, sql, type SQL } from 'drizzle-orm'
import { Type, type Static } from 'typebox'
import type { TicketCase } from '../domain/ticket-case.ts'
import { clock, ticketCase } from './tables.ts'
import { clockOf, type ClockRecord } from './clock-store.ts'

export const sorts = ['dueAt', '-dueAt', 'startedAt'] as const
export type Sort = typeof sorts[number]

/** Which clocks to list; what is absent does not narrow. */
export interface ClockFilter {
  readonly tenantId: string
  /** Only clocks of this customer's own tickets. */
  readonly customerId?: string | undefined
  readonly ticketId?: string | undefined
  readonly state?: readonly ClockState[] | undefined
  readonly metric?: readonly Metric[] | undefined
  /** Any of these. */
  readonly kinds?: readonly AgreementKind[] | undefined
  readonly priority?: readonly Priority[] | undefined
  readonly assigneeId?: string | undefined
  /** Deadline before (exclusive) or from (inclusive) these instants. */
  readonly dueBefore?: Micros | undefined
  readonly dueAfter?: Micros | undefined
  readonly breached?: boolean | undefined
}

const at = Type.Integer({ minimum: 0, maximum: instantRange.to })

/** The last clock of the page before, by order: its sort value (null: no deadline) and id. */
export const positions = {
  dueAt: Type.Object({ at: nullable(at), id: Uuid }),
  '-dueAt': Type.Object({ at: nullable(at), id: Uuid }),
  startedAt: Type.Object({ at, id: Uuid })
} as const
export type Position = Static<typeof positions[Sort]>

/** A clock, and what is kept of its ticket. */
export interface ClockOfCase {
  readonly clock: ClockRecord
  readonly ticket: TicketCase
}

/** Up to `limit` clocks after a position; clocks without a deadline come last in either direction. */
export async function listClocks (
  db: Read,
  filter: ClockFilter,
  sort: Sort,
  after: Position | null,
  limit: number
): Promise<ClockOfCase[]> {
  const rows = await db.select({ clock, ticket: ticketCase }).from(clock)
    .innerJoin(ticketCase, and(eq(ticketCase.tenantId, clock.tenantId), eq(ticketCase.ticketId, clock.ticketId)))
    .where(and(...conditions(filter), after === null ? undefined : isAfter(sort, after)))
    .orderBy(...order(sort))
    .limit(limit)
  return rows.map(clockOfCase)
}

/** Up to `limit` clocks of the list that were written since, by id, behind an id. */
export async function listWrittenClocks (
  db: Read,
  filter: ClockFilter,
  seen: SeenTransactions,
  after: string | null,
  limit: number
): Promise<ClockOfCase[]> {
  const rows = await db
    .select({ clock, ticket: ticketCase })
    .from(clock)
    .innerJoin(ticketCase, and(eq(ticketCase.tenantId, clock.tenantId), eq(ticketCase.ticketId, clock.ticketId)))
    .where(
      and(
        ...conditions(filter),
        writtenSince(sql`${clock}.written_in`, seen),
        after === null ? undefined : gt(clock.id, after)
      )
    )
    .orderBy(asc(clock.id))
    .limit(limit)
  return rows.map(clockOfCase)
}

function clockOfCase ({ clock: row, ticket }: { clock: typeof clock.$inferSelect, ticket: TicketCase }): ClockOfCase {
  return { clock: clockOf(row), ticket }
}

function conditions (filter: ClockFilter): (SQL | undefined)[] {
  const { tenantId, customerId, ticketId, state, metric, kinds, priority, assigneeId, dueBefore, dueAfter, breached } =
    filter
  return [
    eq(clock.tenantId, tenantId),
    eq(clock.voided, false),
    // a token may name a person who is no uuid: such a one has no ticket
    customerId === undefined ? undefined : sql`${ticketCase.customerId}::text = ${customerId}`,
    ticketId === undefined ? undefined : eq(clock.ticketId, ticketId),
    state === undefined ? undefined : inArray(clock.state, [...state]),
    metric === undefined ? undefined : inArray(clock.metric, [...metric]),
    kinds === undefined ? undefined : inArray(clock.kind, [...kinds]),
    priority === undefined ? undefined : inArray(ticketCase.priority, [...priority]),
    assigneeId === undefined ? undefined : eq(ticketCase.assigneeId, assigneeId),
    dueBefore === undefined ? undefined : lt(clock.dueAt, dueBefore),
    dueAfter === undefined ? undefined : gte(clock.dueAt, dueAfter),
    breached === undefined ? undefined : breached ? isNotNull(clock.breachedAt) : isNull(clock.breachedAt)
  ]
}

function order (sort: Sort): SQL[] {
  if (sort === 'startedAt') return [asc(clock.startedAt), asc(clock.id)]
  return sort === 'dueAt' ? [asc(clock.dueAt), asc(clock.id)] : [sql`${clock.dueAt} desc nulls last`, desc(clock.id)]
}

function isAfter (sort: Sort, { at, id }: Position): SQL | undefined {
  if (sort === 'startedAt') return or(gt(clock.startedAt, at!), and(eq(clock.startedAt, at!), gt(clock.id, id)))
  const later = sort === 'dueAt' ? gt : lt
  if (at === null) return and(isNull(clock.dueAt), later(clock.id, id))
  return or(later(clock.dueAt, at), and(eq(clock.dueAt, at), later(clock.id, id)), isNull(clock.dueAt))
}

/** A clock's place in a list. */
export function positionOf (sort: Sort, row: ClockRecord): Position {
  return { at: sort === 'startedAt' ? row.startedAt : row.dueAt, id: row.id }
}

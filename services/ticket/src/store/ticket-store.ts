import { isUuid } from '@dueline/contracts'
import { rowsOf, type Read, type Tx } from '@dueline/postgres'
import { and, eq, getTableColumns, inArray, sql } from 'drizzle-orm'
import type { Ticket } from '../domain/ticket.ts'
import { slaOfTicket } from './sla-store.ts'
import { ticket } from './tables.ts'

/** What is read of a ticket beside its row. */
export const besideRow = { sla: slaOfTicket }

const { tenantId: _, ...columns } = getTableColumns(ticket)

/** The beginning of every statement that reads tickets. */
export function selectTickets (read: Read) {
  return read.select({ ...columns, ...besideRow }).from(ticket)
}

/** One ticket by its id or number, or null; `customerId` narrows to that customer's own. */
export async function findTicket (
  read: Read,
  tenantId: string,
  key: string,
  customerId: string | null
): Promise<Ticket | null> {
  const rows = await selectTickets(read).where(and(
    eq(ticket.tenantId, tenantId),
    isUuid(key) ? eq(ticket.id, key) : eq(ticket.number, key),
    customerId === null ? undefined : eq(ticket.customerId, customerId)
  ))
  return rows[0] ?? null
}

/** As `findTicket`, locking the row until the transaction ends: needed by whoever appends facts. */
export async function lockTicket (
  tx: Tx,
  tenantId: string,
  key: string,
  customerId: string | null
): Promise<Ticket | null> {
  const rows = await selectTickets(tx).where(and(
    eq(ticket.tenantId, tenantId),
    isUuid(key) ? eq(ticket.id, key) : eq(ticket.number, key),
    customerId === null ? undefined : eq(ticket.customerId, customerId)
  )).for('update')
  return rows[0] ?? null
}

/** Several tickets by their ids. */
export async function findTickets (read: Read, tenantId: string, ids: readonly string[]): Promise<Map<string, Ticket>> {
  if (ids.length === 0) return new Map()
  const rows = await selectTickets(read).where(and(eq(ticket.tenantId, tenantId), inArray(ticket.id, [...ids])))
  return new Map(rows.map((row) => [row.id, row]))
}

/** Locks several tickets of a tenant, always in the order of their ids so that two batches cannot deadlock. */
export async function lockTickets (tx: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, Ticket>> {
  if (ids.length === 0) return new Map()
  const rows = await rowsOf(
    tx,
    ticket,
    sql`from ${ticket} where ${ticket.tenantId} = ${tenantId} and ${ticket.id} = any(${sql.param(ids)}::uuid[])
      order by ${ticket.id} for update`,
    besideRow
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** The ticket that another system knows by this key, or null. */
export async function findTicketByExternalId (
  read: Read,
  tenantId: string,
  externalId: string
): Promise<Ticket | null> {
  const rows = await selectTickets(read)
    .where(and(eq(ticket.tenantId, tenantId), eq(ticket.externalId, externalId)))
  return rows[0] ?? null
}

/** Locks the tickets that other systems know by these keys, in the order of their ids. */
export async function lockTicketsByExternalId (
  tx: Tx,
  tenantId: string,
  externalIds: readonly string[]
): Promise<Map<string, Ticket>> {
  if (externalIds.length === 0) return new Map()
  const rows = await selectTickets(tx)
    // the partial index is only usable when its condition is spelled out
    .where(
      and(
        eq(ticket.tenantId, tenantId),
        inArray(ticket.externalId, [...externalIds]),
        sql`${ticket.externalId} is not null`
      )
    )
    .orderBy(ticket.id)
    .for('update')
  return new Map(rows.map((row) => [row.externalId!, row]))
}

/** Those of the given ids that are of no ticket of the tenant, or not of the customer's own. */
export async function unknownTickets (
  read: Read,
  tenantId: string,
  ids: readonly string[],
  customerId: string | null
): Promise<Set<string>> {
  const rows = await read
    .select({ id: ticket.id })
    .from(ticket)
    .where(
      and(
        eq(ticket.tenantId, tenantId),
        inArray(ticket.id, [...ids]),
        customerId === null ? undefined : eq(ticket.customerId, customerId)
      )
    )
  const known = new Set(rows.map(({ id }) => id))
  return new Set(ids.filter((id) => !known.has(id)))
}

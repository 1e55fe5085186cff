import { createHash, randomBytes } from 'node:crypto'
import type { Micros } from '@dueline/business-time'
import type { Principal } from '@dueline/http'
import type { Read, TenantDatabases } from '@dueline/postgres'
import { and, eq, sql } from 'drizzle-orm'
import { streamTicket } from './tables.ts'

/** What a ticket stands for. `Fields`: which events, and after which cursor. */
export interface StreamTicket<Fields> {
  readonly principal: Principal
  readonly fields: Fields
  readonly expiresAt: Micros
}

/** Why a ticket opens nothing. */
export type TicketRefusal = 'late' | 'unknown'

// tenant, then 256 random bits
const ticketText = /^([a-z0-9][a-z0-9-]{0,62})\.[A-Za-z0-9_-]{43}$/
const hashOf = (ticket: string): string => createHash('sha256').update(ticket).digest('hex')

/** Keeps a new ticket by its hash. @returns the ticket */
export async function issueStreamTicket<Fields extends object> (
  database: TenantDatabases,
  { principal, fields, expiresAt }: StreamTicket<Fields>
): Promise<string> {
  const { tenantId } = principal
  const ticket = `${tenantId}.${randomBytes(32).toString('base64url')}`
  await returnStreamTicket(database, ticket, { principal, fields, expiresAt })
  return ticket
}

/** Uses a ticket: of all who try, in whatever process, one gets what it stands for. */
export async function redeemStreamTicket<Fields> (
  database: TenantDatabases,
  ticket: string,
  now: Micros
): Promise<StreamTicket<Fields> | TicketRefusal> {
  const tenantId = ticketText.exec(ticket)?.[1]
  if (tenantId === undefined) return 'unknown'
  const [row] = await database.forTenant(tenantId).read.delete(streamTicket)
    .where(and(eq(streamTicket.tenantId, tenantId), eq(streamTicket.hash, hashOf(ticket)))).returning()
  if (row === undefined) return 'unknown'
  return row.expiresAt <= now ? 'late' : row as unknown as StreamTicket<Fields>
}

/** Returns a ticket that has opened nothing: it may be used again until it is too late. */
export async function returnStreamTicket (
  database: TenantDatabases,
  ticket: string,
  { principal, fields, expiresAt }: StreamTicket<object>
): Promise<void> {
  const { tenantId } = principal
  await database.forTenant(tenantId).read.insert(streamTicket)
    .values({ tenantId, hash: hashOf(ticket), principal, fields: fields as Record<string, unknown>, expiresAt })
}

/** Removes what nobody can use any more. */
export async function pruneStreamTickets (db: Read): Promise<void> {
  await db.delete(streamTicket).where(sql`${streamTicket.expiresAt} < now() - interval '5 minutes'`)
}

import { createHash, randomBytes } from 'node:crypto'
import type { Micros } from '@dueline/business-time'
import type { Read, TenantDatabases } from '@dueline/postgres'
import { and, eq, sql } from 'drizzle-orm'
import { createSecretBox, type SecretBox } from '@dueline/runtime'
import { streamTicket } from './tables.ts'

/** What a ticket stands for. `Fields`: which events, and after which cursor. */
export interface StreamTicket<Fields> {
  readonly tenantId: string
  /** The token of who got it: whoever redeems the ticket is who has that token then. */
  readonly token: string
  readonly fields: Fields
  readonly expiresAt: Micros
}

/** Why a ticket opens nothing. */
export type TicketRefusal = 'late' | 'unknown'

// tenant, then 256 random bits
const ticketText = /^([a-z0-9][a-z0-9-]{0,62})\.[A-Za-z0-9_-]{43}$/
const hashOf = (ticket: string): string => createHash('sha256').update(ticket).digest('hex')

/** What only the ticket opens: nobody finds a token in the database. */
function boxOf (ticket: string): SecretBox {
  return createSecretBox(createHash('sha256').update(`token of ${ticket}`).digest('base64'))
}

/** Keeps a new ticket by its hash. @returns the ticket */
export async function issueStreamTicket<Fields extends object> (
  database: TenantDatabases,
  issued: StreamTicket<Fields>
): Promise<string> {
  const ticket = `${issued.tenantId}.${randomBytes(32).toString('base64url')}`
  await returnStreamTicket(database, ticket, issued)
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
  if (row?.sealedToken == null) return 'unknown'
  const { expiresAt, sealedToken } = row
  return expiresAt <= now
    ? 'late'
    : { tenantId, token: boxOf(ticket).open(sealedToken), fields: row.fields as Fields, expiresAt }
}

/** Returns a ticket that has opened nothing: it may be used again until it is too late. */
export async function returnStreamTicket (
  database: TenantDatabases,
  ticket: string,
  { tenantId, token, fields, expiresAt }: StreamTicket<object>
): Promise<void> {
  const sealedToken = boxOf(ticket).seal(token)
  await database.forTenant(tenantId).read.insert(streamTicket)
    .values({ tenantId, hash: hashOf(ticket), sealedToken, fields: fields as Record<string, unknown>, expiresAt })
}

/** Removes what nobody can use any more. */
export async function pruneStreamTickets (db: Read): Promise<void> {
  await db.delete(streamTicket).where(sql`${streamTicket.expiresAt} < now() - interval '5 minutes'`)
}

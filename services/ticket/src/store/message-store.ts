import type { Micros } from '@dueline/business-time'
import type { Read } from '@dueline/postgres'
import { and, asc, eq, gt, ne, type SQL } from 'drizzle-orm'
import type { Message } from '../domain/ticket.ts'
import { person, ticketMessage } from './tables.ts'

/** A message as stored, with the name its author shows. `version` is the ticket's after it. */
export interface StoredMessage extends Message {
  ticketId: string
  version: number
  at: Micros
  screenName: string | null
}

/** At most `limit` messages after the given ticket version, oldest first. `publicOnly` leaves out internal ones. */
export async function listMessages (
  read: Read,
  tenantId: string,
  ticketId: string,
  { afterVersion, limit, publicOnly }: { afterVersion: number, limit: number, publicOnly: boolean }
): Promise<StoredMessage[]> {
  const condition = and(
    gt(ticketMessage.version, afterVersion),
    publicOnly ? ne(ticketMessage.kind, 'internal') : undefined
  )
  return await selectMessages(read, tenantId, ticketId, condition, limit)
}

/** The ticket's message that another system knows by this key, or null. */
export async function findMessageByExternalId (
  read: Read,
  tenantId: string,
  ticketId: string,
  externalId: string
): Promise<StoredMessage | null> {
  return (await selectMessages(read, tenantId, ticketId, eq(ticketMessage.externalId, externalId), 1))[0] ?? null
}

async function selectMessages (
  read: Read,
  tenantId: string,
  ticketId: string,
  condition: SQL | undefined,
  limit: number
): Promise<StoredMessage[]> {
  const rows = await read
    .select({ message: ticketMessage, screenName: person.screenName })
    .from(ticketMessage)
    .leftJoin(person, and(eq(person.tenantId, ticketMessage.tenantId), eq(person.id, ticketMessage.authorId)))
    .where(and(eq(ticketMessage.tenantId, tenantId), eq(ticketMessage.ticketId, ticketId), condition))
    .orderBy(asc(ticketMessage.version))
    .limit(limit)
  return rows.map(({ message: { tenantId: _, ...message }, screenName }) => ({ ...message, screenName }))
}

import type { Micros } from '@dueline/business-time'
import type { Read } from '@dueline/postgres'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Message } from '../domain/ticket.ts'
import { person, ticketMessage } from './tables.ts'

/** A message as stored, with the name its author shows. `version` is the ticket's after it. */
export interface StoredMessage extends Message { ticketId: string, version: number, at: Micros, screenName: string | null }

/** At most `limit` messages after the given ticket version, oldest first. `publicOnly` leaves out internal ones. */
export async function listMessages (read: Read, tenantId: string, ticketId: string, { afterVersion, limit, publicOnly }: { afterVersion: number, limit: number, publicOnly: boolean }): Promise<StoredMessage[]> {
  const rows = await read.select({ message: ticketMessage, screenName: person.screenName }).from(ticketMessage)
    .leftJoin(person, and(eq(person.tenantId, ticketMessage.tenantId), eq(person.id, ticketMessage.authorId)))
    .where(and(
      eq(ticketMessage.tenantId, tenantId), eq(ticketMessage.ticketId, ticketId), gt(ticketMessage.version, afterVersion),
      publicOnly ? eq(ticketMessage.kind, 'public') : undefined))
    .orderBy(asc(ticketMessage.version)).limit(limit)
  return rows.map(({ message: { tenantId: _, ...message }, screenName }) => ({ ...message, screenName }))
}

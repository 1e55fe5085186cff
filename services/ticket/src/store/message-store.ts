import type { Micros } from '@dueline/business-time'
import { rowsOf, type Read } from '@dueline/postgres'
import { and, asc, eq, gt, ne, sql, type SQL } from 'drizzle-orm'
import type { Message } from '../domain/ticket.ts'
import { findPeople } from './person-store.ts'
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

/** The newest messages of each of several tickets, at most `each`. */
export async function newestMessages (
  read: Read,
  tenantId: string,
  ticketIds: readonly string[],
  { each, publicOnly }: { each: number, publicOnly: boolean }
): Promise<StoredMessage[]> {
  const rows = await rowsOf(
    read,
    ticketMessage,
    sql`from unnest(${sql.param(ticketIds)}::uuid[]) as k(id) cross join lateral (
      select * from ticket_message m where m.tenant_id = ${tenantId} and m.ticket_id = k.id
        and (not ${publicOnly} or m.kind <> 'internal')
      order by m.version desc limit ${each}) ${ticketMessage}`
  )
  const authors = rows.map(({ authorId }) => authorId).filter((id) => id !== null)
  const people = await findPeople(read, tenantId, [...new Set(authors)])
  return rows.map((row) => ({ ...row, screenName: people.get(row.authorId ?? '')?.screenName ?? null }))
}

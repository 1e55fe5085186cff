import { tableRows, type Read, type TenantTx, type Tx } from '@dueline/postgres'
import type { Micros } from '@dueline/business-time'
import { and, asc, desc, eq, inArray, isNull, lt, sql } from 'drizzle-orm'
import { message, person, type MessageRow } from './tables.ts'

/** What a new message starts with. */
export type NewMessage = Omit<MessageRow, 'attempts' | 'lastError' | 'readAt'>

const rows = tableRows(message)

/** Stores messages that are not there yet; returns those that were new. */
export async function insertMessages (
  tx: Tx,
  messages: readonly NewMessage[]
): Promise<Pick<MessageRow, 'tenantId' | 'id' | 'channel'>[]> {
  if (messages.length === 0) return []
  const { rows: stored } = await tx.$client.query<Pick<MessageRow, 'tenantId' | 'id' | 'channel'>>({
    name: 'message-insert',
    text: `insert into message (${rows.columns()}) select ${rows.columns()} from ${rows.from(1, 'm')}
           on conflict (tenant_id, event_id, person_id, channel) do nothing
           returning tenant_id as "tenantId", id, channel`,
    values: rows.values(messages.map((each) => ({ ...each, attempts: 0 })))
  })
  return stored
}

/** Of a message's reader: a mail that could not be delivered may have been parked for a wrong one. */
const currentAddress = sql`coalesce(
  (select ${person.email} from ${person}
    where ${person.tenantId} = ${message.tenantId} and ${person.id} = ${message.personId}),
  ${message.recipient})`

/** Queues a parked message again, for the address that its reader has now; undefined when it is not parked. */
export async function requeue (tx: TenantTx, id: string): Promise<MessageRow | undefined> {
  const [row] = await tx.update(message).set({ state: 'pending', attempts: 0, recipient: currentAddress })
    .where(and(eq(message.tenantId, tx.tenantId), eq(message.id, id), eq(message.state, 'failed'))).returning()
  return row
}

/** A message that notified somebody of a breach, or that it is withdrawn. */
export type BreachMessage = Pick<
  MessageRow,
  'tenantId' | 'ticketId' | 'clockId' | 'personId' | 'eventType' | 'breachOf'
>

/** Of some tickets, in the order in which they were written. */
export async function readBreachMessages (
  db: Read,
  tickets: ReadonlyArray<{ tenantId: string, ticketId: string }>
): Promise<BreachMessage[]> {
  if (tickets.length === 0) return []
  const { tenantId, ticketId, clockId, personId, eventType, breachOf } = message
  return await db.select({ tenantId, ticketId, clockId, personId, eventType, breachOf }).from(message).where(and(
    inArray(tenantId, tickets.map((each) => each.tenantId)),
    inArray(ticketId, tickets.map((each) => each.ticketId)),
    sql`(${breachOf} <> '{}' or ${eventType} = 'dueline.clock.breach-withdrawn.v1')`
  )).orderBy(asc(message.createdAt), asc(message.id))
}

export async function readMessage (db: Read, tenantId: string, id: string): Promise<MessageRow | undefined> {
  const [row] = await db.select().from(message).where(and(eq(message.tenantId, tenantId), eq(message.id, id)))
  return row
}

/** Newest first; `before` is the id of the last one seen (ids are in order of time). */
export async function listMessages (
  db: Read,
  { tenantId, before, limit, ...filter }: {
    tenantId: string,
    before: string | undefined,
    limit: number,
    ticketId?: string,
    personId?: string,
    channel?: 'email' | 'inbox',
    state?: MessageRow['state'],
    unread?: boolean
  }
): Promise<MessageRow[]> {
  return await db.select().from(message).where(and(
    eq(message.tenantId, tenantId),
    before === undefined ? undefined : lt(message.id, before),
    filter.ticketId === undefined ? undefined : eq(message.ticketId, filter.ticketId),
    filter.personId === undefined ? undefined : eq(message.personId, filter.personId),
    filter.channel === undefined ? undefined : eq(message.channel, filter.channel),
    filter.state === undefined ? undefined : eq(message.state, filter.state),
    filter.unread === true ? isNull(message.readAt) : undefined
  )).orderBy(desc(message.id)).limit(limit)
}

export async function countUnread (db: Read, tenantId: string, personId: string): Promise<number> {
  return await db.$count(
    message,
    and(
      eq(message.tenantId, tenantId),
      eq(message.personId, personId),
      eq(message.channel, 'inbox'),
      isNull(message.readAt)
    )
  )
}

/** How many messages of each person's inbox are unread. */
export async function countUnreadOf (
  tx: Tx,
  people: ReadonlyArray<Pick<MessageRow, 'tenantId' | 'personId'>>
): Promise<(tenantId: string, personId: string) => number> {
  if (people.length === 0) return () => 0
  const { rows } = await tx.$client.query<{ tenantId: string, personId: string, unread: number }>({
    name: 'message-unread',
    text: `select k.tenant_id as "tenantId", k.person_id as "personId", u.unread
           from (select distinct * from unnest($1::text[], $2::uuid[])) as k(tenant_id, person_id)
           cross join lateral (select count(*)::int as unread from message m where m.tenant_id = k.tenant_id
             and m.person_id = k.person_id and m.channel = 'inbox' and m.read_at is null) u`,
    values: [people.map(({ tenantId }) => tenantId), people.map(({ personId }) => personId)]
  })
  const counts = new Map(rows.map(({ tenantId, personId, unread }) => [`${tenantId} ${personId}`, unread]))
  return (tenantId, personId) => counts.get(`${tenantId} ${personId}`) ?? 0
}

/** Marks the person's inbox messages read, one or all of them; returns how many were not read before. */
export async function markRead (tx: TenantTx, personId: string, readAt: Micros, id?: string): Promise<number> {
  const { rowCount } = await tx.update(message).set({ readAt })
    .where(
      and(
        eq(message.tenantId, tx.tenantId),
        eq(message.personId, personId),
        eq(message.channel, 'inbox'),
        isNull(message.readAt),
        id === undefined ? undefined : eq(message.id, id)
      )
    )
  return rowCount ?? 0
}

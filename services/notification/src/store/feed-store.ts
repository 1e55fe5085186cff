import { jsonArrayParam, type Read, type Tx } from '@dueline/postgres'
import { published, type DuelineEvent, type EventType, type PublishedEvent } from '@dueline/contracts'
import { and, arrayOverlaps, asc, eq, gt, inArray, lte, notInArray, or, sql, type SQL } from 'drizzle-orm'
import { asRead, type EventFilter, type EventScope, type Reader } from '../domain/event-scope.ts'
import { personalTypes, ticketTypes } from '../domain/visibility.ts'
import { feedEvent } from './tables.ts'
import { followTickets } from './ticket-scope-store.ts'

/** An event at its place in the tenant's feed. Positions are dense and start at 1. */
export interface FeedEntry {
  position: number
  event: PublishedEvent
}

/** An entry as it stands in the feed, with who may read it. */
export interface ScopedEntry {
  readonly position: number
  readonly type: EventType
  /** The event in JSON, as it was appended. */
  readonly text: string
  readonly scope: EventScope
}

/**
 * Appends events to their tenants' feeds in the given order, each with who may read it. An event that is there already
 * is left alone. The head rows stay locked until the commit, in tenant order so that two batches cannot wait for each
 * other.
 */
export async function appendToFeed (tx: Tx, events: readonly DuelineEvent[]): Promise<void> {
  const tenants = [...new Set(events.map((event) => event.tenantid))].sort()
  await lockFeeds(tx, tenants)
  const scopes = await followTickets(tx, events)
  await tx.$client.query({
    name: 'feed-append',
    text: `with fresh as (
             select e.* from unnest($2::text[], $3::uuid[], $4::text[], $5::json[], $6::uuid[], $7::uuid[], $8::uuid[],
               $9::json[], $10::json[]) with ordinality
                 as e(tenant_id, id, type, event, ticket_id, customer_id, person_id, assignees, teams, ord)
             where not exists (select 1 from feed_event f where f.tenant_id = e.tenant_id and f.id = e.id)
           ), moved as (
             update feed_head h set next_position = h.next_position + n.count
             from (select tenant_id, count(*) as count from fresh group by tenant_id) n where h.tenant_id = n.tenant_id
           )
           insert into feed_event (tenant_id, position, id, type, event, ticket_id, customer_id, person_id, assignees,
             teams)
           select tenant_id, head.next_position + row_number() over (partition by tenant_id order by ord) - 1, id, type,
             event, ticket_id, customer_id, person_id, array(select json_array_elements_text(assignees)),
             array(select json_array_elements_text(teams))
           from fresh join (select * from feed_head where tenant_id = any($1)) head using (tenant_id)`,
    values: [
      tenants,
      events.map((event) => event.tenantid),
      events.map((event) => event.id),
      events.map((event) => event.type),
      jsonArrayParam(events.map((event) => JSON.stringify(published(event)))),
      scopes.map(({ ticketId }) => ticketId),
      scopes.map(({ customerId }) => customerId),
      scopes.map(({ personId }) => personId),
      jsonArrayParam(scopes.map(({ assignees }) => JSON.stringify(assignees))),
      jsonArrayParam(scopes.map(({ teams }) => JSON.stringify(teams)))
    ]
  })
}

/** Locks the heads of tenants' feeds, which must be in order, until the transaction ends. */
export async function lockFeeds (tx: Tx, tenants: readonly string[]): Promise<void> {
  await tx.$client.query({
    name: 'feed-head-lock',
    text: `insert into feed_head (tenant_id) select unnest($1::text[])
           on conflict (tenant_id) do update set next_position = feed_head.next_position`,
    values: [tenants]
  })
}

/** Which part of a feed is read: after `after` (0 is from the start), up to and with `until`. */
export interface FeedQuery {
  readonly tenantId: string
  readonly reader: Reader
  readonly filter: EventFilter
  readonly after: number
  readonly until: number
  readonly limit: number
}

/**
 * Entries as their reader may know them, oldest first: those of which `reads` says that it does. What is for it up to
 * `upTo` is among them, and nothing after it.
 */
export async function readFeed (db: Read, query: FeedQuery): Promise<{ entries: FeedEntry[], upTo: number }> {
  const { tenantId, reader, filter, after, until, limit } = query
  const rows = await db.select({ position: feedEvent.position, event: feedEvent.event }).from(feedEvent)
    .where(
      and(
        eq(feedEvent.tenantId, tenantId),
        gt(feedEvent.position, after),
        lte(feedEvent.position, until),
        ...chosen(filter),
        seen(reader, filter)
      )
    )
    .orderBy(asc(feedEvent.position)).limit(limit)
  const entries = rows.flatMap(({ position, event }) => {
    const shown = asRead(event, reader)
    return shown === null ? [] : [{ position, event: shown }]
  })
  return { entries, upTo: rows.length < limit ? Math.max(after, until) : rows.at(-1)!.position }
}

function chosen ({ types, ticketIds }: EventFilter): Array<SQL | undefined> {
  return [
    types === undefined ? undefined : inArray(feedEvent.type, [...types]),
    ticketIds === undefined ? undefined : inArray(feedEvent.ticketId, [...ticketIds])
  ]
}

function seen ({ sees, personId }: Reader, { assignee, team }: EventFilter): SQL | undefined {
  if (sees === 'own') return eq(feedEvent.customerId, personId)
  const addressed = eq(feedEvent.personId, personId)
  if (sees === 'nothing') return addressed
  const held = and(
    assignee === undefined ? undefined : arrayOverlaps(feedEvent.assignees, [assignee]),
    team === undefined ? undefined : arrayOverlaps(feedEvent.teams, [team]),
    sees === 'tickets' ? inArray(feedEvent.type, ticketTypes) : notInArray(feedEvent.type, personalTypes)
  )
  return or(addressed, held)
}

/** Everything after `after`, oldest first, with who may read it. */
export async function readScopedFeed (
  db: Read,
  { tenantId, after, limit }: { tenantId: string, after: number, limit: number }
): Promise<ScopedEntry[]> {
  const { rows } = await db.$client.query<EventScope & { position: string, type: EventType, text: string }>({
    name: 'feed-read-scoped',
    text: `select position, type, event::text as text, ticket_id as "ticketId", customer_id as "customerId",
             person_id as "personId", assignees, teams
           from feed_event where tenant_id = $1 and position > $2 order by position limit $3`,
    values: [tenantId, after, limit]
  })
  return rows.map(({ position, type, text, ...scope }) => ({ position: Number(position), type, text, scope }))
}

/** The position of the newest entry, 0 for an empty feed. */
export async function feedEnd (db: Read, tenantId: string): Promise<number> {
  const { rows } = await db.execute<{ end: string }>(
    sql`select coalesce(max(next_position) - 1, 0) as end from feed_head where tenant_id = ${tenantId}`
  )
  return Number(rows[0]?.end ?? 0)
}

/** The ends of several tenants' feeds. */
export async function feedEnds (db: Read, tenantIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.$client.query<{ tenantId: string, end: string }>({
    name: 'feed-ends',
    text: 'select tenant_id as "tenantId", next_position - 1 as end from feed_head where tenant_id = any($1)',
    values: [tenantIds]
  })
  return new Map(rows.map(({ tenantId, end }) => [tenantId, Number(end)]))
}

/** Where a feed begins and ends: from after `start` to `end` all of it is there. */
export async function feedBounds (db: Read, tenantId: string): Promise<{ start: number, end: number }> {
  const { rows } = await db.execute<{ start: string | null, end: string }>(sql`
    select (select min(position) - 1 from feed_event where tenant_id = ${tenantId}) as start,
      coalesce((select next_position - 1 from feed_head where tenant_id = ${tenantId}), 0) as end`)
  const { start = null, end = '0' } = rows[0] ?? {}
  return { start: Number(start ?? end), end: Number(end) }
}

/** Removes what is older than `days`; at most `limit` rows, so that a pass stays short. Returns how many went. */
export async function pruneFeed (db: Read, { days, limit }: { days: number, limit: number }): Promise<number> {
  const { rowCount } = await db.execute(sql`
    delete from feed_event where ctid = any(array(
      select ctid from feed_event where recorded_at < now() - make_interval(days => ${days}) limit ${limit}))`)
  return rowCount ?? 0
}

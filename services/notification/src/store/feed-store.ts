import { jsonArrayParam, type Read, type Tx } from '@dueline/postgres'
import type { DuelineEvent } from '@dueline/contracts'
import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm'
import { feedEvent } from './tables.ts'

/** An event at its place in the tenant's feed. Positions are dense and start at 1. */
export interface FeedEntry {
  position: number
  event: DuelineEvent
}

/**
 * Appends events to their tenants' feeds in the given order. An event that is there already is left alone. The head
 * rows stay locked until the commit, in tenant order so that two batches cannot wait for each other.
 */
export async function appendToFeed (tx: Tx, events: readonly DuelineEvent[]): Promise<void> {
  const tenants = [...new Set(events.map((event) => event.tenantid))].sort()
  await tx.$client.query({
    name: 'feed-head-make',
    text: 'insert into feed_head (tenant_id) select unnest($1::text[]) on conflict do nothing',
    values: [tenants]
  })
  await tx.$client.query({
    name: 'feed-append',
    text: `with head as materialized (
             select tenant_id, next_position from feed_head where tenant_id = any($1) order by tenant_id for update
           ), fresh as (
             select e.tenant_id, e.id, e.type, e.event, e.ord
               from unnest($2::text[], $3::uuid[], $4::text[], $5::json[]) with ordinality
                 as e(tenant_id, id, type, event, ord)
             where not exists (select 1 from feed_event f where f.tenant_id = e.tenant_id and f.id = e.id)
           ), moved as (
             update feed_head h set next_position = h.next_position + n.count
             from (select tenant_id, count(*) as count from fresh group by tenant_id) n where h.tenant_id = n.tenant_id
           )
           insert into feed_event (tenant_id, position, id, type, event)
           select tenant_id, head.next_position + row_number() over (partition by tenant_id order by ord) - 1, id, type,
             event
           from fresh join head using (tenant_id)`,
    values: [
      tenants,
      events.map((event) => event.tenantid),
      events.map((event) => event.id),
      events.map((event) => event.type),
      jsonArrayParam(events.map((event) => JSON.stringify(event)))
    ]
  })
}

/** Entries after `after` (0 = from the start), oldest first; only of `types` when given. */
export async function readFeed (
  db: Read,
  { tenantId, after, types, limit }: {
    tenantId: string,
    after: number,
    types: readonly string[] | undefined,
    limit: number
  }
): Promise<FeedEntry[]> {
  return await db.select({ position: feedEvent.position, event: feedEvent.event }).from(feedEvent)
    .where(
      and(
        eq(feedEvent.tenantId, tenantId),
        gt(feedEvent.position, after),
        types === undefined ? undefined : inArray(feedEvent.type, [...types])
      )
    )
    .orderBy(asc(feedEvent.position)).limit(limit)
}

/** The position of the newest entry, 0 for an empty feed. */
export async function feedEnd (db: Read, tenantId: string): Promise<number> {
  const { rows } = await db.execute<{ end: string }>(
    sql`select coalesce(max(next_position) - 1, 0) as end from feed_head where tenant_id = ${tenantId}`
  )
  return Number(rows[0]?.end ?? 0)
}

/** Removes what is older than `days`; at most `limit` rows, so that a pass stays short. Returns how many went. */
export async function pruneFeed (db: Read, { days, limit }: { days: number, limit: number }): Promise<number> {
  const { rowCount } = await db.execute(sql`
    delete from feed_event where ctid = any(array(
      select ctid from feed_event where recorded_at < now() - make_interval(days => ${days}) limit ${limit}))`)
  return rowCount ?? 0
}

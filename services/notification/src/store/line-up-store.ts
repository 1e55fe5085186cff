import { instantParam, type Read, type Tx } from '@dueline/postgres'
import type { Micros } from '@dueline/business-time'
import type { Ids } from '@dueline/runtime'
import { personalTypes } from '../domain/visibility.ts'
import { columnsOf, type EndpointKey } from './lane-store.ts'

/** An endpoint that has something to read in the feed. */
export interface Behind extends EndpointKey {
  readonly failing: boolean
}

/** Most that is queued in one transaction. */
const linedUpMax = 2_000

/** What is for one person leaves the house by no webhook. */
const isForEndpoints = `f.type <> all('{${personalTypes.join()}}')`

const behindText = `select e.tenant_id as "tenantId", e.id as "endpointId", e.failing_since is not null as failing
  from webhook_endpoint e join feed_head h on h.tenant_id = e.tenant_id
  where e.state = 'enabled' and e.lined_up_to < h.next_position - 1`

/** Enabled endpoints of a tenant that want some of these types, and have not read its feed to the end. */
export async function readInterested (
  db: Read,
  tenantId: string,
  types: readonly string[]
): Promise<Behind[]> {
  const { rows } = await db.$client.query<Behind>({
    name: 'webhook-interested',
    text: `${behindText} and e.tenant_id = $1 and (e.types = '{}' or e.types && $2::text[])`,
    values: [tenantId, types]
  })
  return rows
}

/**
 * Moves endpoints past what they do not want, and returns those that are still behind. Of all tenants: it finds what
 * was left when a process died.
 */
export async function readBehind (db: Read): Promise<Behind[]> {
  await db.$client.query({
    name: 'webhook-pass-by',
    text: `update webhook_endpoint e set lined_up_to = h.next_position - 1
           from feed_head h
           where h.tenant_id = e.tenant_id and e.state = 'enabled' and e.lined_up_to < h.next_position - 1
             and not exists (
               select from feed_event f
               where f.tenant_id = e.tenant_id and f.position > e.lined_up_to and f.position < h.next_position
                 and (e.types = '{}' or f.type = any(e.types)) and ${isForEndpoints})`
  })
  return (await db.$client.query<Behind>({ name: 'webhook-behind', text: behindText })).rows
}

interface LinedUp {
  readonly linedUpTo: ReadonlyMap<string, number>
  readonly more: ReadonlySet<string>
}

interface Place {
  tenant_id: string
  endpoint_id: string
  up_to: string
  more: boolean
  position: string | null
}

/**
 * Queues what enabled endpoints want of the feed, from where each has read to. The endpoints are locked: nobody
 * else queues events for them, so each is there once and in the feed's order. Positions become visible in their
 * order, so none is passed over.
 * @returns of endpoints that have read: up to where, and whether there is more
 */
export async function lineUp (
  tx: Tx,
  endpoints: readonly EndpointKey[],
  { ids, now }: { ids: Ids, now: Micros }
): Promise<LinedUp> {
  if (endpoints.length === 0) return { linedUpTo: new Map(), more: new Set() }
  const { rows } = await tx.$client.query<Place>({
    name: 'webhook-wanted',
    text: `select e.tenant_id, e.id as endpoint_id, u.up_to, u.up_to < h.next_position - 1 as more, w.position
           from unnest($1::text[], $2::uuid[]) as r(tenant_id, endpoint_id)
           join webhook_endpoint e on e.tenant_id = r.tenant_id and e.id = r.endpoint_id and e.state = 'enabled'
           join feed_head h on h.tenant_id = e.tenant_id and h.next_position - 1 > e.lined_up_to
           cross join lateral (select least(h.next_position - 1, e.lined_up_to + $3::int) as up_to) u
           left join lateral (
             select f.position from feed_event f
             where f.tenant_id = e.tenant_id and f.position > e.lined_up_to and f.position <= u.up_to
               and (e.types = '{}' or f.type = any(e.types)) and ${isForEndpoints}
             order by f.position
           ) w on true`,
    values: [...columnsOf(endpoints), Math.ceil(linedUpMax / endpoints.length)]
  })
  if (rows.length === 0) return { linedUpTo: new Map(), more: new Set() }
  const places = [...new Map(rows.map((row) => [row.endpoint_id, row])).values()]
  await insertWanted(tx, rows.filter(({ position }) => position !== null), places, { ids, now })
  return {
    linedUpTo: new Map(places.map((place) => [place.endpoint_id, Number(place.up_to)])),
    more: new Set(places.filter(({ more }) => more).map((place) => place.endpoint_id))
  }
}

/** Each is due if nothing stands before it in its lane, of those that are there or come with it. */
async function insertWanted (
  tx: Tx,
  wanted: readonly Place[],
  places: readonly Place[],
  { ids, now }: { ids: Ids, now: Micros }
): Promise<void> {
  await tx.$client.query({
    name: 'webhook-line-up',
    text: `with moved as (
             update webhook_endpoint e set lined_up_to = p.up_to
             from unnest($1::text[], $2::uuid[], $3::bigint[]) as p(tenant_id, id, up_to)
             where e.tenant_id = p.tenant_id and e.id = p.id
           ), fresh as (
             select w.*, f.id as event_id, f.type, f.event, coalesce(f.event->>'subject', f.id::text) as subject
             from unnest($4::text[], $5::uuid[], $6::bigint[], $7::uuid[]) with ordinality
               as w(tenant_id, endpoint_id, position, id, ordinal)
             join feed_event f on f.tenant_id = w.tenant_id and f.position = w.position
             where not exists (
               select from webhook_delivery d
               where d.tenant_id = w.tenant_id and d.endpoint_id = w.endpoint_id and d.event_id = f.id)
           )
           insert into webhook_delivery
             (tenant_id, id, endpoint_id, event_id, event_type, subject, event, state, created_at, next_attempt_at)
           select tenant_id, id, endpoint_id, event_id, type, subject, event::jsonb, 'pending', $8::timestamptz,
             case when row_number() over (partition by tenant_id, endpoint_id, subject order by ordinal) = 1
               and not exists (
                 select from webhook_delivery d
                 where d.tenant_id = fresh.tenant_id and d.endpoint_id = fresh.endpoint_id and d.subject = fresh.subject
                   and d.state = 'pending')
             then $8::timestamptz end
           from fresh order by ordinal`,
    values: [
      places.map((each) => each.tenant_id),
      places.map((each) => each.endpoint_id),
      places.map((each) => each.up_to),
      wanted.map((each) => each.tenant_id),
      wanted.map((each) => each.endpoint_id),
      wanted.map(({ position }) => position),
      wanted.map(() => ids.next()),
      instantParam(now)
    ]
  })
}

import type { Micros } from '@dueline/business-time'
import { instantParam, readInstant, type Tx } from '@dueline/postgres'
import { asc, sql } from 'drizzle-orm'
import { webhookEndpoint, type DeliveryRow, type EndpointRow } from './tables.ts'

/** An endpoint within its tenant. */
export interface EndpointKey {
  readonly tenantId: string
  readonly endpointId: string
}

/** What is of one subject at an endpoint: it goes in order. */
export interface Lane extends EndpointKey {
  readonly subject: string
}

/** A delivery that was begun, with where it goes. */
export interface WebhookItem
  extends Pick<DeliveryRow, 'tenantId' | 'endpointId' | 'id' | 'eventId' | 'subject' | 'event' | 'attempts'> {
  readonly endpoint: EndpointRow
}

/**
 * How many of an endpoint may be sent at once: one alone while it fails, so that a receiver that hangs holds up little.
 */
export const lanesMax = { healthy: 8, failing: 1 }

/** The two array parameters that name endpoints. */
export function columnsOf (keys: readonly EndpointKey[]): [string[], string[]] {
  return [keys.map(({ tenantId }) => tenantId), keys.map(({ endpointId }) => endpointId)]
}

/**
 * Locks endpoints, always in the same order, and returns those that there are: whatever changes what is queued for
 * them holds their rows.
 */
export async function lockEndpoints (tx: Tx, keys: readonly EndpointKey[]): Promise<EndpointRow[]> {
  const [tenantIds, ids] = columnsOf(keys)
  const named = sql`select * from unnest(${sql.param(tenantIds)}::text[], ${sql.param(ids)}::uuid[])`
  return await tx.select().from(webhookEndpoint)
    .where(sql`(${webhookEndpoint.tenantId}, ${webhookEndpoint.id}) in (${named})`)
    .orderBy(asc(webhookEndpoint.tenantId), asc(webhookEndpoint.id)).for('update')
}

/**
 * Begins attempts of what is due to enabled endpoints: of each subject the oldest only, as many as there is room for.
 * The endpoints are locked. `inFlight`: how many of each are being sent.
 */
export async function beginDeliveries (
  tx: Tx,
  endpoints: ReadonlyArray<{ row: EndpointRow, inFlight: number }>,
  { now, leaseEnd }: { now: Micros, leaseEnd: Micros }
): Promise<WebhookItem[]> {
  const { rows } = await tx.$client.query<Omit<WebhookItem, 'endpoint'> & { position: string }>({
    name: 'webhook-begin',
    text: `with due as (
             select d.tenant_id, d.id
             from unnest($1::text[], $2::uuid[], $3::int[]) as r(tenant_id, endpoint_id, in_flight)
             join webhook_endpoint e on e.tenant_id = r.tenant_id and e.id = r.endpoint_id and e.state = 'enabled'
             cross join lateral (
               select tenant_id, id from webhook_delivery
               where tenant_id = r.tenant_id and endpoint_id = r.endpoint_id and state = 'pending'
                 and next_attempt_at <= $4::timestamptz
               order by next_attempt_at, position
               limit greatest(0, case when e.failing_since is null then $6::int else $7::int end - r.in_flight)
             ) d
           )
           update webhook_delivery d
           set attempts = d.attempts + 1, last_attempt_at = $4::timestamptz, next_attempt_at = $5::timestamptz
           from due where d.tenant_id = due.tenant_id and d.id = due.id
           returning d.tenant_id as "tenantId", d.endpoint_id as "endpointId", d.id, d.event_id as "eventId", d.subject,
             d.event, d.attempts, d.position`,
    values: [
      endpoints.map(({ row }) => row.tenantId),
      endpoints.map(({ row }) => row.id),
      endpoints.map(({ inFlight }) => inFlight),
      instantParam(now),
      instantParam(leaseEnd),
      lanesMax.healthy,
      lanesMax.failing
    ]
  })
  const byId = new Map(endpoints.map(({ row }) => [row.id, row]))
  return rows.sort((a, b) => Number(a.position) - Number(b.position))
    .map(({ position, ...item }) => ({ ...item, endpoint: byId.get(item.endpointId)! }))
}

/** When each endpoint is to be looked at next, after `now`; those with nothing to wait for are missing. */
export async function nextLooks (
  tx: Tx,
  endpoints: readonly EndpointKey[],
  now: Micros
): Promise<Array<EndpointKey & { at: Micros }>> {
  const { rows } = await tx.$client.query<EndpointKey & { at: string }>({
    name: 'webhook-next-look',
    text: `select r.tenant_id as "tenantId", r.endpoint_id as "endpointId", d.next_attempt_at as at
           from unnest($1::text[], $2::uuid[]) as r(tenant_id, endpoint_id)
           join webhook_endpoint e on e.tenant_id = r.tenant_id and e.id = r.endpoint_id and e.state = 'enabled'
           cross join lateral (
             select next_attempt_at from webhook_delivery
             where tenant_id = r.tenant_id and endpoint_id = r.endpoint_id and state = 'pending'
               and next_attempt_at > $3::timestamptz
             order by next_attempt_at limit 1
           ) d`,
    values: [...columnsOf(endpoints), instantParam(now)]
  })
  return rows.map((row) => ({ ...row, at: readInstant(row.at) }))
}

/**
 * Makes the first that is pending in each lane due at `now`, unless it has its time already. The endpoints are locked.
 */
export async function promoteHeads (tx: Tx, lanes: readonly Lane[], now: Micros): Promise<void> {
  if (lanes.length === 0) return
  await tx.$client.query({
    name: 'webhook-promote',
    text: `update webhook_delivery d set next_attempt_at = $4::timestamptz
           from (select distinct * from unnest($1::text[], $2::uuid[], $3::text[]))
             as l(tenant_id, endpoint_id, subject)
           cross join lateral (
             select id, next_attempt_at from webhook_delivery
             where tenant_id = l.tenant_id and endpoint_id = l.endpoint_id and subject = l.subject and state = 'pending'
             order by position limit 1
           ) head
           where d.tenant_id = l.tenant_id and d.id = head.id and head.next_attempt_at is null`,
    values: [...columnsOf(lanes), lanes.map(({ subject }) => subject), instantParam(now)]
  })
}

/**
 * Makes the first of every subject due at `now`, or none at all (null): the endpoint was enabled, or disabled. Its row
 * is locked.
 */
export async function rescheduleEndpoint (
  tx: Tx,
  { tenantId, endpointId }: EndpointKey,
  now: Micros | null
): Promise<void> {
  await tx.$client.query({
    name: 'webhook-reschedule',
    text: `update webhook_delivery d set next_attempt_at = case when head.id = d.id then $3::timestamptz end
           from (select distinct on (subject) id, subject from webhook_delivery
                 where tenant_id = $1 and endpoint_id = $2 and state = 'pending' order by subject, position) head
           where d.tenant_id = $1 and d.endpoint_id = $2 and d.state = 'pending' and d.subject = head.subject
             and d.next_attempt_at is distinct from case when head.id = d.id then $3::timestamptz end`,
    values: [tenantId, endpointId, now === null ? null : instantParam(now)]
  })
}

/**
 * A delivery after an attempt. `error`: fit to be kept; `nextAttemptAt` null: done with, or waiting until its endpoint
 * is enabled.
 */
export interface DeliveryEnd {
  readonly item: WebhookItem
  readonly state: DeliveryRow['state']
  readonly status: number | null
  readonly error: string | null
  readonly nextAttemptAt: Micros | null
}

/** Writes down how attempts ended; returns the ids of deliveries that nobody else has gone on with. */
export async function recordDeliveries (tx: Tx, ends: readonly DeliveryEnd[]): Promise<Set<string>> {
  if (ends.length === 0) return new Set()
  const { rows } = await tx.$client.query<{ id: string }>({
    name: 'webhook-record',
    text: `update webhook_delivery d
           set state = e.state, last_status = e.status, last_error = e.error, next_attempt_at = e.next_attempt_at
           from unnest($1::text[], $2::uuid[], $3::int[], $4::text[], $5::int[], $6::text[], $7::timestamptz[])
             as e(tenant_id, id, attempts, state, status, error, next_attempt_at)
           where d.tenant_id = e.tenant_id and d.id = e.id and d.attempts = e.attempts and d.state = 'pending'
           returning d.id`,
    values: [
      ends.map(({ item }) => item.tenantId),
      ends.map(({ item }) => item.id),
      ends.map(({ item }) => item.attempts),
      ends.map(({ state }) => state),
      ends.map(({ status }) => status),
      ends.map(({ error }) => error),
      ends.map(({ nextAttemptAt }) => nextAttemptAt === null ? null : instantParam(nextAttemptAt))
    ]
  })
  return new Set(rows.map(({ id }) => id))
}

/** Uncounts attempts that were begun and never made, and makes them due at `dueAt`. The endpoints are locked. */
export async function releaseDeliveries (tx: Tx, items: readonly WebhookItem[], dueAt: Micros): Promise<void> {
  await tx.$client.query({
    name: 'webhook-give-back',
    text: `update webhook_delivery d set attempts = d.attempts - 1, next_attempt_at = $4::timestamptz
           from unnest($1::text[], $2::uuid[], $3::int[]) as a(tenant_id, id, attempts)
           where d.tenant_id = a.tenant_id and d.id = a.id and d.attempts = a.attempts and d.state = 'pending'`,
    values: [
      items.map(({ tenantId }) => tenantId),
      items.map(({ id }) => id),
      items.map(({ attempts }) => attempts),
      instantParam(dueAt)
    ]
  })
}

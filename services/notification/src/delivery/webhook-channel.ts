import { formatInstant, type Micros } from '@dueline/business-time'
import { cleanText, sequenceText, type PublishedEvent } from '@dueline/contracts'
import type { Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Clock, Ids, Random } from '@dueline/runtime'
import type { Timers } from '@dueline/timers'
import { Webhook } from 'standardwebhooks'
import {
  beginDeliveries,
  releaseDeliveries,
  lockEndpoints,
  nextLooks,
  promoteHeads,
  type EndpointKey,
  type WebhookItem
} from '../store/lane-store.ts'
import { lineUp } from '../store/line-up-store.ts'
import type { EndpointRow } from '../store/tables.ts'
import type { Channel, Lease, RecordBatch } from './channel.ts'
import { wholeTimeoutMs, type OutgoingHttp } from './outgoing-http.ts'
import type { Owner } from './recorder.ts'
import { recordOutcomes, type WebhookOutcome } from './webhook-outcomes.ts'
import type { SecretBox } from '@dueline/runtime'

export type WebhookChannel = Channel<WebhookItem, WebhookOutcome>
type WebhookBatch = RecordBatch<WebhookItem, WebhookOutcome>

interface WebhookDeps {
  readonly http: OutgoingHttp
  readonly secrets: SecretBox
  readonly outbox: Outbox
  readonly timers: Pick<Timers, 'set' | 'clear'>
  readonly ids: Ids
  readonly clock: Clock
  readonly random: Random
}

const kind = 'webhook'
const errorMax = 1_000
/**
 * Sockets at once, over all endpoints; each has a bound of its own, so that it takes this many that hang to hold up
 * another.
 */
const concurrency = 256
/** With the pool's other users (consumer, relay, timers) in mind. */
const recordingsAtOnce = 3

/** The timer by which an endpoint is looked at. */
export function webhookTimer ({ tenantId, endpointId }: EndpointKey, dueAt: Micros) {
  return { kind, tenantId, ownerId: endpointId, dueAt }
}

/** An endpoint as the owner of its timer and of what is sent to it. */
export function ownerOf ({ tenantId, endpointId }: EndpointKey): Owner {
  return { tenantId, ownerId: endpointId }
}

/**
 * Signed webhooks after the Standard Webhooks specification: the same `webhook-id` on every attempt, a fresh timestamp.
 * Each endpoint has a bound of its own; what is of one subject goes in order, so what cannot be delivered holds up its
 * subject until it is, or is exhausted.
 */
export function createWebhookChannel (deps: WebhookDeps): WebhookChannel {
  const { http, secrets, timers, clock } = deps
  return {
    kind,
    concurrency,
    recordingsAtOnce,
    sendTimeoutMs: wholeTimeoutMs,
    ownerOf,
    begin: async (tx, owners, lease, inFlight) => await workOn(tx, deps, { owners, results: [] }, lease, inFlight),
    async release (tx, items, dueAt) {
      const endpoints = [...new Map(items.map((item) => [item.endpointId, item])).values()]
      await lockEndpoints(tx, endpoints)
      await releaseDeliveries(tx, items, dueAt)
      await timers.set(tx, endpoints.map((endpoint) => webhookTimer(endpoint, dueAt)))
    },
    async send (item) {
      try {
        const body = JSON.stringify(item.event)
        const headers = signedHeaders(item, body, secrets, clock.now())
        const answer = await http.post(item.endpoint.url, { headers, body })
        const good = answer.status >= 200 && answer.status < 300
        const error = good ? null : cleanText(answer.excerpt, errorMax) || `answered ${answer.status}`
        return { status: answer.status, error, retryAfter: answer.retryAfterMs * 1_000 }
      } catch (error) {
        return { status: null, error: cleanText((error as Error).message, errorMax), retryAfter: 0 }
      }
    },
    record: async (tx, batch, lease, inFlight) => await workOn(tx, deps, batch, lease, inFlight)
  }
}

/**
 * Everything that is to be done for endpoints at one time, holding their rows: what they want of the feed is put in
 * line, outcomes are written down, and what is due is begun. Whatever comes later finds somebody who does this after
 * it: whoever appends to the feed has them looked at, an attempt ends, the timer is set to what is next.
 */
async function workOn (
  tx: Tx,
  deps: WebhookDeps,
  { owners, results }: WebhookBatch,
  lease: Lease,
  inFlight: ReadonlySet<WebhookItem>
): Promise<WebhookItem[]> {
  const { now } = lease
  const keys = owners.map(({ tenantId, ownerId }) => ({ tenantId, endpointId: ownerId }))
  const endpoints = await lockEndpoints(tx, keys)
  const { linedUpTo, more } = await lineUp(tx, keys, { ids: deps.ids, now })
  const current = endpoints.map((each) => ({ ...each, linedUpTo: linedUpTo.get(each.id) ?? each.linedUpTo }))
  await promoteHeads(tx, await recordOutcomes(tx, deps, { endpoints: current, results, now }), now)
  const begun = await beginDeliveries(tx, withInFlight(endpoints, inFlight), lease)
  await setTimers(tx, deps.timers, keys, { more, now })
  return begun
}

function withInFlight (endpoints: readonly EndpointRow[], inFlight: ReadonlySet<WebhookItem>) {
  const counts = new Map<string, number>()
  for (const { endpointId } of inFlight) counts.set(endpointId, (counts.get(endpointId) ?? 0) + 1)
  return endpoints.map((row) => ({ row, inFlight: counts.get(row.id) ?? 0 }))
}

/** Each endpoint's timer to when it is to be looked at next: now if it has not read the feed to the end (`more`). */
async function setTimers (
  tx: Tx,
  timers: Pick<Timers, 'set' | 'clear'>,
  endpoints: readonly EndpointKey[],
  { more, now }: { more: ReadonlySet<string>, now: Micros }
): Promise<void> {
  const looks = new Map((await nextLooks(tx, endpoints, now)).map(({ endpointId, at }) => [endpointId, at]))
  for (const endpointId of more) looks.set(endpointId, now)
  const set = endpoints.flatMap((endpoint) => {
    const at = looks.get(endpoint.endpointId)
    return at === undefined ? [] : [webhookTimer(endpoint, at)]
  })
  await timers.set(tx, set)
  await timers.clear(tx, kind, endpoints.filter(({ endpointId }) => !looks.has(endpointId)).map(ownerOf))
}

/** While a secret is being rotated both sign, so that receivers can change over at their own time. */
function signedHeaders (item: WebhookItem, body: string, secrets: SecretBox, now: Micros): Record<string, string> {
  const { secret, previousSecret, previousUntil } = item.endpoint
  const previousSigns = previousSecret !== null && previousUntil !== null && previousUntil > now
  const sealed = [secret, ...(previousSigns ? [previousSecret] : [])]
  const timestamp = new Date(now / 1_000)
  const signatures = sealed.map((each) => new Webhook(secrets.open(each)).sign(item.eventId, timestamp, body))
  return {
    'content-type': 'application/cloudevents+json',
    'user-agent': 'dueline-webhooks',
    'webhook-id': item.eventId,
    'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1_000)),
    'webhook-signature': signatures.join(' '),
    ...(item.event.traceparent === undefined ? {} : { traceparent: item.event.traceparent })
  }
}

/** What an endpoint is sent when somebody presses "test". */
export function pingEvent (
  { tenantId, endpointId, id, now }: { tenantId: string, endpointId: string, id: string, now: Micros }
): PublishedEvent<'dueline.webhook-endpoint.tested.v1'> {
  return {
    specversion: '1.0',
    id,
    source: '/dueline/notification',
    type: 'dueline.webhook-endpoint.tested.v1',
    subject: `webhook-endpoint/${endpointId}`,
    time: formatInstant(now),
    datacontenttype: 'application/json',
    tenantid: tenantId,
    partitionkey: endpointId,
    sequence: sequenceText(0),
    historical: false,
    data: { endpointId }
  }
}

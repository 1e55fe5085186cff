import { formatInstant, type Micros } from '@dueline/business-time'
import { cleanText } from '@dueline/contracts'
import type { Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Clock, Ids, Random } from '@dueline/runtime'
import type { Timers } from '@dueline/timers'
import { Webhook } from 'standardwebhooks'
import { disableAfter, nextAttemptAt, webhookWaits } from '../domain/retry-schedule.ts'
import { feedEnd } from '../store/feed-store.ts'
import {
  beginDeliveries,
  giveBackDeliveries,
  lockEndpoints,
  nextLooks,
  promoteHeads,
  recordDeliveries,
  rescheduleEndpoint,
  type DeliveryEnd,
  type EndpointKey,
  type WebhookItem
} from '../store/lane-store.ts'
import type { DeliveryRow, EndpointRow } from '../store/tables.ts'
import { readEndpoint, updateEndpoint } from '../store/webhook-store.ts'
import type { Channel, Lease, Result } from './dispatcher.ts'
import { wholeTimeoutMs, type OutgoingHttp } from './outgoing-http.ts'
import type { SecretBox } from './webhook-secrets.ts'

export interface WebhookOutcome {
  readonly status: number | null
  readonly error: string | null
  readonly retryAfter: Micros
}
export type WebhookChannel = Channel<WebhookItem, WebhookOutcome>

interface WebhookDeps {
  readonly http: OutgoingHttp
  readonly secrets: SecretBox
  readonly outbox: Outbox
  readonly timers: () => Pick<Timers, 'set' | 'clear'>
  readonly ids: Ids
  readonly clock: Clock
  readonly random: Random
}

const kind = 'webhook'
/** Gone: the receiver says that it wants no more. */
const gone = 410
const errorMax = 1_000
/** Sockets at once, over all endpoints; each has a bound of its own, so that it takes this many that hang to hold up another. */
const concurrency = 256

/** The timer by which an endpoint is looked at. */
export function webhookTimer ({ tenantId, endpointId }: EndpointKey, dueAt: Micros) {
  return { kind, tenantId, ownerId: endpointId, dueAt }
}

/**
 * Signed webhooks after the Standard Webhooks specification: the same `webhook-id` on every attempt, a fresh timestamp. Each endpoint has a
 * bound of its own; what is of one subject goes in order, so what cannot be delivered holds up its subject until it is, or is exhausted.
 */
export function createWebhookChannel (deps: WebhookDeps): WebhookChannel {
  const { http, secrets, timers, clock } = deps
  return {
    kind,
    concurrency,
    sendTimeoutMs: wholeTimeoutMs,
    async begin (tx, owners, lease, inHand) {
      return await beginNext(
        tx,
        timers,
        owners.map(({ tenantId, ownerId }) => ({ tenantId, endpointId: ownerId })),
        lease,
        inHand
      )
    },
    async giveBack (tx, items, dueAt) {
      const endpoints = endpointsOf(items)
      await lockEndpoints(tx, endpoints)
      await giveBackDeliveries(tx, items, dueAt)
      await timers().set(tx, endpoints.map((endpoint) => webhookTimer(endpoint, dueAt)))
    },
    async send (item) {
      try {
        const body = JSON.stringify(item.event)
        const answer = await http.post(item.endpoint.url, {
          headers: signedHeaders(item, body, secrets, clock.now()),
          body
        })
        const good = answer.status >= 200 && answer.status < 300
        const error = good ? null : cleanText(answer.excerpt, errorMax) || `answered ${answer.status}`
        return { status: answer.status, error, retryAfter: answer.retryAfterMs * 1_000 }
      } catch (error) {
        return { status: null, error: cleanText((error as Error).message, errorMax), retryAfter: 0 }
      }
    },
    async record (tx, results, lease, inHand) {
      const endpoints = endpointsOf(results.map(({ item }) => item))
      await lockEndpoints(tx, endpoints)
      for (const endpoint of endpoints) {
        await recordEndpoint(
          tx,
          deps,
          endpoint,
          results.filter(({ item }) => item.endpointId === endpoint.endpointId),
          lease.now
        )
      }
      return await beginNext(tx, timers, endpoints, lease, inHand)
    }
  }
}

function endpointsOf (items: readonly WebhookItem[]): EndpointKey[] {
  return [...new Map(items.map(({ tenantId, endpointId }) => [endpointId, { tenantId, endpointId }])).values()]
}

/** Begins what is due and sets each endpoint's timer to what comes after. The endpoints are locked. */
async function beginNext (
  tx: Tx,
  timers: WebhookDeps['timers'],
  endpoints: readonly EndpointKey[],
  lease: Lease,
  inHand: ReadonlySet<WebhookItem>
): Promise<WebhookItem[]> {
  const inFlight = new Map<string, number>()
  for (const { endpointId } of inHand) inFlight.set(endpointId, (inFlight.get(endpointId) ?? 0) + 1)
  const begun = await beginDeliveries(
    tx,
    endpoints.map((each) => ({ ...each, inFlight: inFlight.get(each.endpointId) ?? 0 })),
    lease
  )
  const looks = await nextLooks(tx, endpoints, lease.now)
  const looked = new Set(looks.map(({ endpointId }) => endpointId))
  await timers().set(tx, looks.map(({ at, ...endpoint }) => webhookTimer(endpoint, at)))
  await timers().clear(
    tx,
    kind,
    endpoints.filter(({ endpointId }) => !looked.has(endpointId)).map(({ tenantId, endpointId }) => ({
      tenantId,
      ownerId: endpointId
    }))
  )
  return begun
}

/** Writes down how attempts of one endpoint ended. It is locked. */
async function recordEndpoint (
  tx: Tx,
  deps: WebhookDeps,
  key: EndpointKey,
  results: ReadonlyArray<Result<WebhookItem, WebhookOutcome>>,
  now: Micros
): Promise<void> {
  const endpoint = await readEndpoint(tx, key.tenantId, key.endpointId)
  const disabledFor = endpoint === undefined || endpoint.state === 'disabled'
    ? 'it is disabled'
    : reasonToDisable(endpoint, results, now)
  const ends = results.map(({ item, outcome }) =>
    endOf(item, outcome, { now, draw: deps.random.next(), disabled: disabledFor !== null })
  )
  const written = await recordDeliveries(tx, ends)
  if (endpoint === undefined) return
  const done = ends.filter(({ item, state }) => state !== 'pending' && written.has(item.id))
  if (endpoint.state === 'enabled' && disabledFor === null) {
    await promoteHeads(
      tx,
      done.map(({ item: { tenantId, endpointId, subject } }) => ({ tenantId, endpointId, subject })),
      now
    )
    const failingSince = failingSinceAfter(endpoint, results, now)
    if (failingSince !== endpoint.failingSince) await updateEndpoint(tx, endpoint, { failingSince })
  } else if (endpoint.state === 'enabled' && disabledFor !== null) {
    await disable(tx, deps, endpoint, disabledFor, now)
  }
}

/** A failing endpoint is one whose newest answers were all bad. */
function failingSinceAfter (
  { failingSince }: EndpointRow,
  results: ReadonlyArray<Result<WebhookItem, WebhookOutcome>>,
  now: Micros
): Micros | null {
  return results.some(({ outcome }) => outcome.error === null) ? null : failingSince ?? now
}

function reasonToDisable (
  endpoint: EndpointRow,
  results: ReadonlyArray<Result<WebhookItem, WebhookOutcome>>,
  now: Micros
): string | null {
  if (results.some(({ outcome }) => outcome.status === gone)) return 'the receiver answered 410 Gone'
  const failingSince = failingSinceAfter(endpoint, results, now)
  return failingSince !== null && now - failingSince > disableAfter ? 'nothing was accepted for 120 hours' : null
}

function endOf (
  item: WebhookItem,
  { status, error, retryAfter }: WebhookOutcome,
  { now, draw, disabled }: { now: Micros, draw: number, disabled: boolean }
): DeliveryEnd {
  if (error === null) return { item, state: 'delivered', status, error, nextAttemptAt: null }
  if (disabled) return { item, state: 'pending', status, error, nextAttemptAt: null }
  const next = nextAttemptAt({ waits: webhookWaits, attempts: item.attempts, now, draw, retryAfter })
  return { item, state: next === null ? 'exhausted' : 'pending', status, error, nextAttemptAt: next }
}

/** From here on nothing is put in line for it; the feed holds what it misses. */
async function disable (
  tx: Tx,
  { outbox, ids }: WebhookDeps,
  endpoint: EndpointRow,
  reason: string,
  now: Micros
): Promise<void> {
  const { tenantId, id } = endpoint
  const missedAfter = await feedEnd(tx, tenantId)
  await updateEndpoint(tx, endpoint, {
    failingSince: endpoint.failingSince ?? now,
    state: 'disabled',
    disabledReason: reason,
    missedAfter,
    missedUntil: null
  })
  await rescheduleEndpoint(tx, { tenantId, endpointId: id }, null)
  await outbox.add(tx, [{
    id: ids.next(),
    type: 'dueline.webhook-endpoint.disabled.v1',
    subject: `webhook-endpoint/${id}`,
    time: now,
    tenantId,
    partitionKey: id,
    sequence: endpoint.version + 1,
    historical: false,
    data: { endpointId: id, url: endpoint.url, reason }
  }])
}

/** While a secret is being rotated both sign, so that receivers can change over at their own time. */
function signedHeaders (item: WebhookItem, body: string, secrets: SecretBox, now: Micros): Record<string, string> {
  const { secret, previousSecret, previousUntil } = item.endpoint
  const sealed = [
    secret,
    ...(previousSecret !== null && previousUntil !== null && previousUntil > now ? [previousSecret] : [])
  ]
  const timestamp = new Date(now / 1_000)
  const signatures = sealed.map((each) => new Webhook(secrets.open(each)).sign(item.eventId, timestamp, body))
  return {
    'content-type': 'application/cloudevents+json',
    'user-agent': 'dueline-webhooks',
    'webhook-id': item.eventId,
    'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1_000)),
    'webhook-signature': signatures.join(' ')
  }
}

/** What an endpoint is sent when somebody presses "test". */
export function pingEvent (
  { tenantId, endpointId, id, now }: { tenantId: string, endpointId: string, id: string, now: Micros }
): DeliveryRow['event'] {
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
    sequence: 0,
    historical: false,
    data: { endpointId }
  }
}

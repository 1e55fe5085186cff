import type { Micros } from '@dueline/business-time'
import type { Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Ids, Random } from '@dueline/runtime'
import { disableAfter, nextAttemptAt, webhookWaits } from '../domain/retry-schedule.ts'
import {
  recordDeliveries,
  rescheduleEndpoint,
  type DeliveryEnd,
  type Lane,
  type WebhookItem
} from '../store/lane-store.ts'
import type { EndpointRow } from '../store/tables.ts'
import { updateEndpoint } from '../store/webhook-store.ts'
import type { Result } from './channel.ts'

/** How a receiver answered, or why it did not. `retryAfter`: a duration, 0 when it named none. */
export interface WebhookOutcome {
  readonly status: number | null
  readonly error: string | null
  readonly retryAfter: Micros
}

export type WebhookResult = Result<WebhookItem, WebhookOutcome>

interface OutcomeDeps {
  readonly outbox: Outbox
  readonly ids: Ids
  readonly random: Random
}

/** Gone: the receiver says that it wants no more. */
const gone = 410

/**
 * Writes down how attempts ended, and what that says of their endpoints, which are locked. What an endpoint that is
 * deleted was sent is deleted with it.
 * @returns the lanes whose first is done with, of endpoints that are enabled still
 */
export async function recordOutcomes (
  tx: Tx,
  deps: OutcomeDeps,
  { endpoints, results, now }: { endpoints: readonly EndpointRow[], results: readonly WebhookResult[], now: Micros }
): Promise<Lane[]> {
  const lanes: Lane[] = []
  for (const endpoint of endpoints) {
    const own = results.filter(({ item }) => item.endpointId === endpoint.id)
    if (own.length > 0) lanes.push(...await recordEndpoint(tx, deps, endpoint, own, now))
  }
  return lanes
}

async function recordEndpoint (
  tx: Tx,
  deps: OutcomeDeps,
  endpoint: EndpointRow,
  results: readonly WebhookResult[],
  now: Micros
): Promise<Lane[]> {
  const reason = endpoint.state === 'disabled' ? 'it is disabled' : reasonToDisable(endpoint, results, now)
  const disabled = reason !== null
  const ends = results.map(({ item, outcome }) => endOf(item, outcome, { now, draw: deps.random.next(), disabled }))
  const written = await recordDeliveries(tx, ends)
  if (reason !== null) {
    if (endpoint.state === 'enabled') await disable(tx, deps, endpoint, reason, now)
    return []
  }
  const failingSince = failingSinceAfter(endpoint, results, now)
  if (failingSince !== endpoint.failingSince) await updateEndpoint(tx, endpoint, { failingSince })
  return ends.filter(({ item, state }) => state !== 'pending' && written.has(item.id)).map(({ item }) => item)
}

/** A failing endpoint is one whose newest answers were all bad. */
function failingSinceAfter (
  { failingSince }: EndpointRow,
  results: readonly WebhookResult[],
  now: Micros
): Micros | null {
  return results.some(({ outcome }) => outcome.error === null) ? null : failingSince ?? now
}

function reasonToDisable (endpoint: EndpointRow, results: readonly WebhookResult[], now: Micros): string | null {
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

/** From here on nothing is queued for it; the feed holds what it misses. */
async function disable (
  tx: Tx,
  { outbox, ids }: OutcomeDeps,
  endpoint: EndpointRow,
  reason: string,
  now: Micros
): Promise<void> {
  const { tenantId, id } = endpoint
  await updateEndpoint(tx, endpoint, {
    failingSince: endpoint.failingSince ?? now,
    state: 'disabled',
    disabledReason: reason,
    missedAfter: endpoint.linedUpTo,
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

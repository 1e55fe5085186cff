import { formatInstant, type Micros } from '@dueline/business-time'
import type { Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Clock, Ids, Random } from '@dueline/runtime'
import { Webhook } from 'standardwebhooks'
import { disableAfter, nextAttemptAt, webhookWaits } from '../domain/retry-schedule.ts'
import { giveBackAttempts } from '../store/attempt-store.ts'
import { beginDeliveries, lockDelivery, lockEndpoint, updateDelivery, updateEndpoint } from '../store/webhook-store.ts'
import type { DeliveryRow, EndpointRow } from '../store/tables.ts'
import type { Channel } from './dispatcher.ts'
import { wholeTimeoutMs, type OutgoingHttp } from './outgoing-http.ts'
import type { SecretBox } from './webhook-secrets.ts'

export interface WebhookItem extends DeliveryRow { endpoint: EndpointRow }
interface WebhookOutcome { status: number | null, error: string | null, retryAfter: Micros }

/** Gone: the receiver says that it wants no more. */
const gone = 410

/** Signed webhooks after the Standard Webhooks specification: the same `webhook-id` on every attempt, a fresh timestamp. */
export function createWebhookChannel ({ http, secrets, outbox, ids, clock, random }: { http: OutgoingHttp, secrets: SecretBox, outbox: Outbox, ids: Ids, clock: Clock, random: Random }): Channel<WebhookItem, WebhookOutcome> {
  async function noteFailure (tx: Tx, item: WebhookItem, outcome: WebhookOutcome, now: Micros): Promise<'on' | 'disabled'> {
    const endpoint = await lockEndpoint(tx, item.tenantId, item.endpointId)
    if (endpoint === undefined || endpoint.state === 'disabled') return 'disabled'
    const failingSince = endpoint.failingSince ?? now
    const reason = outcome.status === gone ? 'the receiver answered 410 Gone' : now - failingSince > disableAfter ? 'nothing was accepted for 120 hours' : null
    if (reason === null) {
      if (endpoint.failingSince === null) await updateEndpoint(tx, endpoint, { failingSince })
      return 'on'
    }
    await updateEndpoint(tx, endpoint, { failingSince, state: 'disabled', disabledReason: reason })
    await outbox.add(tx, [{
      id: ids.next(),
      type: 'dueline.webhook-endpoint.disabled.v1',
      subject: `webhook-endpoint/${endpoint.id}`,
      time: now,
      tenantId: endpoint.tenantId,
      partitionKey: endpoint.id,
      sequence: endpoint.version + 1,
      historical: false,
      data: { endpointId: endpoint.id, url: endpoint.url, reason }
    }])
    return 'disabled'
  }

  return {
    kind: 'webhook',
    concurrency: 16,
    sendTimeoutMs: wholeTimeoutMs,
    begin: async (tx, owners, now) => (await beginDeliveries(tx, owners, now)).map(({ delivery, endpoint }) => ({ ...delivery, endpoint })),
    giveBack: (tx, items) => giveBackAttempts(tx, 'webhook_delivery', items),
    async send (item) {
      try {
        const body = JSON.stringify(item.event)
        const answer = await http.post(item.endpoint.url, { headers: signedHeaders(item, body, secrets, clock.now()), body })
        const good = answer.status >= 200 && answer.status < 300
        return { status: answer.status, error: good ? null : answer.excerpt || `answered ${answer.status}`, retryAfter: answer.retryAfterMs * 1_000 }
      } catch (error) {
        return { status: null, error: (error as Error).message, retryAfter: 0 }
      }
    },
    async record (tx, item, outcome, now) {
      if (await lockDelivery(tx, item) === undefined) return 'overtaken'
      if (outcome.error === null) {
        await updateDelivery(tx, item, { state: 'delivered', lastStatus: outcome.status, lastError: null, nextAttemptAt: null })
        if (item.endpoint.failingSince !== null) await updateEndpoint(tx, item.endpoint, { failingSince: null })
        return null
      }
      const noted = { lastStatus: outcome.status, lastError: outcome.error.slice(0, 1_000) }
      if (await noteFailure(tx, item, outcome, now) === 'disabled') {
        await updateDelivery(tx, item, { ...noted, nextAttemptAt: null })
        return null
      }
      const next = nextAttemptAt({ waits: webhookWaits, attempts: item.attempts, now, draw: random.next(), retryAfter: outcome.retryAfter })
      await updateDelivery(tx, item, { ...noted, nextAttemptAt: next, ...(next === null ? { state: 'exhausted' as const } : {}) })
      return next
    }
  }
}

/** While a secret is being rotated both sign, so that receivers can change over at their own time. */
function signedHeaders (item: WebhookItem, body: string, secrets: SecretBox, now: Micros): Record<string, string> {
  const { secret, previousSecret, previousUntil } = item.endpoint
  const sealed = [secret, ...(previousSecret !== null && previousUntil !== null && previousUntil > now ? [previousSecret] : [])]
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
export function pingEvent ({ tenantId, endpointId, id, now }: { tenantId: string, endpointId: string, id: string, now: Micros }): DeliveryRow['event'] {
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

import { baseErrors, pathId, problem, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import { webhookTimer } from '../delivery/webhook-channel.ts'
import type { RouteDeps } from './route-deps.ts'
import { feedEnd } from '../store/feed-store.ts'
import { rescheduleEndpoint } from '../store/lane-store.ts'
import { lockEndpoint, updateEndpoint } from '../store/webhook-store.ts'
import { Endpoint, toEndpoint } from './shapes.ts'

export function postWebhookEndpointEnable (app: App, { database, clock, timers }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/webhook-endpoints/:endpointId/enable',
    config: { roles: access.enableWebhookEndpoint, answers: { 200: 'The enabled endpoint' } },
    schema: {
      operationId: 'enableWebhookEndpoint',
      summary: 'Enable a disabled webhook endpoint',
      description:
        'Deliveries that waited go out. Events from while it was disabled are not delivered: `missed` names the ' +
        'cursors of `GET /v1/events` between which you find them.',
      tags: ['webhooks'],
      params: pathId('endpointId'),
      response: { 200: Endpoint }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const before = await lockEndpoint(tx, tx.tenantId, request.params.endpointId)
        if (before === undefined) problem(baseErrors.not_found)
        const end = await feedEnd(tx, tx.tenantId)
        const readOn = before.state === 'disabled' ? { missedUntil: end, linedUpTo: end } : {}
        const enabled = { state: 'enabled' as const, disabledReason: null, failingSince: null, ...readOn }
        const row = await updateEndpoint(tx, before, enabled) ?? before
        const now = clock.now()
        const endpoint = { tenantId: tx.tenantId, endpointId: row.id }
        await rescheduleEndpoint(tx, endpoint, now)
        await timers.set(tx, [webhookTimer(endpoint, now)])
        return { status: 200, body: toEndpoint(row) }
      })
  })
}

import { baseErrors, pathId, problem, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import { pingEvent, webhookTimer } from '../delivery/webhook-channel.ts'
import type { RouteDeps } from './route-deps.ts'
import { insertDelivery, lockEndpoint, readDelivery } from '../store/webhook-store.ts'
import { Delivery, toDelivery } from './shapes.ts'

export function postWebhookEndpointTest (app: App, { database, clock, ids, timers }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/webhook-endpoints/:endpointId/test',
    config: { roles: access.testWebhookEndpoint, answers: { 202: 'The delivery, waiting to be sent' } },
    schema: {
      operationId: 'testWebhookEndpoint',
      summary: 'Send a test event',
      description: 'The event goes out in the background. `GET /v1/webhook-deliveries` shows how it ended.',
      tags: ['webhooks'],
      params: pathId('endpointId'),
      response: { 202: Delivery }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const endpoint = await lockEndpoint(tx, tx.tenantId, request.params.endpointId)
        if (endpoint === undefined) problem(baseErrors.not_found)
        const now = clock.now()
        const event = pingEvent({ tenantId: tx.tenantId, endpointId: endpoint.id, id: ids.next(), now })
        const id = ids.next()
        const { tenantid: tenantId, id: eventId, type: eventType, subject = eventId } = event
        const delivery = { tenantId, id, endpointId: endpoint.id, eventId, eventType, subject, event, createdAt: now }
        await insertDelivery(tx, delivery, now)
        await timers.set(tx, [webhookTimer(delivery, now)])
        return { status: 202, body: toDelivery((await readDelivery(tx, tx.tenantId, id))!) }
      })
  })
}

import { baseErrors, problem, write, type App } from '@dueline/http'
import { pingEvent } from '../delivery/webhook-channel.ts'
import type { RouteDeps } from '../deps.ts'
import { insertDeliveries, readEndpoint } from '../store/webhook-store.ts'
import { Delivery, IdParams, toDelivery } from './shapes.ts'

export function postWebhookEndpointTest (app: App, { database, clock, ids, timers }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/webhook-endpoints/:id/test',
    config: { roles: ['integrator', 'admin'] },
    schema: { operationId: 'testWebhookEndpoint', summary: 'Send a test event; its delivery tells how it ended', tags: ['webhooks'], params: IdParams, response: { 202: Delivery } },
    handler: async (request, reply) => await write(request, reply, database, async (tx) => {
      const endpoint = await readEndpoint(tx, tx.tenantId, request.params.id)
      if (endpoint === undefined) problem(baseErrors.not_found)
      const now = clock.now()
      const event = pingEvent({ tenantId: tx.tenantId, endpointId: endpoint.id, id: ids.next(), now })
      const delivery = { tenantId: tx.tenantId, id: ids.next(), endpointId: endpoint.id, eventId: event.id, eventType: event.type, event, createdAt: now }
      await insertDeliveries(tx, [delivery])
      await timers.set(tx, [{ kind: 'webhook', tenantId: tx.tenantId, ownerId: delivery.id, dueAt: now }])
      const row = { ...delivery, state: 'pending' as const, attempts: 0, lastStatus: null, lastError: null, lastAttemptAt: null, nextAttemptAt: now }
      return { status: 202, body: toDelivery(row) }
    })
  })
}

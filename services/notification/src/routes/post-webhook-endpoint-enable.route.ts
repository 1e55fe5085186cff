import { baseErrors, problem, write, type App } from '@dueline/http'
import type { RouteDeps } from '../deps.ts'
import { lockEndpoint, pendingDeliveries, updateEndpoint } from '../store/webhook-store.ts'
import { Endpoint, IdParams, toEndpoint } from './shapes.ts'

export function postWebhookEndpointEnable (app: App, { database, clock, timers }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/webhook-endpoints/:id/enable',
    config: { roles: ['integrator', 'admin'] },
    schema: { operationId: 'enableWebhookEndpoint', summary: 'Switch a disabled endpoint on; what waited for it goes out', tags: ['webhooks'], params: IdParams, response: { 200: Endpoint } },
    handler: async (request, reply) => await write(request, reply, database, async (tx) => {
      const before = await lockEndpoint(tx, tx.tenantId, request.params.id)
      if (before === undefined) problem(baseErrors.not_found)
      const row = await updateEndpoint(tx, before, { state: 'enabled', disabledReason: null, failingSince: null }) ?? before
      const waiting = await pendingDeliveries(tx, tx.tenantId, row.id)
      const now = clock.now()
      await timers.set(tx, waiting.map(({ tenantId, id }) => ({ kind: 'webhook', tenantId, ownerId: id, dueAt: now })))
      return { status: 200, body: toEndpoint(row) }
    })
  })
}

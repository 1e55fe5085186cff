import { baseErrors, pathId, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { deleteEndpoint } from '../store/webhook-store.ts'

export function deleteWebhookEndpoint (app: App, { database, timers }: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/webhook-endpoints/:endpointId',
    config: { roles: access.deleteWebhookEndpoint },
    schema: {
      operationId: 'deleteWebhookEndpoint',
      summary: 'Delete a webhook endpoint',
      description: 'Its deliveries are deleted too, those that wait included.',
      tags: ['webhooks'],
      params: pathId('endpointId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        if (!await deleteEndpoint(tx, request.params.endpointId)) problem(baseErrors.not_found)
        await timers.clear(tx, 'webhook', [{ tenantId: tx.tenantId, ownerId: request.params.endpointId }])
        return { status: 204 }
      })
  })
}

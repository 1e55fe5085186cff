import { baseErrors, pathId, problem, requireIfMatchWhereSent, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { deleteEndpoint, lockEndpoint } from '../store/webhook-store.ts'

export function deleteWebhookEndpoint (app: App, { database, timers }: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/webhook-endpoints/:endpointId',
    config: { roles: access.deleteWebhookEndpoint, problems: ['precondition_failed'] },
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
        const { endpointId } = request.params
        const endpoint = await lockEndpoint(tx, tx.tenantId, endpointId) ?? problem(baseErrors.not_found)
        requireIfMatchWhereSent(request, endpoint.version)
        await deleteEndpoint(tx, endpointId)
        await timers.clear(tx, 'webhook', [{ tenantId: tx.tenantId, ownerId: endpointId }])
        return { status: 204 }
      })
  })
}

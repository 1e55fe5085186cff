import { baseErrors, etagOf, pathId, problem, type App } from '@dueline/http'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { readEndpoint } from '../store/webhook-store.ts'
import { Endpoint, toEndpoint } from './shapes.ts'

export function getWebhookEndpoint (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/webhook-endpoints/:endpointId',
    config: { roles: access.getWebhookEndpoint, etag: true },
    schema: {
      operationId: 'getWebhookEndpoint',
      summary: 'Read a webhook endpoint',
      description: 'Shows its state and, when it is disabled, why. The signing secret is not shown.',
      tags: ['webhooks'],
      params: pathId('endpointId'),
      response: { 200: Endpoint }
    },
    handler: async (request, reply) => {
      const { read } = database.forTenant(request.principal.tenantId)
      const row = await readEndpoint(read, request.principal.tenantId, request.params.endpointId)
      if (row === undefined) problem(baseErrors.not_found)
      reply.header('etag', etagOf(row.version))
      return toEndpoint(row)
    }
  })
}

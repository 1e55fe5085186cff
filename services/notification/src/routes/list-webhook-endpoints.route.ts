import { decodeCursor, PageQuery, pageOf, toPage, type App } from '@dueline/http'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { listEndpoints } from '../store/webhook-store.ts'
import { Endpoint, IdCursor, toEndpoint } from './shapes.ts'

export function listWebhookEndpoints (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/webhook-endpoints',
    config: { roles: access.listWebhookEndpoints },
    schema: {
      operationId: 'listWebhookEndpoints',
      summary: 'List webhook endpoints',
      description: 'The newest comes first.',
      tags: ['webhooks'],
      querystring: PageQuery,
      response: { 200: pageOf(Endpoint) }
    },
    handler: async (request) => {
      const { read } = database.forTenant(request.principal.tenantId)
      const { limit, cursor } = request.query
      const before = cursor === undefined ? undefined : decodeCursor(cursor, IdCursor).id
      const page = toPage(
        await listEndpoints(read, { tenantId: request.principal.tenantId, before, limit: limit + 1 }),
        limit,
        (row) => ({ id: row.id })
      )
      return { items: page.items.map(toEndpoint), nextCursor: page.nextCursor }
    }
  })
}

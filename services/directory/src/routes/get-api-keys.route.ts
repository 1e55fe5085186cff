import { Uuid } from '@dueline/contracts'
import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { access } from '../access.ts'
import { apiKeys } from '../store/credential-store.ts'
import { ApiKeySchema, apiKeyView } from './api-key-shapes.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/api-keys */
export function getApiKeys (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/api-keys',
    config: { roles: access.listApiKeys, keys: 'none' },
    schema: {
      operationId: 'listApiKeys',
      summary: 'List API keys',
      description: 'In the order in which they were made, those that are over included.',
      tags: ['api keys'],
      querystring: PageQuery,
      response: { 200: pageOf(ApiKeySchema) }
    },
    handler: async ({ principal: { tenantId }, query: { limit, cursor } }) => {
      const after = cursor === undefined ? undefined : decodeCursor(cursor, Uuid)
      const rows = await apiKeys.list(database.forTenant(tenantId).read, tenantId, { after, limit: limit + 1 })
      const page = toPage(rows, limit, (row) => row.id)
      return { ...page, items: page.items.map(apiKeyView) }
    }
  })
}

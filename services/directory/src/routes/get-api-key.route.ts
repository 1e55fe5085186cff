import { baseErrors, pathId, problem, type App } from '@dueline/http'
import { access } from '../access.ts'
import { apiKeys } from '../store/credential-store.ts'
import { ApiKeySchema, apiKeyView } from './api-key-shapes.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/api-keys/{keyId} */
export function getApiKey (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/api-keys/:keyId',
    config: { roles: access.getApiKey, keys: 'none' },
    schema: {
      operationId: 'getApiKey',
      summary: 'Read an API key',
      description: 'All of it but its secret.',
      tags: ['api keys'],
      params: pathId('keyId'),
      response: { 200: ApiKeySchema }
    },
    handler: async ({ principal: { tenantId }, params: { keyId } }) => {
      const { read } = database.forTenant(tenantId)
      return apiKeyView(await apiKeys.find(read, tenantId, keyId) ?? problem(baseErrors.not_found))
    }
  })
}

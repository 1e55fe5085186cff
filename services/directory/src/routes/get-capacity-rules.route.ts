import { etagOf, type App } from '@dueline/http'
import { access } from '../access.ts'
import { readCapacityRules } from '../store/capacity-store.ts'
import { CapacityRules, capacityRulesView } from './capacity-rules.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/capacity-rules */
export function getCapacityRules (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/capacity-rules',
    config: { roles: access.getCapacityRules, etag: true },
    schema: {
      operationId: 'getCapacityRules',
      summary: 'Read what tickets take of the capacity of people',
      description: 'A tenant that has set none has the built-in ones. The `ETag` is what a change needs in `If-Match`.',
      tags: ['availability'],
      response: { 200: CapacityRules }
    },
    handler: async ({ principal: { tenantId } }, reply) => {
      const found = await readCapacityRules(database.forTenant(tenantId).read, tenantId)
      reply.header('etag', etagOf(found.version))
      return capacityRulesView(found)
    }
  })
}

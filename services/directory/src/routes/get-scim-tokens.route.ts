import { Uuid } from '@dueline/contracts'
import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { access } from '../access.ts'
import { scimTokens } from '../store/credential-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { ScimTokenSchema, scimTokenView } from './scim-tokens.ts'

/** GET /v1/scim-tokens */
export function getScimTokens (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/scim-tokens',
    config: { roles: access.listScimTokens, keys: 'none' },
    schema: {
      operationId: 'listScimTokens',
      summary: 'List SCIM tokens',
      description: 'In the order in which they were made, those that are over included.',
      tags: ['scim'],
      querystring: PageQuery,
      response: { 200: pageOf(ScimTokenSchema) }
    },
    handler: async ({ principal: { tenantId }, query: { limit, cursor } }) => {
      const after = cursor === undefined ? undefined : decodeCursor(cursor, Uuid)
      const rows = await scimTokens.list(database.forTenant(tenantId).read, tenantId, { after, limit: limit + 1 })
      return toPage(rows.map(scimTokenView), limit, ({ id }) => id)
    }
  })
}

import { Uuid } from '@dueline/contracts'
import { baseErrors, decodeCursor, pageOf, PageQuery, pathId, problem, toPage, type App } from '@dueline/http'
import { access } from '../access.ts'
import { listIdentities } from '../store/identity-store.ts'
import { findPerson } from '../store/person-store.ts'
import { IdentitySchema, identityView } from './people.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/people/{personId}/identities */
export function getIdentities (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/people/:personId/identities',
    config: { roles: access.listPersonIdentities, keys: 'none' },
    schema: {
      operationId: 'listPersonIdentities',
      summary: 'List what token issuers call a person',
      description: 'In the order in which they were linked.',
      tags: ['people'],
      params: pathId('personId'),
      querystring: PageQuery,
      response: { 200: pageOf(IdentitySchema) }
    },
    handler: async ({ principal: { tenantId }, params: { personId }, query: { limit, cursor } }) => {
      const { read } = database.forTenant(tenantId)
      await findPerson(read, tenantId, personId) ?? problem(baseErrors.not_found)
      const after = cursor === undefined ? null : decodeCursor(cursor, Uuid)
      const rows = await listIdentities(read, tenantId, personId, { after, limit: limit + 1 })
      const page = toPage(rows, limit, (row) => row.id)
      return { ...page, items: page.items.map(identityView) }
    }
  })
}

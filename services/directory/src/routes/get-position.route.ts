import { etagOf, pathId, type App } from '@dueline/http'
import { access } from '../access.ts'
import { findPosition } from '../store/position-store.ts'
import { PositionSchema, positionView, requirePerson } from './positions.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/people/{personId}/position */
export function getPosition (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/people/:personId/position',
    config: { roles: access.getPosition, etag: true },
    schema: {
      operationId: 'getPosition',
      summary: 'Read where a person stands',
      description:
        'Manager, level and unit. For a person without a position everything is null and the version is 0. ' +
        'The `ETag` is what a change needs in `If-Match`.',
      tags: ['organization'],
      params: pathId('personId'),
      response: { 200: PositionSchema }
    },
    handler: async (request, reply) => {
      const { principal: { tenantId }, params: { personId } } = request
      const found = await findPosition(deps.database.forTenant(tenantId).read, tenantId, personId)
      if (found.version === 0) await requirePerson(request, deps, personId)
      reply.header('etag', etagOf(found.version))
      return positionView(found)
    }
  })
}

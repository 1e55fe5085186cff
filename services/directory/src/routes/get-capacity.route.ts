import { etagOf, pathId, type App } from '@dueline/http'
import { access } from '../access.ts'
import { findProfile } from '../store/presence-store.ts'
import { requireStaff } from './availability.ts'
import type { RouteDeps } from './route-deps.ts'
import { profileView, WorkingProfileSchema } from './working-profile.ts'

/** GET /v1/people/{personId}/capacity */
export function getCapacity (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/people/:personId/capacity',
    config: { roles: access.getCapacity, etag: true },
    schema: {
      operationId: 'getCapacity',
      summary: 'Read how much a person can carry',
      description: 'With the state that was set by hand: both are one record, whose version the `ETag` is.',
      tags: ['availability'],
      params: pathId('personId'),
      response: { 200: WorkingProfileSchema }
    },
    handler: async (request, reply) => {
      const { principal: { tenantId }, params: { personId } } = request
      await requireStaff(request, deps, personId)
      const found = await findProfile(deps.database.forTenant(tenantId).read, tenantId, personId)
      reply.header('etag', etagOf(found.version))
      return profileView(personId, found)
    }
  })
}

import { Instant } from '@dueline/contracts'
import { etagOf, instantOf, pathId, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { Availability, availabilityOf, requireStaff } from './availability.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/people/{personId}/availability */
export function getAvailability (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/people/:personId/availability',
    config: { roles: access.getAvailability, etag: true },
    schema: {
      operationId: 'getAvailability',
      summary: 'Read whether a person can be given work',
      description:
        'Now, or at another instant as things are known now: what was set by hand, else a planned absence, else the ' +
        'calendar of the person. Nothing has to be written for a state to end.',
      tags: ['availability'],
      params: pathId('personId'),
      querystring: Type.Object({ at: Type.Optional(Instant) }),
      response: { 200: Availability }
    },
    handler: async (request, reply) => {
      const { params: { personId }, query: { at } } = request
      await requireStaff(request, deps, personId)
      const instant = at === undefined ? deps.clock.now() : instantOf(at, '/at', 'query')
      const [found] = await availabilityOf(request, deps, [personId], instant)
      // the state changes by itself, and the version does not
      reply.header('etag', etagOf(found!.version, found))
      return found!
    }
  })
}

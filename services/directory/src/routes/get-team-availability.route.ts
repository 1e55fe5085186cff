import { Instant } from '@dueline/contracts'
import { baseErrors, instantOf, pathId, problem, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { Availability, availabilityOf } from './availability.ts'
import type { RouteDeps } from './route-deps.ts'
import { teams } from './teams.ts'

/** GET /v1/teams/{teamId}/availability */
export function getTeamAvailability (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/teams/:teamId/availability',
    config: { roles: access.listTeamAvailability },
    schema: {
      operationId: 'listTeamAvailability',
      summary: 'List who of a team can be given work',
      description: 'Its members, in its order, now or at another instant.',
      tags: ['availability'],
      params: pathId('teamId'),
      querystring: Type.Object({ at: Type.Optional(Instant) }),
      response: { 200: Type.Object({ items: Type.Array(Availability) }) }
    },
    handler: async (request) => {
      const { principal: { tenantId }, params: { teamId }, query: { at } } = request
      const instant = at === undefined ? deps.clock.now() : instantOf(at, '/at', 'query')
      const team = await teams.store.find(deps.database.forTenant(tenantId).read, tenantId, teamId) ??
        problem(baseErrors.not_found)
      return { items: await availabilityOf(request, deps, team.memberIds, instant) }
    }
  })
}

import { pathId, type App } from '@dueline/http'
import { access } from '../access.ts'
import { readOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { Team, teams } from './teams.ts'

/** GET /v1/teams/{teamId} */
export function getTeam (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/teams/:teamId',
    config: { roles: access.getTeam, etag: true },
    schema: {
      operationId: 'getTeam',
      summary: 'Read a team',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['teams'],
      params: pathId('teamId'),
      response: { 200: Team }
    },
    handler: async (request, reply) => await readOne(request, reply, deps, teams, request.params.teamId)
  })
}

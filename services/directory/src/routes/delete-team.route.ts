import { pathId, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { deleteOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { teams } from './teams.ts'

/** DELETE /v1/teams/{teamId} */
export function deleteTeam (app: App, deps: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/teams/:teamId',
    config: { roles: access.deleteTeam, problems: ['precondition_failed', 'team_in_use'] },
    schema: {
      operationId: 'deleteTeam',
      summary: 'Delete a team',
      description:
        'One that is responsible for a product or module is not deleted. Tickets that it has keep its id. To keep ' +
        'its name for them, make it inactive instead.',
      tags: ['teams'],
      params: pathId('teamId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) => await deleteOne(request, reply, deps, teams, request.params.teamId)
  })
}

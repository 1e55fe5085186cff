import { pathId, type App } from '@dueline/http'
import { access } from '../access.ts'
import { changeOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { Team, TeamPatch, teams } from './teams.ts'

/** PATCH /v1/teams/{teamId} */
export function patchTeam (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/teams/:teamId',
    config: { roles: access.updateTeam, problems: ['precondition_required', 'precondition_failed', 'name_taken'] },
    schema: {
      operationId: 'updateTeam',
      summary: 'Change a team',
      description:
        'Each field that you send is replaced as a whole, so also a list. Who is a member already may have become ' +
        'inactive; who is added must be active.',
      tags: ['teams'],
      params: pathId('teamId'),
      body: TeamPatch,
      response: { 200: Team }
    },
    handler: async (request, reply) =>
      await changeOne(request, reply, deps, teams, { id: request.params.teamId, sent: request.body })
  })
}

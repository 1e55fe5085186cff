import type { App } from '@dueline/http'
import { access } from '../access.ts'
import { createOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { NewTeam, Team, teams } from './teams.ts'

/** POST /v1/teams */
export function postTeam (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/teams',
    config: { roles: access.createTeam, problems: ['name_taken'] },
    schema: {
      operationId: 'createTeam',
      summary: 'Create a team',
      description:
        'Lead and members are active people of the staff. A person may be in several teams. What a team covers ' +
        'are products and modules of the catalogue; it takes no ticket by itself.',
      tags: ['teams'],
      body: NewTeam,
      response: { 201: Team }
    },
    handler: async (request, reply) => await createOne(request, reply, deps, teams, request.body)
  })
}

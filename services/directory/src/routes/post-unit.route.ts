import type { App } from '@dueline/http'
import { access } from '../access.ts'
import { createOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { NewUnit, Unit, units } from './units.ts'

/** POST /v1/units */
export function postUnit (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/units',
    config: { roles: access.createUnit, problems: ['name_taken'] },
    schema: {
      operationId: 'createUnit',
      summary: 'Create a unit',
      description: 'Units form a tree of any depth. Its name must be new among the parts of the same unit.',
      tags: ['organization'],
      body: NewUnit,
      response: { 201: Unit }
    },
    handler: async (request, reply) => await createOne(request, reply, deps, units, request.body)
  })
}

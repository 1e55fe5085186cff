import type { App } from '@dueline/http'
import { access } from '../access.ts'
import { createOne, refuse } from './aggregates.ts'
import { choiceFaults, NewResponsibility, responsibilities, Responsibility } from './responsibilities.ts'
import type { RouteDeps } from './route-deps.ts'

/** POST /v1/responsibilities */
export function postResponsibility (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/responsibilities',
    config: { roles: access.createResponsibility, problems: ['responsibility_exists'] },
    schema: {
      operationId: 'createResponsibility',
      summary: 'Make a person or a team responsible',
      description:
        'For a product or a module of the catalogue. Several can be responsible for the same, and one for several; ' +
        'each responsibility stands by itself, and to change one is to delete it and make another.',
      tags: ['organization'],
      body: NewResponsibility,
      response: { 201: Responsibility }
    },
    handler: async (request, reply) => {
      refuse(choiceFaults(request.body))
      return await createOne(request, reply, deps, responsibilities, request.body)
    }
  })
}

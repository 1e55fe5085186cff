import { pathId, type App } from '@dueline/http'
import { access } from '../access.ts'
import { readOne } from './aggregates.ts'
import { responsibilities, Responsibility } from './responsibilities.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/responsibilities/{responsibilityId} */
export function getResponsibility (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/responsibilities/:responsibilityId',
    config: { roles: access.getResponsibility, etag: true },
    schema: {
      operationId: 'getResponsibility',
      summary: 'Read a responsibility',
      description: 'Who is responsible for what by this one; `GET /v1/responsible` answers it of a module.',
      tags: ['organization'],
      params: pathId('responsibilityId'),
      response: { 200: Responsibility }
    },
    handler: async (request, reply) =>
      await readOne(request, reply, deps, responsibilities, request.params.responsibilityId)
  })
}

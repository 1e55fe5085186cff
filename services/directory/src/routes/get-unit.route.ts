import { pathId, type App } from '@dueline/http'
import { access } from '../access.ts'
import { readOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { Unit, units } from './units.ts'

/** GET /v1/units/{unitId} */
export function getUnit (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/units/:unitId',
    config: { roles: access.getUnit, etag: true },
    schema: {
      operationId: 'getUnit',
      summary: 'Read a unit',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['organization'],
      params: pathId('unitId'),
      response: { 200: Unit }
    },
    handler: async (request, reply) => await readOne(request, reply, deps, units, request.params.unitId)
  })
}

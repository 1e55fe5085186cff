import { pathId, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { deleteOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { units } from './units.ts'

/** DELETE /v1/units/{unitId} */
export function deleteUnit (app: App, deps: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/units/:unitId',
    config: { roles: access.deleteUnit, problems: ['precondition_failed', 'unit_in_use'] },
    schema: {
      operationId: 'deleteUnit',
      summary: 'Delete a unit',
      description:
        'One that has parts, or to which people belong, is not deleted: move them first, or make it inactive.',
      tags: ['organization'],
      params: pathId('unitId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) => await deleteOne(request, reply, deps, units, request.params.unitId)
  })
}

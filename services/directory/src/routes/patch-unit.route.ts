import { pathId, type App } from '@dueline/http'
import { access } from '../access.ts'
import { changeOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { Unit, UnitPatch, units } from './units.ts'

/** PATCH /v1/units/{unitId} */
export function patchUnit (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/units/:unitId',
    config: { roles: access.updateUnit, problems: ['precondition_required', 'precondition_failed', 'name_taken'] },
    schema: {
      operationId: 'updateUnit',
      summary: 'Change a unit',
      description:
        'Another `parentId` moves it with all its parts. To become a part of itself is refused, whoever else moves ' +
        'units at the same time.',
      tags: ['organization'],
      params: pathId('unitId'),
      body: UnitPatch,
      response: { 200: Unit }
    },
    handler: async (request, reply) =>
      await changeOne(request, reply, deps, units, { id: request.params.unitId, sent: request.body })
  })
}

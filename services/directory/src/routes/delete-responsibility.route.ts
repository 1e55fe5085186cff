import { pathId, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { deleteOne } from './aggregates.ts'
import { responsibilities } from './responsibilities.ts'
import type { RouteDeps } from './route-deps.ts'

/** DELETE /v1/responsibilities/{responsibilityId} */
export function deleteResponsibility (app: App, deps: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/responsibilities/:responsibilityId',
    config: { roles: access.deleteResponsibility, problems: ['precondition_failed'] },
    schema: {
      operationId: 'deleteResponsibility',
      summary: 'Delete a responsibility',
      description: 'The person or team is no longer responsible by it. Tickets that it has stay with it.',
      tags: ['organization'],
      params: pathId('responsibilityId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await deleteOne(request, reply, deps, responsibilities, request.params.responsibilityId)
  })
}

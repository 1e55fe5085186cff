import { pathId, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { absences } from './absences.ts'
import { deleteOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'

/** DELETE /v1/absences/{absenceId} */
export function deleteAbsence (app: App, deps: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/absences/:absenceId',
    config: { roles: access.deleteAbsence, problems: ['precondition_failed'] },
    schema: {
      operationId: 'deleteAbsence',
      summary: 'Delete a planned absence',
      description: 'One of oneself; managers and administrators also those of others.',
      tags: ['availability'],
      params: pathId('absenceId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) => await deleteOne(request, reply, deps, absences, request.params.absenceId)
  })
}

import { pathId, type App } from '@dueline/http'
import { access } from '../access.ts'
import { Absence, absences } from './absences.ts'
import { readOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/absences/{absenceId} */
export function getAbsence (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/absences/:absenceId',
    config: { roles: access.getAbsence, etag: true },
    schema: {
      operationId: 'getAbsence',
      summary: 'Read a planned absence',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['availability'],
      params: pathId('absenceId'),
      response: { 200: Absence }
    },
    handler: async (request, reply) => await readOne(request, reply, deps, absences, request.params.absenceId)
  })
}

import { pathId, type App } from '@dueline/http'
import { access } from '../access.ts'
import { Absence, AbsencePatch, absences, absenceSent } from './absences.ts'
import { changeOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'

/** PATCH /v1/absences/{absenceId} */
export function patchAbsence (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/absences/:absenceId',
    config: {
      roles: access.updateAbsence,
      problems: ['precondition_required', 'precondition_failed', 'absence_overlaps']
    },
    schema: {
      operationId: 'updateAbsence',
      summary: 'Change a planned absence',
      description: 'One of oneself; managers and administrators also those of others.',
      tags: ['availability'],
      params: pathId('absenceId'),
      body: AbsencePatch,
      response: { 200: Absence }
    },
    handler: async (request, reply) =>
      await changeOne(request, reply, deps, absences, {
        id: request.params.absenceId,
        sent: absenceSent(request.body)
      })
  })
}

import type { App } from '@dueline/http'
import { access } from '../access.ts'
import { Absence, absences, absenceSent, NewAbsence } from './absences.ts'
import { createOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'

/** POST /v1/absences */
export function postAbsence (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/absences',
    config: { roles: access.createAbsence, problems: ['absence_overlaps'] },
    schema: {
      operationId: 'createAbsence',
      summary: 'Plan an absence',
      description:
        'Of oneself; managers and administrators also of others. `to` is no part of it, so that one may end where ' +
        'the next begins. Those of one person have no instant in common.',
      tags: ['availability'],
      body: NewAbsence,
      response: { 201: Absence }
    },
    handler: async (request, reply) => await createOne(request, reply, deps, absences, absenceSent(request.body))
  })
}

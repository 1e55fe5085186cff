import { Instant, Uuid } from '@dueline/contracts'
import { instantOf, pageOf, PageQuery, type App } from '@dueline/http'
import { and, eq, gt, lt } from 'drizzle-orm'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { absence } from '../store/tables.ts'
import { Absence, absences } from './absences.ts'
import { readPage } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/absences */
export function getAbsences (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/absences',
    config: { roles: access.listAbsences },
    schema: {
      operationId: 'listAbsences',
      summary: 'List planned absences',
      description: 'In the order in which they were planned. Filters narrow them down together.',
      tags: ['availability'],
      querystring: Type.Object({
        personId: Type.Optional(Uuid),
        substituteId: Type.Optional(Uuid),
        endsAfter: Type.Optional({ ...Instant, description: 'Not over by then' }),
        startsBefore: Type.Optional({ ...Instant, description: 'Begun by then' }),
        ...PageQuery.properties
      }),
      response: { 200: pageOf(Absence) }
    },
    handler: async (request) => {
      const { limit, cursor, personId, substituteId, endsAfter, startsBefore } = request.query
      const where = and(
        personId === undefined ? undefined : eq(absence.personId, personId),
        substituteId === undefined ? undefined : eq(absence.substituteId, substituteId),
        endsAfter === undefined ? undefined : gt(absence.to, instantOf(endsAfter, '/endsAfter', 'query')),
        startsBefore === undefined ? undefined : lt(absence.from, instantOf(startsBefore, '/startsBefore', 'query'))
      )
      return await readPage(request, deps, absences, { limit, cursor, where })
    }
  })
}

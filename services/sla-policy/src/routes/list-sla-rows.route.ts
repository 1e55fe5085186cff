import { PrioritySchema, AgreementKindSchema, SeveritySchema, Uuid } from '@dueline/contracts'
import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { listRows } from '../store/sla-row-store.ts'
import { IdCursor, SearchText, type RouteDeps } from './route-deps.ts'
import { rowToWire, SlaRow } from './sla-rows.ts'

const Query = Type.Object({
  kind: Type.Optional(AgreementKindSchema),
  productId: Type.Optional(Uuid),
  moduleId: Type.Optional(Uuid),
  questionId: Type.Optional(Uuid),
  customerId: Type.Optional(Uuid),
  calendarId: Type.Optional(Uuid),
  priority: Type.Optional(PrioritySchema),
  severity: Type.Optional(SeveritySchema),
  active: Type.Optional(Type.Boolean()),
  q: SearchText,
  ...PageQuery.properties
})

/** GET /v1/sla-rows: the SLA table as it is being edited, oldest row first. */
export function listSlaRows (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/sla-rows',
    config: { roles: access.listSlaRows },
    schema: {
      operationId: 'listSlaRows',
      summary: 'List the rows of the SLA table',
      description:
        'These are the rows as you edit them. `q` finds parts of names. `GET /v1/policy-versions/{version}` shows ' +
        'the rows that were published.',
      tags: ['sla table'],
      querystring: Query,
      response: { 200: pageOf(SlaRow) }
    },
    async handler (request) {
      const { read } = database.forTenant(request.principal.tenantId)
      const { limit, cursor, ...filter } = request.query
      const after = cursor === undefined ? {} : { afterId: decodeCursor(cursor, IdCursor).id }
      const rows = await listRows(read, request.principal.tenantId, { ...filter, ...after, limit: limit + 1 })
      return toPage(rows.map(rowToWire), limit, ({ id }) => ({ id }))
    }
  })
}

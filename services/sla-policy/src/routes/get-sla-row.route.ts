import { baseErrors, etagOf, pathId, problem, type App } from '@dueline/http'
import { access } from '../access.ts'
import { findRow } from '../store/sla-row-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { rowToWire, SlaRow } from './sla-rows.ts'

/** GET /v1/sla-rows/{slaRowId}: one row as it is being edited. */
export function getSlaRow (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/sla-rows/:slaRowId',
    config: { roles: access.getSlaRow, problems: ['not_found'], etag: true },
    schema: {
      operationId: 'getSlaRow',
      summary: 'Read a row of the SLA table',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['sla table'],
      params: pathId('slaRowId'),
      response: { 200: SlaRow }
    },
    async handler (request, reply) {
      const { read } = database.forTenant(request.principal.tenantId)
      const row = await findRow(read, request.principal.tenantId, request.params.slaRowId) ??
        problem(baseErrors.not_found)
      reply.header('etag', etagOf(row.version))
      return rowToWire(row)
    }
  })
}

import { baseErrors, pathId, problem, requireIfMatch, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { deleteRow, lockRow } from '../store/sla-row-store.ts'
import type { RouteDeps } from './route-deps.ts'

/** DELETE /v1/sla-rows/{slaRowId}: takes a row out of the table; published versions keep their copy. */
export function deleteSlaRow (app: App, deps: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/sla-rows/:slaRowId',
    config: { roles: access.deleteSlaRow, problems: ['not_found', 'precondition_failed', 'precondition_required'] },
    schema: {
      operationId: 'deleteSlaRow',
      summary: 'Delete a row of the SLA table',
      description:
        'It has no effect on agreements until the table is published. Published versions keep their copy of the ' +
        'row.',
      tags: ['sla table'],
      params: pathId('slaRowId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await write(request, reply, deps.database, async (tx) => {
        const row = await lockRow(tx, request.params.slaRowId) ?? problem(baseErrors.not_found)
        requireIfMatch(request, row.version)
        await deleteRow(tx, row.id)
        return { status: 204 }
      })
  })
}

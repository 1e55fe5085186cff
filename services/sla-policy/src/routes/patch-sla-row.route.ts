import { baseErrors, etagOf, patchOf, pathId, problem, requireIfMatch, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import { lockRow, lockSlaTable, updateRow } from '../store/sla-row-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { checkOverlap, checkReferences, customerFaults } from './row-references.ts'
import { mergedRow, rowToWire, SlaRow, SlaRowPatch } from './sla-rows.ts'

/** PATCH /v1/sla-rows/{slaRowId}: changes a row; published versions keep theirs. */
export function patchSlaRow (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/sla-rows/:slaRowId',
    config: {
      roles: access.updateSlaRow,
      problems: ['not_found', 'sla_row_overlaps', 'precondition_failed', 'precondition_required', 'unavailable']
    },
    schema: {
      operationId: 'updateSlaRow',
      summary: 'Change a row of the SLA table',
      description:
        'It has no effect on tickets until the table is published. A key that is `null` matches everything. ' +
        'Objects and lists are replaced as a whole, objects field by field in a merge patch ' +
        '(`application/merge-patch+json`).',
      tags: ['sla table'],
      params: pathId('slaRowId'),
      body: SlaRowPatch,
      response: { 200: SlaRow }
    },
    async handler (request, reply) {
      const faults = await customerFaults(request, deps, request.body.customerId)
      return await write(request, reply, deps.database, async (tx) => {
        await lockSlaTable(tx)
        const before = await lockRow(tx, request.params.slaRowId) ?? problem(baseErrors.not_found)
        requireIfMatch(request, before.version)
        const next = { ...before, version: before.version + 1, updatedAt: deps.clock.now() }
        const row = mergedRow(next, patchOf(request, before))
        await checkReferences(tx, row, faults)
        await checkOverlap(tx, row)
        await updateRow(tx, row)
        return { status: 200, body: rowToWire(row), headers: { etag: etagOf(row.version) } }
      })
    }
  })
}

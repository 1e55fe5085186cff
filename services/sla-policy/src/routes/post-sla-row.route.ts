import { etagOf, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import { blankRow } from '../domain/row-rules.ts'
import { insertRow, lockSlaTable } from '../store/sla-row-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { checkOverlap, checkReferences, customerFaults } from './row-references.ts'
import { mergedRow, NewSlaRow, rowToWire, SlaRow } from './sla-rows.ts'

/** POST /v1/sla-rows: a new row of the SLA table, without effect until the next publish. */
export function postSlaRow (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/sla-rows',
    config: { roles: access.createSlaRow, problems: ['sla_row_overlaps', 'unavailable'] },
    schema: {
      operationId: 'createSlaRow',
      summary: 'Add a row to the SLA table',
      description: 'A row has no effect on tickets until the table is published.',
      tags: ['sla table'],
      body: NewSlaRow,
      response: { 201: SlaRow }
    },
    async handler (request, reply) {
      const at = deps.clock.now()
      const row = mergedRow(
        { ...blankRow, id: deps.ids.next(), version: 1, createdAt: at, updatedAt: at },
        request.body
      )
      const faults = await customerFaults(request, deps, row.customerId)
      return await write(request, reply, deps.database, async (tx) => {
        await lockSlaTable(tx)
        await checkReferences(tx, row, faults)
        await checkOverlap(tx, row)
        await insertRow(tx, row)
        return { status: 201, body: rowToWire(row), headers: { etag: etagOf(1), location: `/v1/sla-rows/${row.id}` } }
      })
    }
  })
}

import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { readNames } from '../imports/table-state.ts'
import { slaRowHead } from '../spreadsheets/read-rows.ts'
import { mediaTypes, rowsMax } from '../spreadsheets/sheet-file.ts'
import { slaRowColumns } from '../spreadsheets/sla-row-columns.ts'
import { rowPagesOf, seeOneState, type SlaRowRecord } from '../store/sla-row-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { RowFilter, storedFilter } from './list-sla-rows.route.ts'
import { rowToWire, SlaRow } from './sla-rows.ts'
import { fileResponse, FormatQuery } from './table-changes.ts'
import { tableFile } from './table-file.ts'

/** GET /v1/sla-rows/export: the SLA table as a file, which `importSlaRows` reads back unchanged. */
export function getSlaRowsExport (app: App, { database, tables }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/sla-rows/export',
    config: { roles: access.exportSlaRows, problems: ['validation_failed'], answers: { 200: 'The table as a file' } },
    schema: {
      operationId: 'exportSlaRows',
      summary: 'Export the SLA table',
      description: 'The rows as they are edited, oldest first, at most 50,000, as CSV, an XLSX workbook or JSON; the ' +
        'filters are those of the list. CSV is UTF-8 with a byte order mark. What a spreadsheet would run as a ' +
        'formula has an apostrophe before it, which an import takes away again.',
      tags: ['sla table'],
      querystring: Type.Object({ ...FormatQuery, ...RowFilter }),
      response: { 200: fileResponse(Type.Object({ items: Type.Array(SlaRow) })) }
    },
    async handler (request, reply) {
      const { format = 'json', ...filter } = request.query
      const { tenantId } = request.principal
      const file = await database.forTenant(tenantId).tx(async (tx) => {
        await seeOneState(tx)
        const names = await readNames(tx, tenantId)
        return await tableFile<SlaRowRecord>(format, {
          name: 'sla-rows',
          head: slaRowHead,
          pages: rowPagesOf(tx, tenantId, storedFilter(filter), rowsMax),
          cellsOf: (row) => slaRowColumns.map(({ write }) => write(row, names)),
          itemOf: rowToWire
        }, tables)
      })
      return await reply.type(mediaTypes[format]).send(file)
    }
  })
}

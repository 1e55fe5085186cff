import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { readNames } from '../imports/table-state.ts'
import { slaRowHead } from '../spreadsheets/read-rows.ts'
import { mediaTypes, rowsMax, writeSheet } from '../spreadsheets/sheet-file.ts'
import { slaRowColumns } from '../spreadsheets/sla-row-columns.ts'
import { listRows } from '../store/sla-row-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { RowFilter, storedFilter } from './list-sla-rows.route.ts'
import { rowToWire, SlaRow } from './sla-rows.ts'
import { fileResponse, FormatQuery } from './table-changes.ts'

/** GET /v1/sla-rows/export: the SLA table as a file, which `importSlaRows` reads back unchanged. */
export function getSlaRowsExport (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/sla-rows/export',
    config: { roles: access.exportSlaRows, answers: { 200: 'The table as a file' } },
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
      const { rows, names } = await database.forTenant(tenantId).tx(async (tx) => ({
        rows: (await listRows(tx, tenantId, storedFilter(filter), { limit: rowsMax })).map(({ row }) => row),
        names: await readNames(tx, tenantId)
      }))
      reply.type(mediaTypes[format])
      if (format === 'json') return await reply.send(JSON.stringify({ items: rows.map(rowToWire) }))
      const table = [[...slaRowHead], ...rows.map((row) => slaRowColumns.map(({ write }) => write(row, names)))]
      return await reply.send(await writeSheet(format, 'sla-rows', table))
    }
  })
}

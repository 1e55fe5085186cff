import { stringEnum, nullable, Uuid } from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { catalogueColumns } from '../spreadsheets/catalogue-columns.ts'
import { namesOf } from '../spreadsheets/names.ts'
import { pagesOf } from '../spreadsheets/pages.ts'
import { mediaTypes, rowsMax } from '../spreadsheets/sheet-file.ts'
import { allItems, catalogueKinds, type CatalogueItem } from '../store/catalogue-store.ts'
import { seeOneState } from '../store/sla-row-store.ts'
import { Name, Stamps, type RouteDeps } from './route-deps.ts'
import { fileResponse, FormatQuery } from './table-changes.ts'
import { tableFile } from './table-file.ts'

const parent = (what: string) =>
  nullable(Type.String({ description: `its ${what} by name, or by id; null: it has none` }))

/** An item of the catalogue as a file has it. */
export const CatalogueEntry = {
  kind: stringEnum(catalogueKinds),
  product: parent('product'),
  module: parent('module'),
  name: Name,
  active: Type.Boolean({ description: 'false: no longer offered; what refers to it stays valid' })
}
const Entry = Type.Object({ id: Uuid, version: Stamps.version, ...CatalogueEntry }, {
  title: 'CatalogueEntry',
  description: 'A product, module or question, with what it belongs to'
})

/** GET /v1/catalogue/export: all products, modules and questions as a file, which `importCatalogue` reads back. */
export function getCatalogueExport (app: App, { database, tables }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/catalogue/export',
    config: {
      roles: access.exportCatalogue,
      problems: ['validation_failed'],
      answers: { 200: 'The catalogue as a file' }
    },
    schema: {
      operationId: 'exportCatalogue',
      summary: 'Export the catalogue',
      description: 'Products, then modules, then questions, at most 50,000, as CSV, an XLSX workbook or JSON.',
      tags: ['catalogue'],
      querystring: Type.Object(FormatQuery),
      response: { 200: fileResponse(Type.Object({ items: Type.Array(Entry) })) }
    },
    async handler (request, reply) {
      const { format = 'json' } = request.query
      const { tenantId } = request.principal
      const items = await database.forTenant(tenantId).tx(async (tx) => {
        await seeOneState(tx)
        return await allItems(tx, tenantId)
      })
      const names = namesOf({ ...items, calendar: [] })
      const all = catalogueKinds.flatMap((kind) => items[kind]).slice(0, rowsMax)
      const file = await tableFile<CatalogueItem>(format, {
        name: 'catalogue',
        head: catalogueColumns.map(({ name }) => name),
        pages: pagesOf(all),
        cellsOf: (item) => catalogueColumns.map(({ write }) => write(item, names)),
        itemOf: (item) => Object.fromEntries(catalogueColumns.map(({ name, write }) => [name, write(item, names)]))
      }, tables)
      return await reply.type(mediaTypes[format]).send(file)
    }
  })
}

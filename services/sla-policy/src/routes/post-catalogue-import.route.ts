import { partFaults, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { errors } from '../errors.ts'
import { planCatalogue } from '../imports/plan-catalogue.ts'
import type { FieldFault, GivenRow } from '../imports/plan-rows.ts'
import { catalogueColumns, type CatalogueColumn } from '../spreadsheets/catalogue-columns.ts'
import { columnsIn } from '../spreadsheets/read-rows.ts'
import { rowPages } from '../spreadsheets/pages.ts'
import type { SheetRows } from '../spreadsheets/sheet-file.ts'
import type { TableFile } from '../spreadsheets/table-tasks.ts'
import { allItems, lockCatalogue, saveItems } from '../store/catalogue-store.ts'
import { changedEvent } from './catalogue.ts'
import { CatalogueEntry } from './get-catalogue-export.route.ts'
import type { RouteDeps } from './route-deps.ts'
import {
  acceptFiles,
  ChangeOptions,
  decideChange,
  fileBytesMax,
  formatOf,
  importTypes,
  TableChange
} from './table-changes.ts'

const { kind, name, ...others } = CatalogueEntry
const bodyFaults = partFaults(Type.Object({ kind, name, ...Type.Partial(Type.Object(others)).properties }))
const eventsPerStatement = 1_000

const description = 'A file of at most 64 MiB and 50,000 rows: CSV, an XLSX workbook or JSON, as ' +
  '`GET /v1/catalogue/export` writes it; importing that again changes nothing. A row with an `id` is that item, and ' +
  'with a `version` only as long as it has that version; without an `id` it is the item of that name, or a new one. ' +
  'A module names its product, a question its module, which may stand in the same file. What the file does not have ' +
  'stays.'

/** POST /v1/catalogue/import; in a scope of its own, because only here a body is a file. */
export function postCatalogueImport (app: App, deps: RouteDeps): void {
  app.register(async (scope: App) => {
    acceptFiles(scope)
    scope.route({
      method: 'POST',
      url: '/v1/catalogue/import',
      bodyLimit: fileBytesMax,
      config: {
        roles: access.importCatalogue,
        problems: ['validation_failed', 'payload_too_large', 'unsupported_media_type'],
        rawBody: true,
        answers: { 200: 'What came of each row' }
      },
      schema: {
        operationId: 'importCatalogue',
        summary: 'Import products, modules and questions',
        description,
        tags: ['catalogue'],
        consumes: [...importTypes],
        querystring: Type.Object(ChangeOptions),
        body: Type.Unsafe<Buffer>({ description: 'The file' }),
        response: { 200: TableChange }
      },
      async handler (request, reply) {
        const file = await deps.tables.read(formatOf(request.headers['content-type']), request.body, columnNames)
        const given = await givenOf(file)
        return await write(request, reply, deps.database, async (tx) => {
          await lockCatalogue(tx)
          const planned = await planCatalogue(given, {
            items: await allItems(tx, tx.tenantId),
            bodyFaults,
            newId: () => deps.ids.next(),
            now: deps.clock.now()
          })
          const { stored, answer } = decideChange(planned, request.query)
          const items = stored.map(({ item }) => item!)
          if (!await saveItems(tx, items)) {
            problem(errors.catalogue_name_taken, { detail: 'two items of the file and the catalogue have one name' })
          }
          for (let from = 0; from < items.length; from += eventsPerStatement) {
            const some = items.slice(from, from + eventsPerStatement)
            await deps.outbox.add(tx, some.map((item) => changedEvent(deps, tx.tenantId, item)))
          }
          return { status: 200, body: answer }
        })
      }
    })
  })
}

const columnNames = catalogueColumns.map((column) => column.name)

async function givenOf ({ head, rows }: TableFile): Promise<GivenRow[]> {
  if (head === null) return (await Array.fromAsync(rowPages<GivenRow>(rows))).flat()
  const columns = columnsIn(head, catalogueColumns)
  const given: GivenRow[] = []
  for await (const page of rowPages<SheetRows['rows'][number]>(rows)) {
    given.push(...page.map((row) => givenRow(row, columns)))
  }
  return given
}

function givenRow (
  { line, cells }: SheetRows['rows'][number],
  columns: ReadonlyArray<{ column: CatalogueColumn, index: number }>
): GivenRow {
  const read: Record<string, unknown> = {}
  const faults: FieldFault[] = []
  for (const { column, index } of columns) {
    const cell = cells[index] ?? null
    const value = cell === null ? null : column.read(cell)
    if (value !== null && 'fault' in value) faults.push({ field: column.name, message: value.fault })
    else if (value !== null) read[column.name] = value.value
  }
  const { id = null, version = null, ...body } = read
  return { line, id: id as string | null, version: version as number | null, body, faults }
}

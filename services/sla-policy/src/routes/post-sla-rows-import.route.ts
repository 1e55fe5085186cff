import { write, type AnyRequest, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import type { GivenRow } from '../imports/plan-rows.ts'
import { customerFaultsOf } from '../imports/table-state.ts'
import { rowPages } from '../spreadsheets/pages.ts'
import { readRows, slaRowHead } from '../spreadsheets/read-rows.ts'
import type { TableFile } from '../spreadsheets/table-tasks.ts'
import { saveRows } from '../store/sla-row-store.ts'
import { dotted, planIn, type GivenRows } from './planned-rows.ts'
import type { RouteDeps } from './route-deps.ts'
import {
  ChangeOptions,
  decideChange,
  fileBytesMax,
  formatOf,
  importTypes,
  TableChange,
  acceptFiles
} from './table-changes.ts'

const description = 'A file of at most 64 MiB and 50,000 rows: CSV (UTF-8, or UTF-16 with a byte order mark), an ' +
  'XLSX workbook (its first sheet) or JSON (a list of rows). `GET /v1/sla-rows/export` writes what is read here; ' +
  'importing it again changes nothing. A row with an `id` is that row, and with a `version` only as long as it has ' +
  'that version; without an `id` it is a new row. A column that is left out says nothing about its field, an empty ' +
  'cell opens it or gives it its default. Rows that the file does not have stay. Products, modules, questions and ' +
  'calendars are named or given by id.'

/** POST /v1/sla-rows/import; in a scope of its own, because only here a body is a file. */
export function postSlaRowsImport (app: App, deps: RouteDeps): void {
  app.register(async (scope: App) => {
    acceptFiles(scope)
    scope.route({
      method: 'POST',
      url: '/v1/sla-rows/import',
      bodyLimit: fileBytesMax,
      config: {
        roles: access.importSlaRows,
        problems: ['validation_failed', 'payload_too_large', 'unsupported_media_type', 'unavailable'],
        rawBody: true,
        answers: { 200: 'What came of each row' }
      },
      schema: {
        operationId: 'importSlaRows',
        summary: 'Import rows of the SLA table',
        description,
        tags: ['sla table'],
        consumes: [...importTypes],
        querystring: Type.Object(ChangeOptions),
        body: Type.Unsafe<Buffer>({ description: 'The file' }),
        response: { 200: TableChange }
      },
      async handler (request, reply) {
        const file = await deps.tables.read(formatOf(request.headers['content-type']), request.body, columns)
        const customerFault = await customerFaultsOf(request as AnyRequest, deps.people, file.customerIds)
        return await write(request, reply, deps.database, async (tx) => {
          const planned = await planIn(tx, deps, { ...givenOf(file), customerFault })
          const { stored, answer } = decideChange(planned, request.query)
          await saveRows(tx, stored.map(({ row }) => row!))
          return { status: 200, body: answer }
        })
      }
    })
  })
}

const columnOf: Readonly<Record<string, string>> = {
  productId: 'product',
  moduleId: 'module',
  questionId: 'question',
  calendarId: 'calendar'
}

/** The columns by which a CSV file is understood. */
const columns = slaRowHead.map((name) => name.toLowerCase())

function givenOf ({ head, is1904, rows, ids }: TableFile): Omit<GivenRows, 'customerFault'> {
  if (head === null) return { ids, given: () => rowPages<GivenRow>(rows), fieldOf: dotted }
  return {
    ids,
    given: (names, existing) => readRows({ head, is1904, rows }, names, existing),
    fieldOf: (pointer) => columnOf[dotted(pointer)] ?? dotted(pointer)
  }
}

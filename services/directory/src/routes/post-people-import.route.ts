import { nullable, stringEnum, Uuid } from '@dueline/contracts'
import { baseErrors, charsetNames, charsetOf, decodedBody, problem, write, type App } from '@dueline/http'
import { Type, type Static } from 'typebox'
import { access } from '../access.ts'
import { recordsOf, UnreadableTable, type CsvRecord } from '../people-csv/cells.ts'
import { columns, columnsOf } from '../people-csv/columns.ts'
import { stateOf, type PlannedRow } from '../people-csv/plan.ts'
import { readRow, type Row } from '../people-csv/row.ts'
import { calendarsAmong, importPeople } from '../people-csv/import-people.ts'
import type { RouteDeps } from './route-deps.ts'

const bodyBytesMax = 10 * 1024 * 1024
const rowsMax = 20_000

const RowFaultSchema = Type.Object({ field: stringEnum(columns), message: Type.String() }, {
  title: 'PeopleImportFault',
  description: 'What is wrong with a row, and in which column'
})
const Result = Type.Object({
  line: Type.Integer({ minimum: 1, description: 'In the file, from 1' }),
  personId: nullable(Uuid),
  state: stringEnum(['created', 'changed', 'unchanged', 'refused']),
  faults: Type.Array(RowFaultSchema)
}, { title: 'PeopleImportRow', description: 'What became of a row, or would become of it' })
const Results = Type.Object({
  dryRun: Type.Boolean(),
  created: Type.Integer(),
  changed: Type.Integer(),
  unchanged: Type.Integer(),
  refused: Type.Integer(),
  rows: Type.Array(Result, { description: 'In the order of the file' })
}, { title: 'PeopleImport', description: 'What became of a file of people' })

const description = [
  `A CSV file (\`text/csv\`) of at most 10 MiB and ${rowsMax} rows with a first line of columns, in any order:`,
  `${columns.join(', ')}. Rows with faults are refused and named, the others are imported, all at once. A row is about`,
  'the person of its `id`, else of its `externalId`; who is not there is added, with `role` and `name`. What has no',
  'column stays as it is; a blank cell takes away what may be missing. `managerId` is an external id or an id, also',
  'of a later row; `languages` are parted by blanks. Cells may be parted by commas, semicolons or tabs. Texts are',
  `UTF-8 unless \`Content-Type\` names another charset (${
    charsetNames.join(', ')
  }). With \`dryRun=true\` nothing is changed.`
].join(' ')

// it is bytes: a schema of a text would refuse it
const Body = Type.Unsafe<Buffer>({ description: 'The file' })

/** POST /v1/people-imports; in a scope of its own, because only here a body is CSV. */
export function postPeopleImport (app: App, deps: RouteDeps): void {
  app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers()
    const parsing = { parseAs: 'buffer', bodyLimit: bodyBytesMax } as const
    scope.addContentTypeParser('text/csv', parsing, (_request, body, done) => done(null, body))
    // before the body is read
    scope.addHook('preParsing', async ({ headers }) => {
      charsetOf(headers['content-type'] ?? '')
    })
    scope.route({
      method: 'POST',
      url: '/v1/people-imports',
      bodyLimit: bodyBytesMax,
      config: {
        roles: access.importPeople,
        area: 'people',
        problems: ['validation_failed', 'payload_too_large', 'unsupported_media_type'],
        rawBody: true,
        answers: { 200: 'What became of each row' }
      },
      schema: {
        operationId: 'importPeople',
        summary: 'Import people from CSV',
        description,
        tags: ['people'],
        consumes: ['text/csv'],
        querystring: Type.Object({
          dryRun: Type.Optional(
            Type.Boolean({ description: 'true: say what would become of each row, change nothing' })
          )
        }),
        body: Body,
        response: { 200: Results }
      },
      handler: async (request, reply) => {
        const { principal: { tenantId }, headers, query: { dryRun = false } } = request
        const rows = readRows(request.body, headers['content-type'] ?? '')
        const calendars = await calendarsAmong(deps, { tenantId, authorization: headers.authorization }, rows)
        return await write(request, reply, deps.database, async (tx) => {
          const planned = await importPeople(tx, deps, { rows, calendars, dryRun })
          return { status: 200, body: { dryRun, ...resultsOf(planned) } }
        })
      }
    })
  })
}

function refuse (message: string): never {
  problem(baseErrors.validation_failed, { faults: [{ pointer: '', message }] })
}

function readRows (body: Buffer, contentType: string): Row[] {
  const charset = charsetOf(contentType)
  const text = decodedBody(body, charset) ??
    refuse(`is not ${charset.name}: name its charset, as in text/csv; charset=windows-1256`)
  const [head, ...records] = readRecords(text)
  if (head === undefined || records.length === 0) refuse('must have a line of columns, and one row at least')
  if (records.length > rowsMax) {
    problem(baseErrors.payload_too_large, { detail: `an import may have ${rowsMax} rows` })
  }
  const { places, faults } = columnsOf(head.cells)
  if (faults.length > 0) {
    problem(baseErrors.validation_failed, { faults: faults.map((message) => ({ pointer: '', message })) })
  }
  return records.map((record) => readRow(record, places))
}

function readRecords (text: string): CsvRecord[] {
  try {
    return recordsOf(text)
  } catch (error) {
    if (error instanceof UnreadableTable) return refuse(`is no CSV: ${error.message}`)
    throw error
  }
}

function resultsOf (planned: readonly PlannedRow[]): Omit<Static<typeof Results>, 'dryRun'> {
  const rows = planned.map((each) => ({
    line: each.line,
    personId: each.next?.id ?? null,
    state: stateOf(each),
    faults: each.faults
  }))
  const count = (state: string) => rows.filter((row) => row.state === state).length
  return {
    created: count('created'),
    changed: count('changed'),
    unchanged: count('unchanged'),
    refused: count('refused'),
    rows
  }
}

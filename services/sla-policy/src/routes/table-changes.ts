import { nullable, stringEnum, Uuid } from '@dueline/contracts'
import { baseErrors, problem, type App } from '@dueline/http'
import { Type, type Static } from 'typebox'
import type { PlannedRow } from '../imports/plan-rows.ts'
import { fileFormats, mediaTypes, type FileFormat } from '../spreadsheets/sheet-file.ts'

/** How a change of many rows is carried out. */
export const ChangeOptions = {
  dryRun: Type.Optional(Type.Boolean({ description: 'true: say what would come of it and store nothing' })),
  mode: Type.Optional(stringEnum(['all_or_nothing', 'good_rows'], {
    description: 'all_or_nothing (the default): one refused row keeps all from being stored; good_rows: the others are'
  }))
}
export type ChangeOptions = Static<ReturnType<typeof Type.Object<typeof ChangeOptions>>>

const count = Type.Integer({ minimum: 0 })
const Result = Type.Object({
  line: Type.Integer({
    minimum: 1,
    description: 'in a file the number that a spreadsheet shows beside the row; else the place in the list, from 1'
  }),
  id: nullable(Uuid),
  result: stringEnum(['created', 'updated', 'unchanged', 'refused'], {
    description: 'what comes of the row, where `applied` says that it was stored'
  }),
  faults: Type.Array(
    Type.Object({
      field: Type.String({ description: 'the column or field; empty: the row as a whole' }),
      message: Type.String()
    }, { title: 'RowFault', description: 'Why a row is refused' })
  )
}, { title: 'RowResult', description: 'What came of one row' })

/** What came of a change of many rows. */
export const TableChange = Type.Object({
  applied: Type.Boolean({ description: 'false: nothing was stored, as a dry run or because a row was refused' }),
  created: count,
  updated: count,
  unchanged: count,
  refused: count,
  results: Type.Array(Result)
}, { title: 'TableChange', description: 'What came of a change of many rows, row by row' })

/** What is to be stored of planned rows, and what is answered. */
export function decideChange<Row extends Pick<PlannedRow, 'line' | 'id' | 'result' | 'faults'>> (
  planned: readonly Row[],
  { dryRun = false, mode = 'all_or_nothing' }: ChangeOptions
): { stored: Row[], answer: Static<typeof TableChange> } {
  const counts = { created: 0, updated: 0, unchanged: 0, refused: 0 }
  for (const { result } of planned) counts[result]++
  const applied = !dryRun && (mode === 'good_rows' || counts.refused === 0)
  return {
    stored: applied ? planned.filter(({ result }) => result === 'created' || result === 'updated') : [],
    answer: {
      applied,
      ...counts,
      results: planned.map(({ line, id, result, faults }) => ({ line, id, result, faults: [...faults] }))
    }
  }
}

export const FormatQuery = {
  format: Type.Optional(stringEnum(fileFormats, { description: 'json by default' }))
}

/** Most bytes of a file. */
export const fileBytesMax = 64 * 1024 * 1024

/** The types of files that an import takes. The first is not JSON: the gateway passes such bodies on unread. */
export const importTypes: readonly string[] = [mediaTypes.csv, mediaTypes.xlsx, mediaTypes.json]

/** Bodies of the scope are files: bytes, whose type says how they are read. */
export function acceptFiles (scope: App): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    [...importTypes],
    { parseAs: 'buffer', bodyLimit: fileBytesMax },
    (_request, body, done) => done(null, body)
  )
}

/** The form of a file by its type. @throws Problem 415 for a charset that is not read */
export function formatOf (contentType = ''): FileFormat {
  const [type, charset] = contentType.toLowerCase().split(/;\s*charset\s*=\s*"?([^\s";]*)/)
  if (charset !== undefined && !/^(utf-?8|us-ascii|utf-16(le|be)?)$/.test(charset)) {
    problem(baseErrors.unsupported_media_type, { detail: 'texts are read as UTF-8, or UTF-16 with a byte order mark' })
  }
  return fileFormats.find((format) => type!.trim().startsWith(mediaTypes[format])) ?? 'csv'
}

/** The answer of an operation that gives a file in each form. */
export function fileResponse (json: object) {
  return {
    content: Object.fromEntries(fileFormats.map((format) => [
      mediaTypes[format],
      { schema: format === 'json' ? json : { type: 'string', ...(format === 'xlsx' ? { format: 'binary' } : {}) } }
    ]))
  }
}

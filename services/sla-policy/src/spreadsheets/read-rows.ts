import { metrics } from '@dueline/contracts'
import { baseErrors, problem } from '@dueline/http'
import { blankRow } from '../domain/row-rules.ts'
import type { FieldFault, GivenRow } from '../imports/plan-rows.ts'
import type { SlaRowRecord } from '../store/sla-row-store.ts'
import type { Cell } from './cells.ts'
import type { Names } from './names.ts'
import { rowPages, type Pages } from './pages.ts'
import type { SheetRows } from './sheet-file.ts'
import { slaRowColumns, type RowBody, type SlaRowColumn } from './sla-row-columns.ts'

/** The head of a file of the SLA table. */
export const slaRowHead: readonly string[] = slaRowColumns.map(({ name }) => name)

/**
 * The place of each column in a file; one that is left out says nothing about its field.
 * @throws Problem 400 for a name that is no column's, or stands twice
 */
export function columnsIn<Column extends { readonly name: string }> (
  head: readonly string[],
  columns: readonly Column[]
): Array<{ column: Column, index: number }> {
  const found = new Map<Column, number>()
  const faults: Array<{ pointer: string, message: string }> = []
  head.forEach((name, index) => {
    const column = columns.find((each) => each.name.toLowerCase() === name.toLowerCase())
    const fault = (message: string) => faults.push({ pointer: '', message: `column "${name.slice(0, 60)}" ${message}` })
    if (name === '') return
    if (column === undefined) fault(`is not known; known are ${columns.map((each) => each.name).join(', ')}`)
    else if (found.has(column)) fault('stands twice')
    else found.set(column, index)
  })
  if (found.size === 0) faults.push({ pointer: '', message: 'the first row must hold the names of columns' })
  if (faults.length > 0) {
    problem(baseErrors.validation_failed, { detail: 'the columns of the file are not right', faults })
  }
  // a product is read before its module, whatever their order in the file
  return columns.flatMap((column) => found.has(column) ? [{ column, index: found.get(column)! }] : [])
}

/** The rows of a file, page by page; `existing` are those of the table that the file names. */
export async function* readRows (
  { head, is1904, rows }: Pick<SheetRows, 'head' | 'is1904'> & { readonly rows: Pages },
  names: Names,
  existing: ReadonlyMap<string, SlaRowRecord>
): AsyncGenerator<GivenRow[]> {
  const columns = columnsIn(head, slaRowColumns)
  const idAt = columns.find(({ column }) => column.name === 'id')?.index
  for await (const page of rowPages<SheetRows['rows'][number]>(rows)) {
    yield page.map(({ line, cells }) => {
      const before = idAt === undefined ? undefined : existing.get(String(cells[idAt] ?? '').trim().toLowerCase())
      return readRow({ line, cells, before }, columns, { names, is1904 })
    })
  }
}

interface SheetRow {
  readonly line: number
  readonly cells: readonly Cell[]
  readonly before: SlaRowRecord | undefined
}

function readRow (
  { line, cells, before }: SheetRow,
  columns: ReadonlyArray<{ column: SlaRowColumn, index: number }>,
  context: { readonly names: Names, readonly is1904: boolean }
): GivenRow {
  const body: RowBody = {}
  const faults: FieldFault[] = []
  const parents = before === undefined ? {} : { productId: before.productId, moduleId: before.moduleId }
  for (const { column, index } of columns) {
    const cell = cells[index] ?? null
    const read = cell === null ? null : column.read(cell, { ...context, body: { ...parents, ...body } })
    if (read !== null && 'fault' in read) faults.push({ field: column.name, message: read.fault })
    else put(body, column, read === null ? null : read.value, before)
  }
  const { id = null, version = null, ...fields } = body
  return { line, id: id as string | null, version: version as number | null, body: fields, faults }
}

function put (
  body: RowBody,
  { path: [field, part], empty }: SlaRowColumn,
  value: unknown,
  before?: SlaRowRecord
): void {
  if (part !== undefined) {
    const known = before?.[field as 'targets' | 'pauseRules'] ?? {}
    const own = (body[field] ??= Object.fromEntries(metrics.flatMap((metric) => {
      return known[metric] === undefined ? [] : [[metric, known[metric]]]
    }))) as Record<string, unknown>
    if (value === null) delete own[part]
    else own[part] = value
  } else if (value !== null || empty === 'null') body[field] = value
  else if (before !== undefined) body[field] = blankRow[field as keyof typeof blankRow]
}

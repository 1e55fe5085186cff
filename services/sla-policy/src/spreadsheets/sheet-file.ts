import { csvLine, markedText, restored } from '@dueline/contracts'
import type { Cell } from './cells.ts'

/** The forms of a table as a file. */
export const fileFormats = ['csv', 'xlsx', 'json'] as const
export type FileFormat = typeof fileFormats[number]
export type SheetFormat = Exclude<FileFormat, 'json'>

export const mediaTypes: Readonly<Record<FileFormat, string>> = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json'
}

/** A table as it stands in a file; `line` is the number that a spreadsheet shows beside the row. */
export interface SheetRows {
  readonly head: readonly string[]
  readonly rows: ReadonlyArray<{ readonly line: number, readonly cells: readonly Cell[] }>
  /** Days are counted from 1904. */
  readonly is1904: boolean
}

/** A file is none of its form, or too large. The message goes on from "the file …". */
export class FileRefused extends Error {}

/** Most rows of one file. */
export const rowsMax = 50_000
const columnsMax = 100
const cellLengthMax = 32_000

/**
 * Reads a file; blank rows are left out. `known` are the names of columns, by which the sign between the cells of a CSV
 * is found.
 * @throws FileRefused for what is no such file, has no head, or is too large
 */
export async function readSheet (format: SheetFormat, bytes: Uint8Array, known: readonly string[]): Promise<SheetRows> {
  const { table, is1904 } = format === 'csv' ? await readCsv(bytes, known) : await readWorkbook(bytes)
  const rows = table.map((cells, index) => ({ line: index + 1, cells: cells.map(withoutEmpty) }))
    .filter(({ cells }) => cells.some((cell) => cell !== null))
  const [head, ...rest] = rows
  if (head === undefined) return refused('has no row with the names of columns')
  if (rest.length > rowsMax) return refused(`has ${rest.length} rows; at most ${rowsMax} are taken at once`)
  for (const { line, cells } of rows) {
    if (cells.length > columnsMax && cells.slice(columnsMax).some((cell) => cell !== null)) {
      return refused(`has more than ${columnsMax} columns in row ${line}`)
    }
    if (cells.some((cell) => typeof cell === 'string' && cell.length > cellLengthMax)) {
      return refused(`has a cell of more than ${cellLengthMax} characters in row ${line}`)
    }
  }
  return { head: head.cells.map((cell) => String(cell ?? '').trim()), rows: rest, is1904 }
}

/** The values of one column that are not empty. */
export function valuesOf ({ head, rows }: SheetRows, name: string): string[] {
  const at = head.findIndex((each) => each.toLowerCase() === name.toLowerCase())
  return at === -1 ? [] : rows.flatMap(({ cells }) => cells[at] == null ? [] : [String(cells[at]).trim().toLowerCase()])
}

/** A byte order mark: without it Excel reads UTF-8 as something else. */
export const csvMark = '\ufeff'

/** Rows as lines of CSV. */
export function csvLines (rows: ReadonlyArray<readonly Cell[]>): string {
  return rows.map(csvLine).join('')
}

/** Writes an XLSX workbook of one sheet. */
export async function writeWorkbook (name: string, rows: ReadonlyArray<readonly Cell[]>): Promise<Uint8Array> {
  const { writeXlsx } = await import('hucre/xlsx')
  const escaped = rows.map((row) => row.map((cell) => typeof cell === 'string' ? withoutEscapes(cell) : cell))
  return await writeXlsx({ sheets: [{ name, rows: escaped }] })
}

function refused (message: string): never {
  throw new FileRefused(message)
}

function withoutEmpty (cell: Cell): Cell {
  return typeof cell === 'string' && cell.trim() === '' ? null : cell
}

async function readCsv (bytes: Uint8Array, known: readonly string[]): Promise<{ table: Cell[][], is1904: false }> {
  const { parse } = await import('csv-parse/sync')
  const source = textOf(bytes)
  const named = /^sep=(.)\r?\n/i.exec(source)
  const text = source.slice(named?.[0].length ?? 0)
  const delimiter = named?.[1] ?? delimiterOf(text, known)
  try {
    const table: string[][] = parse(text, { delimiter, relax_column_count: true, max_record_size: 1_000_000 })
    if (named !== null) table.unshift([])
    return { table: table.map((row) => row.map(restored)), is1904: false }
  } catch (error) {
    return refused(`is no CSV: ${(error as Error).message}`)
  }
}

/** The sign by which the first line has most names of columns. */
function delimiterOf (text: string, known: readonly string[]): string {
  const head = text.slice(0, text.search(/\r|\n|$/)).replaceAll('"', '')
  const counts = [',', ';', '\t', '|', '؛'].map((sign) => {
    return { sign, count: head.split(sign).filter((name) => known.includes(name.trim().toLowerCase())).length }
  })
  return counts.reduce((best, one) => one.count > best.count ? one : best).sign
}

function textOf (bytes: Uint8Array): string {
  const { charset, text } = markedText(bytes)
  return text ?? refused(`is not ${charset.toUpperCase()}; save it as "CSV UTF-8"`)
}

async function readWorkbook (bytes: Uint8Array): Promise<{ table: Cell[][], is1904: boolean }> {
  const { guardedEntries } = await import('@dueline/questionnaire/import')
  const { readXlsx } = await import('hucre/xlsx')
  try {
    guardedEntries(bytes)
    const book = await readXlsx(bytes, { sheets: [0], maxRows: rowsMax + 2 })
    const { rows = [] } = book.sheets[0] ?? {}
    return { table: rows as Cell[][], is1904: book.dateSystem === '1904' }
  } catch (error) {
    return refused(`is no XLSX workbook: ${(error as Error).message}`)
  }
}

/** A text in a workbook that looks like one of its own escapes would be read as what that stands for. */
function withoutEscapes (text: string): string {
  return text.replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
}

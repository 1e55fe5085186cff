import { parse } from 'csv-parse/sync'
import { readXlsx } from 'hucre/xlsx'
import { columnName, FileRefused, type ImportIssue } from './issue.ts'
import { guardedEntries } from './zip-guard.ts'

/** A sheet as texts; rows keep their place in the file. */
export interface Sheet {
  name: string
  /** Of the first of `rows` in the file, from 1. */
  firstRow: number
  /** The first column that is used, from 0. */
  firstColumn: number
  rows: string[][]
}
export interface Workbook {
  sheets: Sheet[]
  issues: ImportIssue[]
}

const rowsMax = 10_000
const columnsMax = 300
const cellLengthMax = 10_000

/**
 * The sheets of an XLSX file. Formulas are not computed: their stored values count, and each sheet with some is
 * reported, as are macros and links to other files, none of which is followed. Throws FileRefused.
 */
export async function readWorkbook (bytes: Uint8Array): Promise<Workbook> {
  const names = guardedEntries(bytes)
  if (!names.includes('xl/workbook.xml')) throw new FileRefused('not_a_workbook', 'is an archive, but no XLSX workbook')
  const issues: ImportIssue[] = []
  const report = (sheet: string, code: string, message: string) =>
    issues.push({ severity: 'warning', code, message, sheet })
  if (names.some((name) => /vbaProject\.bin$/i.test(name))) report('', 'macros', 'holds macros, which are not run')
  if (names.some((name) => name.startsWith('xl/externalLinks/'))) {
    report('', 'links', 'holds links, which are not followed')
  }
  const book = await readXlsx(bytes, { maxRows: rowsMax + 1 }).catch((error: unknown) => {
    throw new FileRefused('not_a_workbook', `cannot be read: ${(error as Error).message}`)
  })
  const sheets = book.sheets.map(({ name, rows, cells }): Sheet => {
    if (rows.length > rowsMax) throw new FileRefused('too_many_rows', `sheet ${name} has more than ${rowsMax} rows`)
    const formulas = [...cells?.values() ?? []].filter((cell) => cell.formula !== undefined).length
    if (formulas > 0) report(name, 'formulas', `has ${formulas} formulas, of which the stored values are read`)
    const texts = rows.map((row) => bounded(row.map((value) => textOf(value)), name))
    return { name, firstRow: 1, firstColumn: 0, rows: texts }
  })
  return { sheets, issues }
}

/** A CSV file: one table named `name`, or, when its first column names sheets as pyxform writes them, those sheets. */
export function readCsv (text: string, name = 'survey'): Workbook {
  const rows = table(text)
  if (rows.length > rowsMax) throw new FileRefused('too_many_rows', `has more than ${rowsMax} rows`)
  const known = (row: string[]) => /^[a-z_]+$/i.test(row[0] ?? '') && row.slice(1).every((cell) => cell === '')
  const first = rows.find((row) => row.some((cell) => cell !== ''))
  if (first === undefined) throw new FileRefused('empty', 'has no rows')
  if (!known(first) || first.length < 2) return { sheets: [{ name, firstRow: 1, firstColumn: 0, rows }], issues: [] }
  const sheets: Sheet[] = []
  rows.forEach((row, index) => {
    if (known(row)) sheets.push({ name: row[0] ?? '', firstRow: index + 2, firstColumn: 1, rows: [] })
    else sheets.at(-1)?.rows.push(row.slice(1))
  })
  return { sheets, issues: [] }
}

/** `sep=;` in the first line is heeded; else the sign that the first line with one has most of `,`, `;` and tab. */
function table (source: string): string[][] {
  const text = source.replace(/^\ufeff/, '')
  const named = /^sep=(.)\r?\n/.exec(text)
  const head = text.split('\n').find((line) => /[,;\t]/.test(line)) ?? ''
  const counts = [',', ';', '\t'].map((sign) => [sign, head.split(sign).length] as const)
  const delimiter = named?.[1] ?? counts.reduce((best, one) => one[1] > best[1] ? one : best)[0]
  try {
    const rows: string[][] = parse(text.slice(named?.[0].length ?? 0), {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: false,
      max_record_size: 1_000_000,
      trim: true
    })
    // The apostrophe keeps other programs from running a cell as a formula: see write.ts.
    return rows.map((row) => bounded(row.map((cell) => cell.replace(/^'('*[=+@\t\r-])/, '$1')), 'csv'))
  } catch (error) {
    throw new FileRefused('csv_broken', `is no CSV: ${(error as Error).message}`)
  }
}

function bounded (row: string[], sheet: string): string[] {
  if (row.length > columnsMax && row.slice(columnsMax).some((cell) => cell !== '')) {
    throw new FileRefused('too_many_columns', `sheet ${sheet} has columns beyond ${columnName(columnsMax - 1)}`)
  }
  return row.slice(0, columnsMax).map((cell) => {
    if (cell.length > cellLengthMax) {
      throw new FileRefused('text_too_long', `sheet ${sheet} has a cell of more than ${cellLengthMax} characters`)
    }
    return cell.trim()
  })
}

/** Dates as `2026-11-29`, with a time only where there is one; a time of day as `HH:MM:SS`. */
function textOf (value: unknown): string {
  if (value === null || value === undefined) return ''
  if (!(value instanceof Date)) return String(value)
  if (Number.isNaN(value.getTime())) return ''
  const [date = '', time = ''] = value.toISOString().slice(0, 19).split('T')
  if (date < '1904-01-02') return time
  return time === '00:00:00' ? date : `${date}T${time}`
}

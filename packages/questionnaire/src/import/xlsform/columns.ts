import { type Cell, columnName } from '../issue.ts'
import type { Sheet } from '../workbook.ts'
import { languageOf, UNNAMED } from './languages.ts'
import type { Language } from '../../format.ts'

/** Other names of columns, in lower case with `_` for spaces; those of old files begin with `bind:` or `control:`. */
const aliases: Readonly<Record<string, string>> = {
  caption: 'label',
  'bind:constraint': 'constraint',
  'bind:jr:constraintmsg': 'constraint_message',
  'bind:jr:requiredmsg': 'required_message',
  'bind:readonly': 'read_only',
  'bind:relevant': 'relevant',
  'bind:required': 'required',
  'bind:calculate': 'calculation',
  'bind:type': 'type',
  'control:appearance': 'appearance',
  'jr:count': 'repeat_count',
  'control:jr:count': 'repeat_count',
  'body:jr:count': 'repeat_count',
  calculate: 'calculation',
  command: 'type',
  constraint_msg: 'constraint_message',
  constraintmsg: 'constraint_message',
  count: 'repeat_count',
  list: 'list_name',
  listname: 'list_name',
  readonly: 'read_only',
  'read-only': 'read_only',
  relevance: 'relevant',
  requiredmsg: 'required_message',
  required_msg: 'required_message',
  skip_logic: 'relevant',
  tag: 'name',
  value: 'name'
}
const translated = new Set(['label', 'hint', 'constraint_message', 'required_message', 'form_title'])

export interface Column {
  field: string
  /** Of a text column. */
  language: Language | null
  index: number
  header: string
}

/** A row by its fields, with the place of each cell. */
export class Row {
  readonly #columns: readonly Column[]
  readonly #cells: readonly string[]
  readonly #at: { sheet: string, row: number, firstColumn: number }

  constructor (
    columns: readonly Column[],
    cells: readonly string[],
    at: { sheet: string, row: number, firstColumn: number }
  ) {
    this.#columns = columns
    this.#cells = cells
    this.#at = at
  }

  get (field: string): string {
    for (const { field: name, language, index } of this.#columns) {
      if (name === field && (language === null || language.tag === UNNAMED) && this.#cells[index]) {
        return this.#cells[index]
      }
    }
    return ''
  }

  /** Texts by language; undefined when there is none. `unnamed` is the language of columns without one. */
  texts (field: string, unnamed: string): Record<string, string> | undefined {
    const texts: Record<string, string> = {}
    for (const { field: name, language, index } of this.#columns) {
      const text = this.#cells[index]
      if (name !== field || language === null || !text || text === '-') continue
      texts[language.tag === UNNAMED ? unnamed : language.tag] = text
    }
    return Object.keys(texts).length > 0 ? texts : undefined
  }

  /** Fields other than those named, with their texts: attributes of choices. */
  others (than: ReadonlySet<string>): [string, string][] {
    return this.#columns
      .filter(({ field, language, index }) => language === null && !than.has(field) && this.#cells[index])
      .map(({ header, index }) => [header, this.#cells[index] ?? ''])
  }

  cell (field?: string): Cell {
    const { sheet, row, firstColumn } = this.#at
    const column = this.#columns.find((one) => one.field === field)
    return { sheet, row, ...(column === undefined ? {} : { column: columnName(column.index + firstColumn) }) }
  }

  get empty (): boolean {
    return this.#cells.every((cell) => cell === '')
  }
}

/** The columns and rows of a sheet, whose first row that is not empty has the names. */
export function rowsOf ({ name: sheet, rows, firstRow, firstColumn }: Sheet): { columns: Column[], rows: Row[] } {
  const head = rows.findIndex((row) => row.some((cell) => cell !== ''))
  const columns = (rows[head] ?? []).map(columnOf).filter((column) => column !== undefined)
  const filled = rows
    .map((cells, index) => new Row(columns, cells, { sheet, row: index + firstRow, firstColumn }))
    .filter((row, index) => index > head && !row.empty)
  return { columns, rows: filled }
}

function columnOf (header: string, index: number): Column | undefined {
  if (header === '') return undefined
  const plain = header.toLowerCase().replace(/\s*::?\s*/g, ':').replace(/ /g, '_')
  const whole = aliases[plain] ?? plain
  if (!header.includes(':') || whole !== plain) {
    return { field: whole, language: translated.has(whole) ? { tag: UNNAMED } : null, index, header: header.trim() }
  }
  const [first = ''] = plain.split(':')
  const field = aliases[first] ?? first
  if (!translated.has(field)) return { field: plain, language: null, index, header: header.trim() }
  return { field, language: languageOf(header.slice(header.indexOf(':')).replace(/^:+\s*/, '').trim()), index, header }
}

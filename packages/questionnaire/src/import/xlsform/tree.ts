// The rows of the survey sheet as a tree, with names of the format.
import type { ImportIssue } from '../issue.ts'
import type { Row } from './columns.ts'
import { asName } from '../../names.ts'
import { type RowType, rowTypeOf } from './types.ts'

/** A row of the survey, with those inside it. */
export interface Draft {
  row: Row
  type: Exclude<RowType, { is: 'end' | 'left_out' | 'unknown' }>
  /** As the file writes it. */
  written: string
  name: string
  children: Draft[]
  /** The repeats around it, the outermost first. */
  repeats: Draft[]
}

export function treeOf (rows: Row[], issues: ImportIssue[]): Draft[] {
  return new Reader(issues).read(rows)
}

class Reader {
  readonly #issues: ImportIssue[]
  readonly #names: string[] = []
  readonly #top: Draft[] = []
  readonly #open: Draft[] = []
  /** How many loops, which are left out with all that is in them, are open. */
  #leftOut = 0

  constructor (issues: ImportIssue[]) {
    this.#issues = issues
  }

  read (rows: Row[]): Draft[] {
    for (const row of rows) {
      const written = row.get('type')
      if (written === '') continue
      if (this.#isLeftOut(row, written)) continue
      const type = rowTypeOf(written)
      if (type.is === 'unknown') {
        this.#report(row, 'error', 'unknown_type', `there is no type “${written}”: the row is left out`)
      } else if (type.is === 'left_out') this.#report(row, 'warning', 'left_out', `${written} ${type.why}`)
      else if (type.is === 'end') this.#close(row, type.what)
      else this.#place(row, type)
    }
    for (const { row, written } of this.#open) this.#report(row, 'error', 'not_ended', `${written} has no end`)
    return this.#top
  }

  #isLeftOut (row: Row, written: string): boolean {
    const edge = /^(begin|end)[ _](loop|table)\b/i.exec(written)
    if (edge !== null) {
      const begins = edge[1]?.toLowerCase() === 'begin'
      this.#leftOut += begins ? 1 : -Math.min(1, this.#leftOut)
      const message = 'a loop over choices has no counterpart: what is in it is left out'
      if (begins) this.#report(row, 'error', 'left_out', message)
      return true
    }
    return this.#leftOut > 0
  }

  #place (row: Row, type: Draft['type']): void {
    const given = row.get('name')
    const written = given === '' ? `${type.is === 'begin' ? type.what : 'question'}_${row.cell().row}` : given
    const name = asName(written, this.#names)
    if (given === '' && type.is !== 'begin') {
      this.#report(row, 'guess', 'name_missing', `has no name and is called ${name}`)
    } else if (name !== written) this.#report(row, 'guess', 'renamed', `“${written}” is called ${name}`)
    this.#names.push(name)
    const repeats = this.#open.filter(({ type }) => type.is === 'begin' && type.what === 'repeat')
    const draft: Draft = { row, type, written, name, children: [], repeats }
    const into = this.#open.at(-1)?.children ?? this.#top
    into.push(draft)
    if (type.is === 'begin') this.#open.push(draft)
    if ('note' in type && type.note !== undefined) {
      this.#report(row, 'warning', 'read_as', `${row.get('type')} ${type.note}`)
    }
  }

  #close (row: Row, what: 'group' | 'repeat'): void {
    const last = this.#open.at(-1)
    if (last?.type.is === 'begin' && last.type.what === what) this.#open.pop()
    else this.#report(row, 'error', 'not_begun', `ends a ${what} that does not begin there`)
  }

  #report (row: Row, severity: ImportIssue['severity'], code: string, message: string): void {
    this.#issues.push({ severity, code, message, ...row.cell(code === 'renamed' ? 'name' : 'type') })
  }
}

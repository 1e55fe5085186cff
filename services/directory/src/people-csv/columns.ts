import type { Person } from '../store/person-store.ts'

/** The columns of a file of people, in the order in which they are written. */
export const columns = [
  'id',
  'externalId',
  'role',
  'name',
  'screenName',
  'email',
  'phone',
  'languages',
  'timeZone',
  'calendarId',
  'managerId',
  'level',
  'unitId',
  'active'
] as const
export type Column = typeof columns[number]

/** What is wrong with a row, and in which column. */
export interface RowFault {
  readonly field: Column
  readonly message: string
}

/** Where each column of a file stands; what is wrong with its first line instead. */
export function columnsOf (cells: readonly string[]): { places: Map<Column, number>, faults: string[] } {
  const places = new Map<Column, number>()
  const faults: string[] = []
  for (const [place, cell] of cells.entries()) {
    const name = cell.trim()
    const column = columns.find((each) => each.toLowerCase() === name.toLowerCase())
    if (column === undefined) {
      faults.push(`${JSON.stringify(name.slice(0, 100))} is no column: there are ${columns.join(', ')}`)
    } else if (places.has(column)) faults.push(`${column} comes twice`)
    else places.set(column, place)
  }
  if (!places.has('id') && !places.has('externalId')) faults.push('id or externalId must be among the columns')
  return { places, faults }
}

/** The cells of a person. `managerRef`: by what a file names its manager. */
export function cellsOf (person: Person, managerRef: string | null): string[] {
  const { createdAt: _, updatedAt: _at, version: _version, imported: _imported, ...fields } = person
  const texts = {
    ...fields,
    languages: fields.languages.join(' '),
    managerId: managerRef,
    active: String(fields.active)
  }
  return columns.map((column) => texts[column] ?? '')
}

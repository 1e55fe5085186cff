import { formText, isUuid } from '@dueline/contracts'
import { Compile } from 'typebox/compile'
import { personFaults } from '../routes/check-person.ts'
import { personFields, type PersonPatch } from '../routes/people.ts'
import type { CsvRecord } from './cells.ts'
import type { Column, RowFault } from './columns.ts'

/** What a row says of a person; a field is missing where its column is. */
export interface Row {
  readonly line: number
  readonly id: string | undefined
  readonly externalId: string | null | undefined
  /** The external id of the manager, or else the id; null: none. */
  readonly managerRef: string | null | undefined
  readonly fields: Omit<PersonPatch, 'managerId' | 'language'>
  readonly faults: readonly RowFault[]
}

const texts = ['name', 'screenName', 'email', 'phone', 'timeZone', 'calendarId', 'level', 'unitId', 'role'] as const
/** Of which a blank cell says that there is none; of the others it says nothing. */
const nullables: readonly string[] = ['email', 'phone', 'timeZone', 'calendarId', 'level', 'unitId']
/** Of which blanks around do not count. */
const trimmed: readonly string[] = ['email', 'timeZone', 'calendarId', 'level', 'unitId', 'role']

const checks = new Map([...texts, 'languages' as const].map((field) => {
  const schema = personFields[field] as { anyOf?: object[], enum?: unknown[] }
  const values = schema.enum
  const form = values === undefined ? formText(schema.anyOf?.[0] ?? schema) : `one of ${values.join(', ')}`
  return [field, { validator: Compile(personFields[field]), form: form ?? 'of another form' }] as const
}))

/** Reads the cells of a row, and checks each by itself. */
export function readRow ({ line, cells }: CsvRecord, places: ReadonlyMap<Column, number>): Row {
  const faults: RowFault[] = []
  const fault = (field: Column, message: string): void => {
    faults.push({ field, message })
  }
  const cellOf = (column: Column): string | undefined => {
    const place = places.get(column)
    return place === undefined ? undefined : cells[place] ?? ''
  }
  if (cells.length !== places.size) {
    fault([...places.keys()].at(-1)!, `the row has ${cells.length} cells, and there are ${places.size} columns`)
  }
  const fields: Record<string, unknown> = {}
  for (const field of texts) {
    const cell = cellOf(field)
    if (cell === undefined) continue
    const value = trimmed.includes(field) ? cell.trim() : cell
    if (value.trim() === '') {
      if (nullables.includes(field)) fields[field] = null
      continue
    }
    const lower = field === 'calendarId' || field === 'unitId' ? value.toLowerCase() : value
    if (checks.get(field)!.validator.Check(lower)) fields[field] = lower
    else fault(field, `must be ${checks.get(field)!.form}`)
  }
  const spoken = cellOf('languages')?.split(/[\s,;|]+/).filter((each) => each !== '') ?? []
  if (spoken.length > 0) {
    if (checks.get('languages')!.validator.Check(spoken)) fields['languages'] = spoken
    else fault('languages', 'must be up to ten languages such as "en ar", each once, the first preferred')
  }
  const active = cellOf('active')?.trim().toLowerCase() ?? ''
  if (active === 'true' || active === 'false') fields['active'] = active === 'true'
  else if (active !== '') fault('active', 'must be true or false')
  for (const { pointer = '', message } of personFaults(fields)) fault(pointer.slice(1) as Column, message)
  return { line, ...namesOf(cellOf, fault), fields: fields as Row['fields'], faults }
}

/** By what a row names its person and the manager. */
function namesOf (
  cellOf: (column: Column) => string | undefined,
  fault: (field: Column, message: string) => void
): Pick<Row, 'id' | 'externalId' | 'managerRef'> {
  const id = cellOf('id')?.trim().toLowerCase() ?? ''
  if (id !== '' && !isUuid(id)) fault('id', 'must be a UUID')
  const name = (column: 'externalId' | 'managerId'): string | null | undefined => {
    const cell = cellOf(column)?.trim()
    if (cell === undefined || cell === '') return cell === '' ? null : undefined
    // eslint-disable-next-line no-control-regex -- what no text of a person may have
    if (cell.length > 200 || /[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(cell)) {
      fault(column, 'must be one line of at most 200 characters')
    }
    return cell
  }
  return { id: id === '' ? undefined : id, externalId: name('externalId'), managerRef: name('managerId') }
}

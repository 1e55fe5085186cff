import type { Choice } from '../../format.ts'
import type { ImportIssue } from '../issue.ts'
import type { Row } from './columns.ts'
import { asName } from '../../names.ts'

/** The lists of the choices sheet, with what its further columns are called as attributes. */
export interface Lists {
  byName: Map<string, { name: string, choices: Choice[] }>
  /** From the header in lower case to the attribute's name. */
  attributes: Map<string, string>
}

const known = new Set(
  ['list_name', 'name', 'label', 'hint', 'image', 'audio', 'video', 'big-image', 'order'].flatMap((field) => [
    field,
    `media:${field}`
  ])
)

export function readLists (rows: Row[], unnamed: string, issues: ImportIssue[]): Lists {
  const byName: Lists['byName'] = new Map()
  const attributes = new Map<string, string>()
  const report = (row: Row, field: string, code: string, message: string) =>
    issues.push({ severity: 'warning', code, message, ...row.cell(field) })
  const others = new Set([...known])
  for (const row of rows) {
    const written = row.get('list_name')
    if (written === '') continue
    const list = byName.get(written) ??
      { name: asName(written, [...byName.values()].map(({ name }) => name)), choices: [] }
    byName.set(written, list)
    const name = row.get('name').replace(/\s+/g, '_').slice(0, 200)
    if (name === '') {
      report(row, 'name', 'choice_without_name', 'the choice has no name and is left out')
      continue
    }
    const own: Record<string, string> = {}
    for (const [header, value] of row.others(others)) {
      const key = header.toLowerCase()
      const attribute = attributes.get(key) ?? asName(header, [...attributes.values(), 'name'])
      attributes.set(key, attribute)
      own[attribute] = value.slice(0, 1_000)
    }
    const label = row.texts('label', unnamed)
    const choice: Choice = {
      name,
      ...(label === undefined ? {} : { label }),
      ...(Object.keys(own).length > 0 ? { attributes: own } : {})
    }
    if (label === undefined) report(row, 'label', 'label_missing', `the choice ${name} has no label`)
    const same = list.choices.some((one) => one.name === name && sameAttributes(one, choice))
    if (same) report(row, 'name', 'choice_twice', `the list ${written} has ${name} twice: the second is left out`)
    else list.choices.push(choice)
  }
  return { byName, attributes }
}

export function sameAttributes (one: Choice, other: Choice): boolean {
  return JSON.stringify(one.attributes ?? {}) === JSON.stringify(other.attributes ?? {})
}

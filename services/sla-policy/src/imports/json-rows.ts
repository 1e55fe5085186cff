import { isUuid } from '@dueline/contracts'
import { FileRefused, rowsMax } from '../spreadsheets/sheet-file.ts'
import type { FieldFault, GivenRow } from './plan-rows.ts'

/**
 * The items of a JSON file: a list, or what a list or an export of the API answers. Each with its place from 1.
 * @throws FileRefused for what is no such file, or has too many
 */
export function jsonItems (bytes: Uint8Array): unknown[] {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return refused('must be JSON in UTF-8')
  }
  const items = typeof value === 'object' && value !== null && 'items' in value ? value.items : value
  if (!Array.isArray(items)) return refused('must be a list, or an object with a list `items`')
  if (items.length > rowsMax) return refused(`has ${items.length} items; at most ${rowsMax} are taken at once`)
  return items
}

function refused (message: string): never {
  throw new FileRefused(message)
}

/** An item as a given row: `id` and `version` say which and what state of it, stamps of an export are passed over. */
export function givenItem (item: unknown, line: number): GivenRow {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return { line, id: null, version: null, body: {}, faults: [{ field: '', message: 'must be an object' }] }
  }
  const { id = null, version = null, createdAt: _created, updatedAt: _updated, ...body } = item as Record<
    string,
    unknown
  >
  const faults: FieldFault[] = []
  if (id !== null && (typeof id !== 'string' || !isUuid(id))) {
    faults.push({ field: 'id', message: 'must be a lower-case UUID' })
  }
  if (version !== null && !Number.isSafeInteger(version)) {
    faults.push({ field: 'version', message: 'must be a whole number' })
  }
  return {
    line,
    id: typeof id === 'string' ? id : null,
    version: typeof version === 'number' ? version : null,
    body,
    faults
  }
}

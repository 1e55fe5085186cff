import type { Micros } from '@dueline/business-time'
import { inTurns } from '@dueline/runtime/threads'
import { catalogueKinds, type CatalogueItem, type CatalogueKind } from '../store/catalogue-store.ts'
import { namesOf, type NamedItem, type Names } from '../spreadsheets/names.ts'
import type { FieldFault, GivenRow, RowResult } from './plan-rows.ts'

/** What is to become of a given item. */
export interface PlannedItem {
  readonly line: number
  readonly id: string | null
  readonly result: RowResult
  readonly faults: readonly FieldFault[]
  readonly item: CatalogueItem | null
}

export interface CatalogueState {
  readonly items: Readonly<Record<CatalogueKind, readonly CatalogueItem[]>>
  /** Faults of what an item says, by the schema of `CatalogueEntry`. */
  readonly bodyFaults: (body: object) => ReadonlyArray<{ pointer: string, message: string }>
  readonly newId: () => string
  readonly now: Micros
}

/**
 * What becomes of each given item, judged together; nothing is written. Products come first, then modules, then
 * questions, so that an item can name one that stands in the same file. An item without an id is the one of its name.
 */
export async function planCatalogue (given: readonly GivenRow[], state: CatalogueState): Promise<PlannedItem[]> {
  return await inTurns(planSteps(given, state))
}

function* planSteps (given: readonly GivenRow[], state: CatalogueState): Generator<void, PlannedItem[]> {
  const planned = new Map<GivenRow, PlannedItem>()
  const lines = new Map<string, number>()
  const items: Record<CatalogueKind, readonly CatalogueItem[]> = { ...state.items }
  for (const row of given) {
    const bodyFaults = row.faults.length > 0 ? [] : state.bodyFaults(row.body)
    const faults = [...row.faults, ...bodyFaults.map(({ pointer, message }) => ({ field: pointer.slice(1), message }))]
    if (faults.length > 0) planned.set(row, refusedItem(row, faults))
    yield
  }
  for (const kind of catalogueKinds) {
    const names = namesOf({ ...items, calendar: [] })
    const siblings = new Map(items[kind].map((item) => [siblingKey(item), item.id]))
    const added = new Map(items[kind].map((item) => [item.id, item]))
    for (const row of given.filter((each) => each.body['kind'] === kind && !planned.has(each))) {
      const one = planItem(row, kind, { names, siblings, lines, state })
      planned.set(row, one)
      yield
      if (one.item === null) continue
      siblings.set(siblingKey(one.item), one.item.id)
      added.set(one.item.id, one.item)
    }
    items[kind] = [...added.values()]
  }
  return given.map((row) => planned.get(row)!)
}

interface Level {
  readonly names: Names
  /** The id that has each name within its parent. */
  readonly siblings: ReadonlyMap<string, string>
  readonly lines: Map<string, number>
  readonly state: CatalogueState
}

function planItem (row: GivenRow, kind: CatalogueKind, { names, siblings, lines, state }: Level): PlannedItem {
  const body = row.body as { name: string, product?: string | null, module?: string | null, active?: boolean | null }
  const parents = parentsOf(kind, body, names)
  if ('faults' in parents) return refusedItem(row, parents.faults)
  const name = body.name.trim()
  const namesake = siblings.get(siblingKey({ ...parents, name }))
  const id = row.id ?? namesake ?? state.newId()
  const refused = (field: string, message: string): PlannedItem => refusedItem(row, [{ field, message }])
  const line = lines.get(id)
  if (line !== undefined) return refused('id', `stands in line ${line} already`)
  lines.set(id, row.line)
  const before = names.get(kind, id) as CatalogueItem | undefined
  if (before === undefined && elsewhere(kind, id, names)) return refused('kind', 'is not that of the item with this id')
  if (before !== undefined && (before.productId !== parents.productId || before.moduleId !== parents.moduleId)) {
    return refused(kind === 'module' ? 'product' : 'module', 'cannot change: the item belongs to another')
  }
  if (before !== undefined && row.version !== null && row.version !== before.version) {
    return refused('version', `the item was changed since: it has version ${before.version}`)
  }
  if (namesake !== undefined && namesake !== id) return refused('name', `there is a ${kind} of this name already`)
  const active = body.active ?? before?.active ?? true
  if (before !== undefined && before.name === name && before.active === active) {
    return { line: row.line, id, result: 'unchanged', faults: [], item: before }
  }
  const { now } = state
  const item: CatalogueItem = {
    kind,
    id,
    name,
    ...parents,
    active,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? now,
    updatedAt: now
  }
  return { line: row.line, id, result: before === undefined ? 'created' : 'updated', faults: [], item }
}

type Parents = Pick<CatalogueItem, 'productId' | 'moduleId'>

function parentsOf (
  kind: CatalogueKind,
  { product, module }: { product?: string | null, module?: string | null },
  names: Names
): Parents | { faults: FieldFault[] } {
  const fault = (field: string, message: string) => ({ faults: [{ field, message }] })
  if (kind === 'product') {
    if (product != null) return fault('product', 'a product belongs to nothing')
    return module == null ? { productId: null, moduleId: null } : fault('module', 'a product belongs to nothing')
  }
  if (kind === 'module' && module != null) return fault('module', 'a module belongs to a product alone')
  if (kind === 'module' && product == null) return fault('product', 'a module needs its product')
  if (kind === 'question' && module == null) return fault('module', 'a question needs its module')
  const found = product == null ? null : names.find('product', product)
  if (found !== null && 'fault' in found) return fault('product', found.fault)
  if (kind === 'module') return { productId: found!.id, moduleId: null }
  const within = names.find('module', module!, { productId: found?.id ?? null })
  if ('fault' in within) return fault('module', within.fault)
  const owner = names.get('module', within.id)!.productId
  return found !== null && found.id !== owner
    ? fault('module', 'belongs to another product')
    : { productId: owner, moduleId: within.id }
}

function elsewhere (kind: CatalogueKind, id: string, names: Names): boolean {
  return catalogueKinds.some((other) => other !== kind && names.get(other, id) !== undefined)
}

function siblingKey ({ productId, moduleId, name }: Omit<NamedItem, 'id'>): string {
  return `${moduleId ?? productId ?? ''} ${name.toLowerCase()}`
}

function refusedItem ({ line, id }: GivenRow, faults: readonly FieldFault[]): PlannedItem {
  return { line, id, result: 'refused', faults, item: null }
}

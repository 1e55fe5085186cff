import type { Micros } from '@dueline/business-time'
import { instantParam, isUniqueViolation, namePart, readInstant, type Read, type TenantTx } from '@dueline/postgres'

/** The levels of the catalogue, from the top. */
export const catalogueKinds = ['product', 'module', 'question'] as const
export type CatalogueKind = typeof catalogueKinds[number]

/** A product (no parents), a module (of a product) or a question (of a module and its product). */
export interface CatalogueItem {
  readonly kind: CatalogueKind
  readonly id: string
  readonly name: string
  readonly productId: string | null
  readonly moduleId: string | null
  readonly active: boolean
  readonly version: number
  readonly createdAt: Micros
  readonly updatedAt: Micros
}

export interface CatalogueFilter {
  readonly productId?: string
  readonly moduleId?: string
  readonly active?: boolean
  /** Part of the name, case does not count. */
  readonly q?: string
  readonly afterId?: string
  readonly limit: number
}

interface Row {
  id: string
  name: string
  product_id: string | null
  module_id: string | null
  active: boolean
  version: number
  created_at: string
  updated_at: string
}

// The kind is one of three literals: it never comes from outside.
const parents: Record<CatalogueKind, string> = {
  product: 'null::uuid as product_id, null::uuid as module_id',
  module: 'product_id, null::uuid as module_id',
  question: 'product_id, module_id'
}
const columnsOf = (kind: CatalogueKind) => `id, name, ${parents[kind]}, active, version, created_at, updated_at`

/** Stores a new item; its parents must exist. False when a sibling has the name. */
export async function insertItem (tx: TenantTx, item: CatalogueItem): Promise<boolean> {
  const own = {
    product: [],
    module: [['product_id', item.productId]],
    question: [['product_id', item.productId], ['module_id', item.moduleId]]
  }[item.kind] as [string, string][]
  const columns = [
    'tenant_id',
    'id',
    'name',
    'active',
    'version',
    'created_at',
    'updated_at',
    ...own.map(([name]) => name)
  ]
  const values = [
    tx.tenantId,
    item.id,
    item.name,
    item.active,
    item.version,
    instantParam(item.createdAt),
    instantParam(item.updatedAt),
    ...own.map(([, value]) => value)
  ]
  const { rowCount } = await tx.$client.query(
    `insert into ${item.kind} (${columns.join()}) values (${columns.map((_, index) => `$${index + 1}`).join()}) ` +
      'on conflict do nothing',
    values
  )
  return rowCount === 1
}

export async function findItem (
  read: Read,
  tenantId: string,
  kind: CatalogueKind,
  id: string
): Promise<CatalogueItem | undefined> {
  const { rows: [row] } = await read.$client.query<Row>(
    `select ${columnsOf(kind)} from ${kind} where tenant_id = $1 and id = $2`,
    [tenantId, id]
  )
  return row === undefined ? undefined : itemOf(kind, row)
}

/** Reads an item and locks it until the transaction ends. */
export async function lockItem (tx: TenantTx, kind: CatalogueKind, id: string): Promise<CatalogueItem | undefined> {
  const { rows: [row] } = await tx.$client.query<Row>(
    `select ${columnsOf(kind)} from ${kind} where tenant_id = $1 and id = $2 for update`,
    [tx.tenantId, id]
  )
  return row === undefined ? undefined : itemOf(kind, row)
}

/** Items by id (the order in which they were made) after `afterId`. */
export async function listItems (
  read: Read,
  tenantId: string,
  kind: CatalogueKind,
  filter: CatalogueFilter
): Promise<CatalogueItem[]> {
  const values: unknown[] = [tenantId]
  const conditions = ['tenant_id = $1']
  const where = (condition: (parameter: string) => string, value: unknown) => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`))
  }
  where((p) => `product_id = ${p}`, filter.productId)
  where((p) => `module_id = ${p}`, filter.moduleId)
  where((p) => `active = ${p}`, filter.active)
  where((p) => `name ilike ${p}`, filter.q === undefined ? undefined : namePart(filter.q))
  where((p) => `id > ${p}`, filter.afterId)
  const { rows } = await read.$client.query<Row>(
    `select ${columnsOf(kind)} from ${kind}
      where ${conditions.join(' and ')} order by id limit $${values.push(filter.limit)}`,
    values
  )
  return rows.map((row) => itemOf(kind, row))
}

/** Items that are read at once: others wait only some milliseconds while they are. */
const itemsPerPage = 1_000
const lowestId = '00000000-0000-0000-0000-000000000000'

/** All items of the tenant, by id: parents before what belongs to them. */
export async function allItems (read: Read, tenantId: string): Promise<Record<CatalogueKind, CatalogueItem[]>> {
  const items = { product: [] as CatalogueItem[], module: [] as CatalogueItem[], question: [] as CatalogueItem[] }
  for (const kind of catalogueKinds) {
    for (let after: string | undefined = lowestId; after !== undefined;) {
      const { rows }: { rows: Row[] } = await read.$client.query<Row>(
        `select ${columnsOf(kind)} from ${kind} where tenant_id = $1 and id > $2 order by id limit $3`,
        [tenantId, after, itemsPerPage]
      )
      for (const row of rows) items[kind].push(itemOf(kind, row))
      after = rows.length < itemsPerPage ? undefined : rows.at(-1)!.id
    }
  }
  return items
}

/** Lets one import at a time change the tenant's catalogue. */
export async function lockCatalogue (tx: TenantTx): Promise<void> {
  await tx.$client.query("select pg_advisory_xact_lock(hashtextextended('sla-policy.catalogue/' || $1, 0))", [
    tx.tenantId
  ])
}

const itemsPerStatement = 1_000

/**
 * Stores items that are new or changed, parents first. False when one has the name of a sibling; the transaction is
 * then spent.
 */
export async function saveItems (tx: TenantTx, items: readonly CatalogueItem[]): Promise<boolean> {
  try {
    for (const kind of catalogueKinds) {
      const ofKind = items.filter((item) => item.kind === kind)
      for (let from = 0; from < ofKind.length; from += itemsPerStatement) {
        await saveOfKind(tx, kind, ofKind.slice(from, from + itemsPerStatement))
      }
    }
    return true
  } catch (error) {
    if (catalogueKinds.some((kind) => isUniqueViolation(error, `${kind}_name_unique`))) return false
    throw error
  }
}

async function saveOfKind (tx: TenantTx, kind: CatalogueKind, items: readonly CatalogueItem[]): Promise<void> {
  const own = { product: [], module: ['product_id'], question: ['product_id', 'module_id'] }[kind]
  const columns = ['tenant_id', 'id', 'name', 'active', 'version', 'created_at', 'updated_at', ...own]
  const rows = items.map((item) => ({
    tenant_id: tx.tenantId,
    id: item.id,
    name: item.name,
    active: item.active,
    version: item.version,
    created_at: instantParam(item.createdAt),
    updated_at: instantParam(item.updatedAt),
    product_id: item.productId,
    module_id: item.moduleId
  }))
  await tx.$client.query(
    `insert into ${kind} (${columns.join()})
     select ${columns.join()} from jsonb_populate_recordset(null::${kind}, $1::jsonb)
     on conflict (tenant_id, id) do update set name = excluded.name, active = excluded.active,
       version = excluded.version, updated_at = excluded.updated_at`,
    [JSON.stringify(rows)]
  )
}

/**
 * Writes the name, state and version of an item that is locked. False when a sibling has the name; the transaction is
 * then spent.
 */
export async function updateItem (
  tx: TenantTx,
  { kind, id, name, active, version, updatedAt }: CatalogueItem
): Promise<boolean> {
  try {
    await tx.$client.query(
      `update ${kind} set name = $3, active = $4, version = $5, updated_at = $6 where tenant_id = $1 and id = $2`,
      [tx.tenantId, id, name, active, version, instantParam(updatedAt)]
    )
    return true
  } catch (error) {
    if (isUniqueViolation(error, `${kind}_name_unique`)) return false
    throw error
  }
}

function itemOf (kind: CatalogueKind, row: Row): CatalogueItem {
  return {
    kind,
    id: row.id,
    name: row.name,
    productId: row.product_id,
    moduleId: row.module_id,
    active: row.active,
    version: row.version,
    createdAt: readInstant(row.created_at),
    updatedAt: readInstant(row.updated_at)
  }
}

import type { Read, Tx } from '@dueline/postgres'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { CatalogueItem } from '../domain/catalogue.ts'
import { catalogueItem } from './tables.ts'

/** A catalogue item with the version of it that was heard of. */
export type CatalogueRow = CatalogueItem & { version: number }

/** Those of the given items that the tenant's copy holds. */
export async function findItems (
  read: Read,
  tenantId: string,
  ids: readonly string[]
): Promise<Map<string, CatalogueItem>> {
  if (ids.length === 0) return new Map()
  const rows = await read.select().from(catalogueItem).where(
    and(eq(catalogueItem.tenantId, tenantId), inArray(catalogueItem.id, [...ids]))
  )
  return new Map(rows.map(({ tenantId: _, ...row }) => [row.id, row]))
}

/**
 * Keeps items; an older version than the stored one changes nothing. `rows` of any tenants, newest wins within them
 * too.
 */
export async function saveItems (
  tx: Read | Tx,
  rows: ReadonlyArray<CatalogueRow & { tenantId: string }>
): Promise<void> {
  const newest = new Map<string, CatalogueRow & { tenantId: string }>()
  for (const row of rows) {
    const key = `${row.tenantId}/${row.id}`
    const other = newest.get(key)
    if (other === undefined || other.version < row.version) newest.set(key, row)
  }
  if (newest.size === 0) return
  await tx.insert(catalogueItem).values([...newest.values()]).onConflictDoUpdate({
    target: [catalogueItem.tenantId, catalogueItem.id],
    set: {
      name: sql`excluded.name`,
      productId: sql`excluded.product_id`,
      moduleId: sql`excluded.module_id`,
      active: sql`excluded.active`,
      version: sql`excluded.version`
    },
    setWhere: sql`excluded.version > ${catalogueItem.version}`
  })
}

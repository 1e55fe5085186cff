import { newestWins, type Read } from '@dueline/postgres'
import { and, eq, inArray } from 'drizzle-orm'
import { catalogueItem } from './tables.ts'

/** This service's copy of a catalogue item. */
export type CatalogueRow = typeof catalogueItem.$inferSelect

/** Those of the given items that the tenant's copies have, by id. */
export async function findItems (
  read: Read,
  tenantId: string,
  ids: readonly string[]
): Promise<Map<string, CatalogueRow>> {
  if (ids.length === 0) return new Map()
  const rows = await read.select().from(catalogueItem).where(
    and(eq(catalogueItem.tenantId, tenantId), inArray(catalogueItem.id, [...ids]))
  )
  return new Map(rows.map((row) => [row.id, row]))
}

export const saveItems = newestWins(catalogueItem, ['version'])

import { newestWins, type Read } from '@dueline/postgres'
import { and, eq, inArray, type InferSelectModel } from 'drizzle-orm'
import { calendar, catalogueItem } from './tables.ts'

type Copied = typeof catalogueItem | typeof calendar

/** Reads those of the given things that the tenant's copies have, by id. */
function finderOf<T extends Copied> (table: T) {
  return async (read: Read, tenantId: string, ids: readonly string[]): Promise<Map<string, InferSelectModel<T>>> => {
    if (ids.length === 0) return new Map()
    const rows = await read.select().from(table as Copied).where(
      and(eq(table.tenantId, tenantId), inArray(table.id, [...ids]))
    )
    return new Map(rows.map((row) => [row.id, row as InferSelectModel<T>]))
  }
}

export const findItems = finderOf(catalogueItem)
export const saveItems = newestWins(catalogueItem, ['version'])
export const findCalendars = finderOf(calendar)
export const saveCalendars = newestWins(calendar, ['version'])

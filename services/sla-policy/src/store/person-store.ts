import { newestWins, type Read } from '@dueline/postgres'
import { and, eq, inArray } from 'drizzle-orm'
import { person } from './tables.ts'

/** This service's copy of a person. */
export type PersonRow = typeof person.$inferSelect

/** Those of the given people that the tenant's copies have, by id. */
export async function findPeople (
  read: Read,
  tenantId: string,
  ids: readonly string[]
): Promise<Map<string, PersonRow>> {
  const rows = await read.select().from(person).where(and(eq(person.tenantId, tenantId), inArray(person.id, [...ids])))
  return new Map(rows.map((row) => [row.id, row]))
}

export const savePeople = newestWins(person, ['version'])

import { isUuid } from '@dueline/contracts'
import { newestWins, type Read } from '@dueline/postgres'
import { and, eq, inArray } from 'drizzle-orm'
import { team } from './tables.ts'

/** This service's copy of a team. */
export type Team = typeof team.$inferSelect

/** Those of the given teams that the tenant's copies have, by id; what is no id, as imports bring it, is no team's. */
export async function findTeams (read: Read, tenantId: string, ids: readonly string[]): Promise<Map<string, Team>> {
  const named = ids.filter(isUuid)
  if (named.length === 0) return new Map()
  const rows = await read.select().from(team).where(and(eq(team.tenantId, tenantId), inArray(team.id, named)))
  return new Map(rows.map((row) => [row.id, row]))
}

const save = newestWins(team, ['version'])

/** Keeps copies of teams, the newest version of each; `deleted` left out: they are there. */
export async function saveTeams (db: Read, rows: ReadonlyArray<typeof team.$inferInsert>): Promise<void> {
  await save(db, rows.map((row) => ({ ...row, deleted: row.deleted ?? false })))
}

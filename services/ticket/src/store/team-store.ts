import { isUuid } from '@dueline/contracts'
import type { Read } from '@dueline/postgres'
import { findDirectoryCopies, type DirectoryCopy } from '@dueline/service'

/** This service's copy of a team. */
export type Team = DirectoryCopy<'team'>

/** Those of the given teams that the tenant's copies have, by id; what is no id, as imports bring it, is no team's. */
export async function findTeams (read: Read, tenantId: string, ids: readonly string[]): Promise<Map<string, Team>> {
  return await findDirectoryCopies(read, tenantId, 'team', ids.filter(isUuid))
}

/** Whether the team or unit that a row of `directory_copy` is about is there and active. */
export const isActive = (row: string): string => `not ${row}.deleted and (${row}.snapshot ->> 'active')::boolean`
/** The ids of the members of the team that a row of `directory_copy` is about, as texts. */
export const membersOfTeam = (row: string): string => `select jsonb_array_elements_text(${row}.snapshot -> 'memberIds')`

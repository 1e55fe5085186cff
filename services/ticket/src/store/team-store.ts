import { isUuid } from '@dueline/contracts'
import type { Read } from '@dueline/postgres'
import { findDirectoryCopies, type DirectoryCopy } from '@dueline/service'

/** This service's copy of a team. */
export type Team = DirectoryCopy<'team'>

/** Those of the given teams that the tenant's copies have, by id; what is no id, as imports bring it, is no team's. */
export async function findTeams (read: Read, tenantId: string, ids: readonly string[]): Promise<Map<string, Team>> {
  return await findDirectoryCopies(read, tenantId, 'team', ids.filter(isUuid))
}

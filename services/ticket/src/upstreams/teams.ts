import { isUuid, TeamSnapshot } from '@dueline/contracts'
import { ownedCopies, type Asker, type Upstream } from '@dueline/http'
import type { TenantDatabases } from '@dueline/postgres'
import { FreshCache, type Clock } from '@dueline/runtime'
import { Compile } from 'typebox/compile'
import { directoryCopyRow, saveDirectoryCopies } from '@dueline/service'
import { findTeams, type Team } from '../store/team-store.ts'

/** The teams to which tickets are given, by the copies or by the directory. */
export interface Teams {
  /**
   * Those of the named teams that the tenant has, some seconds old at most, by id.
   * @throws Problem 503 when the directory has to be asked and does not answer
   */
  find(asker: Asker, ids: readonly string[]): Promise<Map<string, Team>>
  /** To be called after a copy has changed, so that this process at least sees it at once. */
  forget(tenantId: string, id: string): void
}

const Answer = Compile(TeamSnapshot)

/** `directory` undefined: the copies are all there is. */
export function createTeams (
  { database, clock, directory, freshMicros = 5_000_000 }: {
    database: TenantDatabases,
    clock: Clock,
    directory: Upstream | undefined,
    freshMicros?: number
  }
): Teams {
  const memory = new FreshCache<Team>(clock, freshMicros)
  const teams = ownedCopies<{ readonly id: string }, TeamSnapshot, Team, Team & { tenantId: string }>({
    database,
    owner: directory,
    memory,
    read: findTeams,
    async save (read, rows) {
      const row = ({ tenantId, deleted, ...team }: typeof rows[number]) =>
        directoryCopyRow(tenantId, 'team', team, deleted)
      await saveDirectoryCopies(read, rows.map(row))
    },
    path: ({ id }) => `/v1/teams/${id}`,
    isAnswer: (body): body is TeamSnapshot => Answer.Check(body),
    rowOf: (team, _, tenantId) => ({
      tenantId,
      id: team.id,
      name: team.name,
      leadId: team.leadId,
      memberIds: team.memberIds,
      calendarId: team.calendarId,
      productIds: team.productIds,
      moduleIds: team.moduleIds,
      active: team.active,
      deleted: false,
      version: team.version
    })
  })
  return {
    find: async (asker, ids) => await teams.find(asker, ids.filter(isUuid).map((id) => ({ id }))),
    forget: (tenantId, id) => memory.forget(tenantId, id)
  }
}

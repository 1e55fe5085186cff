import type { Handler } from '@dueline/messaging'
import { afterCommit } from '@dueline/postgres'
import { saveTeams } from '../store/team-store.ts'
import type { Teams } from '../upstreams/teams.ts'

/** Keeps the copies of teams, newest version each; one that was deleted comes as a last version that is not active. */
export function createOnTeamChanged ({ forget }: Pick<Teams, 'forget'>): Handler<'dueline.team.changed.v1'> {
  return async (tx, events) => {
    await saveTeams(
      tx,
      events.map(({ tenantid: tenantId, data: { team, deleted } }) => ({ ...team, deleted, tenantId }))
    )
    afterCommit(tx, () => {
      for (const { tenantid, data: { team } } of events) forget(tenantid, team.id)
    })
  }
}

import type { Handler } from '@dueline/messaging'
import { saveTeams } from '../store/team-store.ts'

/** Keeps the copies of teams, newest version each; one that was deleted comes as a last version that is not active. */
export const onTeamChanged: Handler<'dueline.team.changed.v1'> = async (tx, events) => {
  await saveTeams(tx, events.map(({ tenantid: tenantId, data: { team } }) => ({ ...team, tenantId })))
}

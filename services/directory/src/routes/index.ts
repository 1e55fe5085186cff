import type { App } from '@dueline/http'
import { deleteTeam } from './delete-team.route.ts'
import { getTeam } from './get-team.route.ts'
import { getTeams } from './get-teams.route.ts'
import { patchTeam } from './patch-team.route.ts'
import { postTeam } from './post-team.route.ts'
import type { RouteDeps } from './route-deps.ts'

/** Every operation of the service. */
export const routes: ReadonlyArray<(app: App, deps: RouteDeps) => void> = [
  postTeam,
  getTeams,
  getTeam,
  patchTeam,
  deleteTeam
]

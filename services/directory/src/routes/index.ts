import type { App } from '@dueline/http'
import { deleteTeam } from './delete-team.route.ts'
import { deleteCustomer } from './delete-customer.route.ts'
import { deleteScimToken } from './delete-scim-token.route.ts'
import { deleteUnit } from './delete-unit.route.ts'
import { getLevelPresets } from './get-level-presets.route.ts'
import { getLevels } from './get-levels.route.ts'
import { getReportingLine } from './get-reporting-line.route.ts'
import { getTeam } from './get-team.route.ts'
import { getTeams } from './get-teams.route.ts'
import { getCustomer } from './get-customer.route.ts'
import { getUnit } from './get-unit.route.ts'
import { getUnits } from './get-units.route.ts'
import { getCustomers } from './get-customers.route.ts'
import { getScimTokens } from './get-scim-tokens.route.ts'
import { patchTeam } from './patch-team.route.ts'
import { patchCustomer } from './patch-customer.route.ts'
import { patchUnit } from './patch-unit.route.ts'
import { postTeam } from './post-team.route.ts'
import { postCustomer } from './post-customer.route.ts'
import { postScimToken } from './post-scim-token.route.ts'
import { postScimTokenRotation } from './post-scim-token-rotation.route.ts'
import { postUnit } from './post-unit.route.ts'
import { putLevels } from './put-levels.route.ts'
import { deleteResponsibility } from './delete-responsibility.route.ts'
import { getResponsibilities } from './get-responsibilities.route.ts'
import { getResponsibility } from './get-responsibility.route.ts'
import { getResponsible } from './get-responsible.route.ts'
import { postResponsibility } from './post-responsibility.route.ts'
import { deleteAbsence } from './delete-absence.route.ts'
import { getAbsence } from './get-absence.route.ts'
import { getAbsences } from './get-absences.route.ts'
import { getAvailability } from './get-availability.route.ts'
import { getCapacity } from './get-capacity.route.ts'
import { getCapacityRules } from './get-capacity-rules.route.ts'
import { getTeamAvailability } from './get-team-availability.route.ts'
import { patchAbsence } from './patch-absence.route.ts'
import { postAbsence } from './post-absence.route.ts'
import { putAvailability } from './put-availability.route.ts'
import { putCapacity } from './put-capacity.route.ts'
import { putCapacityRules } from './put-capacity-rules.route.ts'
import { scimRoutes } from '../scim/scim-routes.ts'
import { postPerson } from './post-person.route.ts'
import { getPeopleExport } from './get-people-export.route.ts'
import { postPeopleImport } from './post-people-import.route.ts'
import { getPeople } from './get-people.route.ts'
import { getPerson } from './get-person.route.ts'
import { patchPerson } from './patch-person.route.ts'
import { postIdentity } from './post-identity.route.ts'
import { getIdentities } from './get-identities.route.ts'
import { deletePersonIdentity } from './delete-identity.route.ts'
import { getMe } from './get-me.route.ts'
import { postApiKey } from './post-api-key.route.ts'
import { getApiKeys } from './get-api-keys.route.ts'
import { getCurrentApiKey } from './get-current-api-key.route.ts'
import { getApiKey } from './get-api-key.route.ts'
import { postApiKeyRotation } from './post-api-key-rotation.route.ts'
import { deleteApiKey } from './delete-api-key.route.ts'
import type { RouteDeps } from './route-deps.ts'

/** Every operation of the service. */
export const routes: ReadonlyArray<(app: App, deps: RouteDeps) => void> = [
  postPerson,
  getPeople,
  postPeopleImport,
  getPeopleExport,
  getPerson,
  patchPerson,
  postIdentity,
  getIdentities,
  deletePersonIdentity,
  getMe,
  postApiKey,
  getApiKeys,
  getCurrentApiKey,
  getApiKey,
  postApiKeyRotation,
  deleteApiKey,
  postTeam,
  getTeams,
  getTeam,
  patchTeam,
  deleteTeam,
  getLevels,
  getLevelPresets,
  putLevels,
  getReportingLine,
  postUnit,
  getUnits,
  getUnit,
  patchUnit,
  deleteUnit,
  postCustomer,
  getCustomers,
  getCustomer,
  patchCustomer,
  deleteCustomer,
  postResponsibility,
  getResponsibilities,
  getResponsibility,
  deleteResponsibility,
  getResponsible,
  getAvailability,
  putAvailability,
  getCapacity,
  putCapacity,
  getTeamAvailability,
  postAbsence,
  getAbsences,
  getAbsence,
  patchAbsence,
  deleteAbsence,
  getCapacityRules,
  putCapacityRules,
  postScimToken,
  getScimTokens,
  postScimTokenRotation,
  deleteScimToken,
  scimRoutes
]

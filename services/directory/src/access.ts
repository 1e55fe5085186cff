// Who may do what here: the only place in this service that names roles. `docs/access.md` shows it to readers.
import type { Role } from '@dueline/contracts'

/** Who sees how the tenant is organized. */
const staff: readonly Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']
/** Who sets how the tenant is organized. */
const admins: readonly Role[] = ['admin']
/** Who keeps the companies. */
const keepers: readonly Role[] = ['manager', 'sales', 'admin']
/** Who says who works with whom. */
const organizers: readonly Role[] = ['manager', 'admin']

/** The roles that may call each operation, by its `operationId`. */
export const access = {
  getTeam: staff,
  listTeams: staff,
  createTeam: organizers,
  updateTeam: organizers,
  deleteTeam: organizers,
  getLevels: staff,
  listLevelPresets: staff,
  updateLevels: admins,
  getPosition: staff,
  listPositions: staff,
  getReportingLine: staff,
  updatePosition: admins,
  getUnit: staff,
  listUnits: staff,
  createUnit: admins,
  updateUnit: admins,
  deleteUnit: admins,
  getCustomer: staff,
  listCustomers: staff,
  createCustomer: keepers,
  updateCustomer: keepers,
  deleteCustomer: keepers,
  listResponsibilities: staff,
  getResponsibility: staff,
  createResponsibility: organizers,
  deleteResponsibility: organizers,
  getResponsible: staff,
  createScimToken: admins,
  listScimTokens: admins,
  rotateScimToken: admins,
  revokeScimToken: admins
} as const satisfies Record<string, readonly Role[]>

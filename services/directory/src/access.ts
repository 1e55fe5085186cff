// Who may do what here: the only place in this service that names roles. `docs/access.md` shows it to readers.
import type { Role } from '@dueline/contracts'
import { baseErrors, problem, type Principal } from '@dueline/http'

/** Who sees how the tenant is organized. */
const staff: readonly Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']
/** Who sets how the tenant is organized. */
const admins: readonly Role[] = ['admin']
/** Who keeps the companies. */
const keepers: readonly Role[] = ['manager', 'sales', 'admin']
/** Who says who works with whom. */
const organizers: readonly Role[] = ['manager', 'admin']

/** Who works, and may say when it does. */
const workers: readonly Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin']

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
  getAvailability: staff,
  listTeamAvailability: staff,
  updateAvailability: workers,
  getCapacity: staff,
  updateCapacity: organizers,
  listAbsences: staff,
  getAbsence: staff,
  createAbsence: workers,
  updateAbsence: workers,
  deleteAbsence: workers,
  getCapacityRules: staff,
  updateCapacityRules: organizers,
  createScimToken: admins,
  listScimTokens: admins,
  rotateScimToken: admins,
  revokeScimToken: admins
} as const satisfies Record<string, readonly Role[]>

/** Whether the caller is that person, or one of those who say who works with whom. */
export function isSelfOrManager ({ personId: own, roles }: Principal, personId: string): boolean {
  return own === personId || roles.some((role) => organizers.includes(role))
}

/** @throws Problem 403 for who is neither */
export function requireSelfOrManager (principal: Principal, personId: string): void {
  if (isSelfOrManager(principal, personId)) return
  problem(baseErrors.forbidden, { detail: 'it is for the person itself, managers and admins' })
}

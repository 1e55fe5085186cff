// Who may do what here: the only place in this service that names roles. `docs/access.md` shows it to readers.
import { isCustomer, type Role } from '@dueline/contracts'
import { authorizer, baseErrors, problem, type Grant, type Principal } from '@dueline/http'

/** Who sees how the tenant is organized. */
const staff: readonly Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']
const everybody: readonly Role[] = ['customer', ...staff, 'operator']
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
  listPeople: staff,
  getPerson: ['customer', ...staff],
  createPerson: admins,
  updatePerson: admins,
  importPeople: admins,
  exportPeople: admins,
  createPersonIdentity: admins,
  listPersonIdentities: admins,
  deletePersonIdentity: admins,
  getMe: everybody,
  createApiKey: admins,
  listApiKeys: admins,
  getApiKey: admins,
  rotateApiKey: admins,
  revokeApiKey: admins,
  getCurrentApiKey: everybody,
  getTeam: staff,
  listTeams: staff,
  createTeam: organizers,
  updateTeam: organizers,
  deleteTeam: organizers,
  getLevels: staff,
  listLevelPresets: staff,
  updateLevels: admins,
  getReportingLine: staff,
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

type SomePerson = Readonly<{ id: string, role: string }>

/** What is decided by the person that an operation is about. */
const grants = {
  /** Customers do not see each other. */
  seePerson: {
    roles: staff,
    belongsTo: ({ personId }: Principal, { id, role }: SomePerson) => id === personId || !isCustomer(role)
  },
  /** Of others, customers see the screen name only. */
  seeWholePerson: {
    roles: staff,
    belongsTo: ({ personId }: Principal, { id }: Pick<SomePerson, 'id'>) => id === personId
  }
} as const satisfies Record<string, Grant>

/** Whether the caller may do what is decided by the person that it is about. */
export const authorize = authorizer(grants)

/** Roles that may do nothing that an administrator may not do. */
const withinAdmin: readonly Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']

/** The roles that the caller may give a key: its own and what they hold. A key is nobody's customer. */
export function givenBy ({ roles }: Pick<Principal, 'roles'>): Role[] {
  const held = roles.includes('admin') ? [...withinAdmin, ...roles] : roles
  return [...new Set(held)].filter((role) => !isCustomer(role))
}

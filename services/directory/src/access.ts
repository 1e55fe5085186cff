// Who may do what here: the only place in this service that names roles. `docs/access.md` shows it to readers.
import type { Role } from '@dueline/contracts'

/** Who sees how the tenant is organized. */
const staff: readonly Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']
/** Who says who works with whom. */
const organizers: readonly Role[] = ['manager', 'admin']

/** The roles that may call each operation, by its `operationId`. */
export const access = {
  getTeam: staff,
  listTeams: staff,
  createTeam: organizers,
  updateTeam: organizers,
  deleteTeam: organizers
} as const satisfies Record<string, readonly Role[]>

/** Whether a person is known as a customer, who works in no team. */
export function isCustomer (role: string): boolean {
  return role === 'customer'
}

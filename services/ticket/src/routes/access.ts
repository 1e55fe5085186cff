import type { Role } from '@dueline/contracts'
import { baseErrors, problem, type Principal } from '@dueline/http'
import { isPersonId } from '../store/person-store.ts'

/** Who works on tickets. */
export const staffRoles: Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin']
/** Who sees all tickets of the tenant. */
export const readerRoles: Role[] = [...staffRoles, 'integrator']

/** A customer's id that no ticket has. */
export const nobody = '00000000-0000-0000-0000-000000000000'

/** Whether the caller works on tickets. */
export function isStaff ({ roles }: Principal): boolean {
  return roles.some((role) => staffRoles.includes(role))
}

/** Whether the caller sees what is not meant for customers. */
export function seesAll ({ roles }: Principal): boolean {
  return roles.some((role) => readerRoles.includes(role))
}

/** The caller's id when it can be that of a person; a client of an issuer need not be one, such as a machine. */
export function personOf ({ personId }: Principal): string | null {
  return isPersonId(personId) ? personId : null
}

/** The customer whose tickets alone the caller may see; null when it may see all of the tenant. */
export function ownOnly (principal: Principal): string | null {
  if (seesAll(principal)) return null
  return personOf(principal) ?? nobody
}

/**
 * Whether the caller may say who wrote something, when, and under which external id: staff, and the gateways of other
 * systems.
 */
export function speaksForOthers (principal: Principal): boolean {
  return seesAll(principal)
}

/** On which side the caller stands in a ticket of this customer. */
export function sideOf (principal: Principal, customerId: string): 'customer' | 'agent' {
  return principal.personId === customerId || !isStaff(principal) ? 'customer' : 'agent'
}

/** The value, or the same 404 for what does not exist and what the caller may not see. @throws Problem */
export function found<T> (value: T | null): T {
  return value ?? problem(baseErrors.not_found)
}

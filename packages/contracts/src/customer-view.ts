// Who is a customer, and what customers may know of their tickets. Every service that shows them something, and every
// event that reaches them, holds to this.
import type { AgreementKind } from './vocabulary.ts'

/** Whether a person is known as a customer, who is given no tickets, escalations or teams. */
export function isCustomer (role: string | undefined): boolean {
  return role === 'customer'
}

/**
 * Agreements of these kinds are made with customers; what staff and vendors agree among themselves is not theirs to
 * see.
 */
export const kindsForCustomers: readonly AgreementKind[] = ['sla']

/** The reasons that the ticket's own rules give for a change of status: the only ones that customers see. */
export const rulesReasons = {
  agentAnswered: 'an agent answered',
  customerAnswered: 'the customer answered',
  customerWroteAgain: 'the customer wrote again'
} as const

const reasonsForCustomers: ReadonlySet<string | null> = new Set(Object.values(rulesReasons))

/** The reason of a change as customers see it: what a person wrote is for staff. */
export function reasonForCustomers (reason: string | null): string | null {
  return reasonsForCustomers.has(reason) ? reason : null
}

/** Fields whose changes are no business of customers: labels of staff, and who of staff works on it. */
export const fieldsOfStaff: readonly string[] = ['tags', 'custom', 'assigneeId', 'teamId']

// Who may do what here: the only place in this service that names roles. `docs/access.md` shows it to readers.
import { isUuid, nilUuid, roles, type Role } from '@dueline/contracts'
import { authorizer, type Grant, type Principal } from '@dueline/http'
import type { Reader } from './domain/event-scope.ts'

/** Who connects other systems. */
const integrators: readonly Role[] = ['integrator', 'admin']
/** Who may read every event of the tenant. */
const tenantReaders: readonly Role[] = [...integrators, 'manager', 'ceo']
/** Who may read the tickets of the tenant: the same as in the ticket service. */
const ticketReaders: readonly Role[] = [...tenantReaders, 'agent', 'sales']
/** Who sees what was sent to whom. */
const auditors: readonly Role[] = ['manager', 'ceo', 'admin']
/** Who sends again what could not be delivered. */
const senders: readonly Role[] = ['manager', 'admin']

/** The roles that may call each operation, by its `operationId`. */
export const access = {
  listInboxMessages: roles,
  readInboxMessage: roles,
  readAllInboxMessages: roles,
  listSentMessages: auditors,
  resendMessage: senders,
  createWebhookEndpoint: integrators,
  deleteWebhookEndpoint: integrators,
  enableWebhookEndpoint: integrators,
  getWebhookEndpoint: integrators,
  listWebhookDeliveries: integrators,
  listWebhookEndpoints: integrators,
  replayWebhookDelivery: integrators,
  rotateWebhookSecret: integrators,
  testWebhookEndpoint: integrators,
  updateWebhookEndpoint: integrators,
  listEvents: roles,
  streamEvents: roles,
  createStreamTicket: roles
} as const satisfies Record<string, readonly Role[]>

/** What is decided by the event that somebody would read. */
const grants = {
  readEveryEvent: { roles: tenantReaders },
  readTicketEvents: { roles: ticketReaders },
  /** What a customer may know of its own tickets. */
  readOwnEvents: { roles: ['customer'] }
} as const satisfies Record<string, Grant>

const authorize = authorizer(grants)

/** What the caller may read of the tenant's events. */
export function readerOf (principal: Principal): Reader {
  const personId = inboxOwner(principal)
  if (authorize(principal, 'readEveryEvent')) return { sees: 'everything', personId }
  if (authorize(principal, 'readTicketEvents')) return { sees: 'tickets', personId }
  return { sees: authorize(principal, 'readOwnEvents') ? 'own' : 'nothing', personId }
}

/**
 * Whose inbox the caller reads, whatever its roles: its own. A client of an issuer that is no person here, such as a
 * machine, has an empty one.
 */
export function inboxOwner ({ personId }: Principal): string {
  return isUuid(personId) ? personId : nilUuid
}

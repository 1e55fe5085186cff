// Who may do what here: the only place in this service that names roles. `docs/access.md` shows it to readers.
import { isUuid, nilUuid, roles, type Role } from '@dueline/contracts'
import type { Principal } from '@dueline/http'

/** Who connects other systems. */
const integrators: readonly Role[] = ['integrator', 'admin']
/** Who may read every event of the tenant. */
const feedReaders: readonly Role[] = [...integrators, 'manager', 'ceo']
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
  listEvents: feedReaders,
  streamEvents: feedReaders
} as const satisfies Record<string, readonly Role[]>

/**
 * Whose inbox the caller reads, whatever its roles: its own. A client of an issuer that is no person here, such as a
 * machine, has an empty one.
 */
export function inboxOwner ({ personId }: Principal): string {
  return isUuid(personId) ? personId : nilUuid
}

import type { App } from '@dueline/http'
import { deleteWebhookEndpoint } from './delete-webhook-endpoint.route.ts'
import { getInbox } from './get-inbox.route.ts'
import { getWebhookEndpoint } from './get-webhook-endpoint.route.ts'
import { listEvents } from './list-events.route.ts'
import { listMessages } from './list-messages.route.ts'
import { listWebhookDeliveries } from './list-webhook-deliveries.route.ts'
import { listWebhookEndpoints } from './list-webhook-endpoints.route.ts'
import { patchWebhookEndpoint } from './patch-webhook-endpoint.route.ts'
import { postInboxReadAll } from './post-inbox-read-all.route.ts'
import { postInboxRead } from './post-inbox-read.route.ts'
import { postMessageResend } from './post-message-resend.route.ts'
import { postStreamTicket } from './post-stream-ticket.route.ts'
import { postWebhookDeliveryReplay } from './post-webhook-delivery-replay.route.ts'
import { postWebhookEndpointEnable } from './post-webhook-endpoint-enable.route.ts'
import { postWebhookEndpointRotateSecret } from './post-webhook-endpoint-rotate-secret.route.ts'
import { postWebhookEndpointTest } from './post-webhook-endpoint-test.route.ts'
import { postWebhookEndpoint } from './post-webhook-endpoint.route.ts'
import { streamEvents } from './stream-events.route.ts'
import type { RouteDeps } from './route-deps.ts'

/** Every operation of the service. */
export const routes: ReadonlyArray<(app: App, deps: RouteDeps) => void> = [
  getInbox,
  postInboxRead,
  postInboxReadAll,
  listMessages,
  postMessageResend,
  postWebhookEndpoint,
  listWebhookEndpoints,
  getWebhookEndpoint,
  patchWebhookEndpoint,
  deleteWebhookEndpoint,
  postWebhookEndpointRotateSecret,
  postWebhookEndpointTest,
  postWebhookEndpointEnable,
  listWebhookDeliveries,
  postWebhookDeliveryReplay,
  listEvents,
  postStreamTicket,
  streamEvents
]

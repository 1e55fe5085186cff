import { Type, type Static } from 'typebox'
import { nullable, stringEnum, Uuid } from '../vocabulary.ts'

const message = {
  message: Type.Object({
    id: Uuid,
    channel: stringEnum(['email', 'inbox']),
    personId: Uuid,
    eventId: Uuid,
    eventType: Type.String(),
    ticketId: nullable(Uuid),
    subject: Type.String({ maxLength: 500 })
  }, { title: 'Notification', description: 'A message to a person, by email or in the inbox' })
}
export const MessageSent = Type.Object(message, { title: 'MessageSent', description: 'A message was sent' })
export const MessageFailed = Type.Object(
  { ...message, reason: Type.String(), attempts: Type.Integer({ minimum: 1 }) },
  {
    title: 'MessageFailed',
    description: 'A message could not be sent'
  }
)
export const WebhookEndpointDisabled = Type.Object({ endpointId: Uuid, url: Type.String(), reason: Type.String() }, {
  title: 'WebhookEndpointDisabled',
  description: 'Nothing is delivered to an endpoint any more, since it failed for too long'
})
/** What `POST /v1/webhook-endpoints/{endpointId}/test` sends: to that endpoint alone, and to nothing else. */
export const WebhookEndpointTested = Type.Object({ endpointId: Uuid }, {
  title: 'WebhookEndpointTested',
  description: 'Somebody tries an endpoint'
})

export type MessageSent = Static<typeof MessageSent>
export type MessageFailed = Static<typeof MessageFailed>
export type WebhookEndpointDisabled = Static<typeof WebhookEndpointDisabled>
export type WebhookEndpointTested = Static<typeof WebhookEndpointTested>

export const notificationEvents = {
  'dueline.message.sent.v1': MessageSent,
  'dueline.message.failed.v1': MessageFailed,
  'dueline.webhook-endpoint.disabled.v1': WebhookEndpointDisabled,
  'dueline.webhook-endpoint.tested.v1': WebhookEndpointTested
} as const

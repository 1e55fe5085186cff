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
  })
}
export const MessageSent = Type.Object(message)
export const MessageFailed = Type.Object({ ...message, reason: Type.String(), attempts: Type.Integer({ minimum: 1 }) })
export const WebhookEndpointDisabled = Type.Object({ endpointId: Uuid, url: Type.String(), reason: Type.String() })

export type MessageSent = Static<typeof MessageSent>
export type MessageFailed = Static<typeof MessageFailed>
export type WebhookEndpointDisabled = Static<typeof WebhookEndpointDisabled>

export const notificationEvents = {
  'dueline.message.sent.v1': MessageSent,
  'dueline.message.failed.v1': MessageFailed,
  'dueline.webhook-endpoint.disabled.v1': WebhookEndpointDisabled
} as const

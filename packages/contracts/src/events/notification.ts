import { Type, type Static } from 'typebox'
import { nullable, stringEnum, Uuid } from '../vocabulary.ts'

const unreadCount = Type.Integer({ minimum: 0, description: 'how many messages of the inbox are unread with it' })

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
export const WebhookEndpointDisabled = Type.Object({
  endpointId: Uuid,
  url: Type.String({ format: 'uri' }),
  reason: Type.String()
}, {
  title: 'WebhookEndpointDisabled',
  description: 'Nothing is delivered to an endpoint any more, since it failed for too long'
})
/** What `POST /v1/webhook-endpoints/{endpointId}/test` sends: to that endpoint alone, and to nothing else. */
export const WebhookEndpointTested = Type.Object({ endpointId: Uuid }, {
  title: 'WebhookEndpointTested',
  description: 'Somebody tries an endpoint'
})

export const InboxMessageAdded = Type.Object({
  personId: Uuid,
  unreadCount,
  message: Type.Object({
    id: Uuid,
    eventType: Type.String(),
    ticketId: nullable(Uuid),
    clockId: nullable(Uuid),
    escalationId: nullable(Uuid),
    mark: nullable(Type.String()),
    urgent: Type.Boolean(),
    subject: Type.String()
  }, { title: 'InboxMessageHead', description: 'A message in an inbox, without its text' })
}, { title: 'InboxMessageAdded', description: 'A message came into the inbox of a person' })
export const InboxRead = Type.Object(
  { personId: Uuid, unreadCount, messageId: nullable({ ...Uuid, description: 'null: all that were there' }) },
  { title: 'InboxRead', description: 'A person has read one message of its inbox, or all' }
)

export type InboxMessageAdded = Static<typeof InboxMessageAdded>
export type InboxRead = Static<typeof InboxRead>
export type MessageSent = Static<typeof MessageSent>
export type MessageFailed = Static<typeof MessageFailed>
export type WebhookEndpointDisabled = Static<typeof WebhookEndpointDisabled>
export type WebhookEndpointTested = Static<typeof WebhookEndpointTested>

/** In the feed and the streams of the person whose inbox it is, and nowhere else: not on the bus, by no webhook. */
export const inboxEvents = {
  'dueline.inbox.message-added.v1': InboxMessageAdded,
  'dueline.inbox.read.v1': InboxRead
} as const

export const notificationEvents = {
  ...inboxEvents,
  'dueline.message.sent.v1': MessageSent,
  'dueline.message.failed.v1': MessageFailed,
  'dueline.webhook-endpoint.disabled.v1': WebhookEndpointDisabled,
  'dueline.webhook-endpoint.tested.v1': WebhookEndpointTested
} as const

import { formatInstant } from '@dueline/business-time'
import { Instant, nullable, stringEnum, Uuid, instantText } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { cursorOf } from '../delivery/event-stream.ts'
import type { DeliveryRow, EndpointRow, MessageRow } from '../store/tables.ts'

/** Lists go newest first by id, so a cursor is the last id seen. */
export const IdCursor = Type.Object({ id: Uuid })

const about = {
  clockId: nullable(Uuid),
  escalationId: nullable(Type.Unsafe<string>({
    ...Uuid,
    description: 'the escalation that its reader is asked to acknowledge'
  })),
  mark: nullable(Type.String({
    description: 'the mark of the clock that was reached: breach, or percent:80, before:PT30M, after:PT1H'
  })),
  urgent: Type.Boolean({ description: 'whether the mark that was reached is urgent' })
}

export const InboxItem = Type.Object({
  id: Uuid,
  eventType: Type.String(),
  ticketId: nullable(Uuid),
  ...about,
  subject: Type.String(),
  body: Type.String(),
  at: Instant,
  readAt: nullable(Instant)
}, { title: 'InboxMessage', description: 'A message in the inbox of a person' })

export const Message = Type.Object({
  id: Uuid,
  eventId: Uuid,
  eventType: Type.String(),
  ticketId: nullable(Uuid),
  ...about,
  personId: Uuid,
  channel: stringEnum(['email', 'inbox']),
  recipient: nullable(Type.String()),
  language: Type.String(),
  subject: Type.String(),
  body: Type.String(),
  state: stringEnum(['pending', 'sent', 'failed'], { description: 'failed: parked, can be sent again' }),
  attempts: Type.Integer(),
  lastError: nullable(Type.String()),
  createdAt: Instant,
  sentAt: nullable(Instant)
}, { title: 'SentMessage', description: 'A message to a person, and how it ended' })

export const Endpoint = Type.Object({
  id: Uuid,
  url: Type.String({ format: 'uri' }),
  description: Type.String(),
  types: Type.Array(Type.String(), { description: 'Event types that are delivered; empty = all' }),
  state: stringEnum(['enabled', 'disabled']),
  disabledReason: nullable(Type.String()),
  failingSince: nullable(Instant),
  missed: nullable(Type.Object({
    after: Type.String({ description: 'cursor; the event after it is the first that was missed' }),
    until: nullable(
      Type.String({ description: 'cursor of the last event that was missed; null while the endpoint is disabled' })
    )
  }, {
    title: 'MissedEvents',
    description: 'Where in `GET /v1/events` you find the events from while it was last disabled; they are not delivered'
  })),
  createdAt: Instant,
  createdBy: nullable(Type.String({ description: 'The subject of who made it; null where that was not stored yet' })),
  version: Type.Integer()
}, { title: 'WebhookEndpoint', description: 'An address to which events are delivered' })
export const EndpointWithSecret = Type.Object({
  ...Endpoint.properties,
  secret: Type.String({ description: 'Shown only now' })
}, { title: 'WebhookEndpointWithSecret', description: 'An endpoint with the secret that signs its deliveries' })

export const Delivery = Type.Object({
  id: Uuid,
  endpointId: Uuid,
  eventId: Uuid,
  eventType: Type.String(),
  state: stringEnum(['pending', 'delivered', 'exhausted']),
  attempts: Type.Integer(),
  lastStatus: nullable(Type.Integer()),
  lastError: nullable(Type.String()),
  lastAttemptAt: nullable(Instant),
  nextAttemptAt: nullable(Instant),
  createdAt: Instant
}, { title: 'WebhookDelivery', description: 'An event on its way to an endpoint' })

export function toInboxItem (row: MessageRow): Static<typeof InboxItem> {
  const { id, eventType, ticketId, clockId, escalationId, mark, urgent, subject, body } = row
  return {
    id,
    eventType,
    ticketId,
    clockId,
    escalationId,
    mark,
    urgent,
    subject,
    body,
    at: formatInstant(row.createdAt),
    readAt: instantText(row.readAt)
  }
}

export function toMessage (row: MessageRow): Static<typeof Message> {
  const { tenantId, readAt, breachOf, ...shown } = row
  return { ...shown, createdAt: formatInstant(row.createdAt), sentAt: instantText(row.sentAt) }
}

/** Never with its secrets. */
export function toEndpoint (row: EndpointRow): Static<typeof Endpoint> {
  const { id, url, description, types, state, disabledReason, version, missedAfter, missedUntil } = row
  const missed = missedAfter === null
    ? null
    : { after: cursorOf(missedAfter), until: missedUntil === null ? null : cursorOf(missedUntil) }
  return {
    id,
    url,
    description,
    types,
    state,
    disabledReason,
    version,
    missed,
    failingSince: instantText(row.failingSince),
    createdAt: formatInstant(row.createdAt),
    createdBy: row.createdBy
  }
}

export function toDelivery (row: DeliveryRow): Static<typeof Delivery> {
  const { id, endpointId, eventId, eventType, state, attempts, lastStatus, lastError } = row
  return {
    id,
    endpointId,
    eventId,
    eventType,
    state,
    attempts,
    lastStatus,
    lastError,
    lastAttemptAt: instantText(row.lastAttemptAt),
    nextAttemptAt: instantText(row.nextAttemptAt),
    createdAt: formatInstant(row.createdAt)
  }
}

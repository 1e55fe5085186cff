import type { Static } from 'typebox'
import { sequenceText, type Envelope, type NewEnvelope } from './envelope.ts'
import { clockEvents } from './events/clock.ts'
import { directoryEvents, organizationEvents } from './events/directory.ts'
import { escalationEvents } from './events/escalation.ts'
import { notificationEvents } from './events/notification.ts'
import { agreementEvents, slaPolicyEvents } from './events/sla-policy.ts'
import { templateEvents } from './events/template.ts'
import { ticketEvents, ticketFacts } from './events/ticket.ts'
import { perService, type ServiceName } from './services.ts'

/** One topic per publishing service, 12 partitions, keyed by the event's partition key. */
export const topics = perService((name) => [name, `dueline.${name}`]) as {
  readonly [Name in ServiceName]: `dueline.${Name}`
}
export type PublishingService = ServiceName
export type Topic = typeof topics[PublishingService]

/** Same on every adapter, so that a log can be moved to another one and keep its order per key. */
export const partitionCount = 12

/** Records that a service put aside, for people and their tools; no service reads them. */
export function deadLetterTopicOf (service: string): string {
  return `dueline.${service}.dlq`
}

/** A topic as a cluster should have it; settings by Kafka's names. */
export interface TopicPlan {
  topic: string
  partitions: number
  settings: Readonly<Record<string, string>>
}

const dayMs = 86_400_000
// A segment is deleted as a whole, so that records may live for retention and segment together: 7.5 days. Consumers
// remember for 8 what they have handled.
// compression.type: what is written stays as it was sent, uncompressed; the client of the services reads no lz4 and no
// snappy.
const asSent = { 'compression.type': 'producer', 'cleanup.policy': 'delete' }
const eventSettings = { ...asSent, 'retention.ms': String(7 * dayMs), 'segment.ms': String(dayMs / 2) }
const deadLetterSettings = { ...asSent, 'retention.ms': String(30 * dayMs), 'segment.ms': String(dayMs) }

/** Every topic: one per publishing service, and one for what it put aside. */
export const topicPlans: readonly TopicPlan[] = Object.entries(topics).flatMap(([service, topic]) => [
  { topic, partitions: partitionCount, settings: eventSettings },
  { topic: deadLetterTopicOf(service), partitions: 1, settings: deadLetterSettings }
])

const eventsByService = {
  ticket: ticketEvents,
  'sla-policy': slaPolicyEvents,
  clock: clockEvents,
  escalation: escalationEvents,
  notification: notificationEvents,
  directory: directoryEvents,
  template: templateEvents
} as const satisfies Record<ServiceName, object>

type EventsOf = typeof eventsByService
type SchemaOf<T extends PropertyKey, Events> = Events extends Readonly<Record<T, infer Schema>> ? Schema : never

/** Every event's data schema by its type. */
export const eventSchemas = Object.assign({}, ...Object.values(eventsByService)) as {
  readonly [T in EventType]: SchemaOf<T, EventsOf[ServiceName]>
}
export type EventType = { [S in ServiceName]: keyof EventsOf[S] }[ServiceName]
export type EventData<T extends EventType> = Static<(typeof eventSchemas)[T]>
export const eventTypes = typesOf(eventSchemas)

/** An event of the given types, distinguished by `type`: to compare that is to know `data`. */
export type DuelineEvent<T extends EventType = EventType> = {
  [K in T]: Omit<Envelope, 'type'> & { type: K, data: EventData<K> }
}[T]

/** An event as everybody outside reads it. */
export type PublishedEvent<T extends EventType = EventType> = {
  [K in T]: Omit<DuelineEvent<K>, 'sequence'> & { sequence: string }
}[T]

/** An event as it is written for readers outside. */
export function published (event: DuelineEvent): PublishedEvent {
  return { ...event, sequence: sequenceText(event.sequence) }
}

/** What a producer fills in; the outbox adds `specversion`, `source` and `datacontenttype`. */
export type NewEvent<T extends EventType = EventType> = { [K in T]: NewEnvelope & { type: K, data: EventData<K> } }[T]

export type TicketFactType = keyof typeof ticketFacts
export type AgreementEventType = keyof typeof agreementEvents
export type ClockEventType = keyof typeof clockEvents
export const ticketFactTypes = typesOf(ticketFacts)
export const agreementEventTypes = typesOf(agreementEvents)
export const clockEventTypes = typesOf(clockEvents)
export const organizationEventTypes = typesOf(organizationEvents)

/** The types of the events of topics. */
export type EventTypeOn<T extends Topic> = {
  [S in PublishingService]: (typeof topics)[S] extends T ? keyof (typeof eventsByService)[S] : never
}[PublishingService]

/** The service that publishes each event type. */
export const publisherOf: Record<EventType, PublishingService> = Object.fromEntries(
  Object.entries(eventsByService).flatMap(([service, events]) => Object.keys(events).map((type) => [type, service]))
) as Record<EventType, PublishingService>

function typesOf<T extends EventType> (schemas: Readonly<Record<T, unknown>>): readonly T[] {
  return Object.keys(schemas) as T[]
}

export function isEventType (type: string): type is EventType {
  return Object.hasOwn(eventSchemas, type)
}

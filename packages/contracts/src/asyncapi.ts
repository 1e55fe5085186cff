import { deadLetterTopicOf, eventTypes, publisherOf, topicPlans, topics, type EventType } from './catalogue.ts'
import { publishedFields } from './envelope.ts'
import { inboxEvents } from './events/notification.ts'
import { nameShapes, schemaRef } from './named-shapes.ts'
import { addExamples, exampleOf } from './shape-examples.ts'
import { eventSchema, nameOfEvent } from './validate.ts'

type Json = Record<string, unknown>

/**
 * The published JSON Schema of one event type: envelope and data, 2020-12. Its `$id` is where the gateway serves it, as
 * a reference.
 */
export function eventSchemaDocument (type: EventType): Json {
  const schema = plain(eventSchema(type))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `/events/${type}.schema.json`,
    ...schema,
    examples: [exampleOf(schema, nameOfEvent(type))]
  }
}

/** Sent by the service that delivers webhooks to the endpoint that is tried, and nowhere else. */
const onlyDelivered: readonly EventType[] = ['dueline.webhook-endpoint.tested.v1']
/** For one person each: in its feed and streams only. */
const onlyRead: readonly string[] = Object.keys(inboxEvents)
const isPublished = (type: EventType): boolean => !onlyDelivered.includes(type) && !onlyRead.includes(type)

/**
 * AsyncAPI 3.0 document of everything that sends events, generated from the same schemas that the services validate
 * with. On Kafka an event is in binary mode (`ce_*` headers, data as the value), by webhook, stream and feed it is the
 * whole CloudEvent.
 */
export function asyncApiDocument (version: string): Json {
  const events = plain(Object.fromEntries(eventTypes.map((type) => [type, eventSchema(type)]))) as Record<string, Json>
  const { document: refs, schemas } = nameShapes(events)
  addExamples(schemas)
  const dataOf = (type: EventType): unknown => (schemas[`${nameOfEvent(type)}Event`]?.['properties'] as Json)['data']
  const published = eventTypes.filter(isPublished)
  const headers = Object.fromEntries(published.map((type) => [`${nameOfEvent(type)}Headers`, headerSchema(type)]))
  const about = (type: EventType): Json => ({
    name: type,
    title: nameOfEvent(type),
    summary: schemas[`${nameOfEvent(type)}Event`]?.['description'] ?? type,
    contentType: 'application/json'
  })
  const messages = Object.fromEntries([
    ...published.map((type) => [`${nameOfEvent(type)}Record`, {
      ...about(type),
      payload: dataOf(type),
      headers: { $ref: `${schemaRef}${nameOfEvent(type)}Headers` },
      bindings: { kafka: { key: { type: 'string', description: 'partitionkey: the ticket id where there is one' } } }
    }]),
    ...eventTypes.map((type) => [nameOfEvent(type), {
      ...about(type),
      contentType: 'application/cloudevents+json',
      payload: refs[type]
    }]),
    ['DeadLetterRecord', deadLetter]
  ])
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Dueline events',
      version,
      license: { name: 'Apache-2.0' },
      description: 'CloudEvents 1.0; changes within a version are additive only.'
    },
    defaultContentType: 'application/json',
    servers,
    channels: channelsOf(published),
    operations: operationsOf(),
    components: { messages, schemas: { ...schemas, ...headers } }
  }
}

const servers = {
  kafka: { host: 'localhost:9092', protocol: 'kafka', description: 'Your Kafka, where BUS=kafka' },
  gateway: { host: 'localhost:8080', protocol: 'http', description: 'The gateway: stream and feed' },
  receiver: { host: 'example.com', protocol: 'https', description: 'Your endpoint, to which webhooks are delivered' }
}

/** A record that a service put aside, as it was read, with why in headers of its own. */
const deadLetter = {
  name: 'dueline.dead-letter',
  title: 'DeadLetterRecord',
  summary: 'A record that a service put aside, byte for byte as it was read',
  contentType: 'application/octet-stream',
  payload: { type: 'string', format: 'binary', title: 'DeadLetterValue', description: 'The value as it was read' }
}

function channelsOf (published: readonly EventType[]): Json {
  const messagesOf = (types: readonly EventType[], ending = ''): Json =>
    Object.fromEntries(
      types.map((type) => [nameOfEvent(type), { $ref: `#/components/messages/${nameOfEvent(type)}${ending}` }])
    )
  const read = messagesOf(eventTypes.filter((type) => !onlyDelivered.includes(type)))
  const on = (server: keyof typeof servers): Json[] => [{ $ref: `#/servers/${server}` }]
  const records = Object.entries(topics).flatMap(([service, address]) => [
    [service, {
      address,
      title: `Events of the ${service} service`,
      servers: on('kafka'),
      messages: messagesOf(published.filter((type) => publisherOf[type] === service), 'Record'),
      bindings: { kafka: kafkaBinding(address) }
    }],
    [`${service}-dead-letters`, {
      address: deadLetterTopicOf(service),
      title: `What the ${service} service put aside`,
      servers: on('kafka'),
      messages: { DeadLetterRecord: { $ref: '#/components/messages/DeadLetterRecord' } },
      bindings: { kafka: kafkaBinding(deadLetterTopicOf(service)) }
    }]
  ])
  return {
    ...Object.fromEntries(records),
    webhook: {
      address: null,
      title: 'Webhooks',
      description: 'POST to the address of an endpoint, signed as Standard Webhooks says.',
      servers: on('receiver'),
      messages: messagesOf(eventTypes.filter((type) => !onlyRead.includes(type)))
    },
    stream: {
      address: '/v1/events/stream',
      title: 'The event stream',
      description: 'Server-sent events: `event` is the type, `id` the cursor, `data` the CloudEvent.',
      servers: on('gateway'),
      messages: read
    },
    feed: {
      address: '/v1/events',
      title: 'The feed',
      description: 'Pages of CloudEvents in `items`, the oldest first; `nextCursor` is the next `after`.',
      servers: on('gateway'),
      messages: read
    }
  }
}

function operationsOf (): Json {
  const services = Object.keys(topics).flatMap((service) => [service, `${service}-dead-letters`])
  return Object.fromEntries(
    [...services, 'webhook', 'stream', 'feed'].map((channel) => [`receive-${channel}`, {
      action: 'receive',
      title: `Receive from ${channel}`,
      channel: { $ref: `#/channels/${channel}` }
    }])
  )
}

function kafkaBinding (address: string): Json {
  const { partitions, settings } = topicPlans.find(({ topic }) => topic === address)!
  return {
    topic: address,
    partitions,
    topicConfiguration: {
      'cleanup.policy': [settings['cleanup.policy']],
      'retention.ms': Number(settings['retention.ms'])
    }
  }
}

/**
 * Kafka's binary mode has no numbers and no booleans: an attribute is a header `ce_…` that holds the text of its value.
 */
function headerSchema (type: EventType): Json {
  const { datacontenttype: _, traceparent, ...fields } = plain(publishedFields) as Record<string, Json>
  const textOf = (field: Json): Json => {
    const { description } = field
    const said = description === undefined ? {} : { description }
    if (field['type'] === 'boolean') return { type: 'string', enum: ['true', 'false'], ...said }
    return field
  }
  const needed = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [`ce_${name}`, name === 'type' ? { const: type } : textOf(field)])
  )
  return {
    type: 'object',
    title: `${nameOfEvent(type)}Headers`,
    description: `The attributes of ${type} as headers of a record, each as text`,
    properties: {
      ...needed,
      ce_traceparent: traceparent,
      'content-type': { const: 'application/json', description: 'datacontenttype' }
    },
    required: Object.keys(needed)
  }
}

/** TypeBox marks its schemas with non-enumerable symbols; what is published is plain JSON. */
function plain (schema: unknown): Json {
  return JSON.parse(JSON.stringify(schema)) as Json
}

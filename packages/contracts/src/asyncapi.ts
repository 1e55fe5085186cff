import { eventSchemas, eventTypes, publisherOf, topicPlans, topics, type EventType } from './catalogue.ts'
import { eventSchema } from './validate.ts'

/** The published JSON Schema of one event type: envelope and data, 2020-12. */
export function eventSchemaDocument (type: EventType): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `https://dueline.dev/events/${type}.schema.json`,
    ...plain(eventSchema(type))
  }
}

/**
 * AsyncAPI 3.0 document of every topic, generated from the same schemas that the services validate with. Consumers see
 * CloudEvents in binary mode on Kafka (`ce_*` headers, data as the value) and in structured mode everywhere else.
 */
export function asyncApiDocument (version: string): Record<string, unknown> {
  const channels = Object.fromEntries(
    Object.entries(topics).map(([service, address]) => [service, {
      address,
      title: `Events of the ${service} service`,
      messages: Object.fromEntries(
        eventTypes.filter((type) => publisherOf[type] === service)
          .map((type) => [messageKey(type), { $ref: `#/components/messages/${messageKey(type)}` }])
      ),
      bindings: { kafka: kafkaBinding(address) }
    }])
  )
  const operations = Object.fromEntries(
    Object.keys(topics).map((service) => {
      return [`receive-${service}`, { action: 'receive', channel: { $ref: `#/channels/${service}` } }]
    })
  )
  const messages = Object.fromEntries(eventTypes.map((type) => [messageKey(type), {
    name: type,
    title: type,
    contentType: 'application/json',
    payload: plain(eventSchemas[type]),
    headers: plain(headerSchema(type)),
    bindings: { kafka: { key: { type: 'string', description: 'partitionkey: the ticket id where there is one' } } }
  }]))
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Dueline events',
      version,
      license: { name: 'Apache-2.0' },
      description: 'CloudEvents 1.0; changes within a version are additive only.'
    },
    defaultContentType: 'application/json',
    channels,
    operations,
    components: { messages }
  }
}

function kafkaBinding (address: string): Record<string, unknown> {
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

/** Kafka binary mode: every envelope attribute as a `ce_` header, all of them text. */
function headerSchema (type: EventType): unknown {
  const names = [
    'specversion',
    'id',
    'source',
    'type',
    'subject',
    'time',
    'tenantid',
    'partitionkey',
    'sequence',
    'historical'
  ]
  const properties = Object.fromEntries(
    names.map((name) => [`ce_${name}`, name === 'type' ? { const: type } : { type: 'string' }])
  )
  return { type: 'object', properties, required: Object.keys(properties) }
}

/** AsyncAPI keys allow no dots in references that tools resolve by path. */
function messageKey (type: EventType): string {
  return type.replaceAll('.', '_')
}

/** TypeBox marks its schemas with non-enumerable symbols; what is published is plain JSON. */
function plain (schema: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(schema)) as Record<string, unknown>
}

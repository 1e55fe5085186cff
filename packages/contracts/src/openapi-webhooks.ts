import { eventTypes } from './catalogue.ts'
import { inboxEvents } from './events/notification.ts'
import { schemaRef } from './named-shapes.ts'
import { nameOfEvent } from './validate.ts'

const header = (name: string, description: string, example: string, pattern?: string): object => ({
  name,
  in: 'header',
  required: name !== 'traceparent',
  description,
  schema: { type: 'string', examples: [example], ...(pattern === undefined ? {} : { pattern }) }
})

/** What a delivery has in its head: the signature is that of Standard Webhooks. */
const headers = [
  header(
    'webhook-id',
    'Id of the event, the same on every attempt: what was taken once need not be again',
    '019cad00-7a00-7000-8000-6517b3e53670'
  ),
  header(
    'webhook-timestamp',
    'When this attempt was made, in seconds since 1970; refuse what is older than 5 minutes',
    '1772456400',
    '^[0-9]+$'
  ),
  header(
    'webhook-signature',
    'One or more `v1,` signatures, with spaces between them: HMAC-SHA256 of ' +
      '`webhook-id.webhook-timestamp.body` in base64, one for each secret that holds',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
    '^v1,[A-Za-z0-9+/=]+( v1,[A-Za-z0-9+/=]+)*$'
  ),
  header(
    'traceparent',
    'W3C trace context of the request that all began with',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  )
]

const responses = {
  '2XX': { description: 'Taken. Any status of 200 to 299 within 15 seconds is.' },
  410: { description: 'The endpoint is gone: it is disabled, and nothing more is delivered.' },
  '4XX': { description: 'Not taken: it is tried again later.' },
  '5XX': { description: 'Not taken: it is tried again later.' }
}

/**
 * The `webhooks` of an OpenAPI document: each event that may be delivered to an endpoint, by its type, of those whose
 * shapes the document has.
 */
export function openApiWebhooks (schemas: Readonly<Record<string, unknown>>): Record<string, object> {
  const types = eventTypes.filter((type) => !(type in inboxEvents) && `${nameOfEvent(type)}Event` in schemas)
  return Object.fromEntries(types.map((type) => {
    const name = `${nameOfEvent(type)}Event`
    const { description = type } = schemas[name] as { description?: string }
    return [type, {
      post: {
        operationId: `receive${nameOfEvent(type)}`,
        summary: `Receive ${type}`,
        description: `${description}. Delivered to the endpoints that ask for it (\`POST /v1/webhook-endpoints\`).`,
        tags: ['webhooks'],
        security: [],
        parameters: headers,
        requestBody: {
          required: true,
          content: { 'application/cloudevents+json': { schema: { $ref: `${schemaRef}${name}` } } }
        },
        responses
      }
    }]
  }))
}

import type { ServerResponse } from 'node:http'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { After, filterFields, placeAfter, readingOf } from './event-filter.ts'
import type { RouteDeps } from './route-deps.ts'

/** A token is accepted for so long after its end, as clocks differ. */
const tokenToleranceMicros = 5_000_000

export function streamEvents (app: App, { database, streams }: RouteDeps): void {
  app.addHook('preClose', async () => {
    streams.endAll('stopping')
  })

  app.route({
    method: 'GET',
    url: '/v1/events/stream',
    config: {
      roles: access.streamEvents,
      problems: ['event_cursor_expired'],
      answers: { 200: 'Events, as they happen' }
    },
    schema: {
      operationId: 'streamEvents',
      summary: 'Stream events',
      description:
        'Server-sent events: those of the feed (`listEvents`), as they happen. The stream starts at the end of the ' +
        'feed, or after `Last-Event-ID` or `after` when a client comes back: then it misses nothing and gets nothing ' +
        'twice. It ends when its token expires, or when you read too slowly; an event `stream-ended` says why ' +
        'before. Come back with a new token.',
      tags: ['events'],
      querystring: Type.Object({ after: Type.Optional(After), ...filterFields }),
      produces: ['text/event-stream'],
      response: { 200: Type.String({ description: 'event: <type>, id: <cursor>, data: <CloudEvent as JSON>' }) }
    },
    handler: async (request, reply) => {
      const { principal, query: { after, ...fields } } = request
      const { tenantId, tokenEndsAt } = principal
      const { read } = database.forTenant(tenantId)
      const reading = readingOf(principal, fields, 'query')
      const lastEventId = request.headers['last-event-id']
      const place = typeof lastEventId === 'string'
        ? await placeAfter(lastEventId, { read, tenantId }, { in: 'header', pointer: '/last-event-id' })
        : await placeAfter(after ?? 'latest', { read, tenantId }, { in: 'query', pointer: '/after' })
      streams.refuseTooMany(principal)
      reply.hijack()
      const { raw } = reply
      begin(raw, reply.getHeaders() as Record<string, string>)
      streams.open({ principal, ...reading, ...place, endsAt: tokenEndsAt + tokenToleranceMicros, raw })
    }
  })
}

/** Writes the head of the answer. */
function begin (raw: ServerResponse, headers: Record<string, string>): void {
  raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    // A stream mostly ends because the service does: a connection that was kept beyond it would hold up the stop.
    connection: 'close'
  })
}

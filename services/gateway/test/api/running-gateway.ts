import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runService, type OpenApiDocument } from '@dueline/http'
import { createLogger, createMetrics, systemClock, systemIds } from '@dueline/runtime'
import { testIssuer } from '@dueline/testkit'
import { buildGateway, type GatewayConfig } from '../../src/app.ts'

export const issuer = testIssuer()
export const bearer = await issuer.bearer({ tenant: 'acme', roles: ['agent'] })
/** The part of a tap test that is used here. */
interface Tap {
  teardown(fn: () => unknown): unknown
}
/** What the echoing service says it was asked. */
export interface Seen {
  method: string
  url: string
  headers: Record<string, string>
  length: number
  body: string
}

const ok = { 200: { description: 'ok', content: { 'application/json': { schema: {} } } } }
export const document: OpenApiDocument = {
  openapi: '3.1.0',
  info: { title: 'Dueline', version: '0.1.0' },
  paths: {
    '/v1/tickets': {
      'x-service': 'ticket',
      get: { operationId: 'listTickets', 'x-roles': ['agent', 'manager'], responses: ok },
      post: {
        operationId: 'createTicket',
        'x-roles': ['agent'],
        requestBody: { content: { 'application/json': {} } },
        responses: ok
      }
    },
    '/v1/tickets/{ticketId}': {
      'x-service': 'ticket',
      get: { operationId: 'getTicket', 'x-roles': ['agent'], responses: ok }
    },
    '/v1/ticket-imports': {
      'x-service': 'ticket',
      post: {
        operationId: 'importTickets',
        'x-roles': ['agent'],
        requestBody: { content: { 'application/x-ndjson': {} } },
        responses: ok
      }
    },
    '/v1/surveys/{token}': { 'x-service': 'ticket', get: { operationId: 'getSurvey', security: [], responses: ok } },
    '/v1/managers': {
      'x-service': 'ticket',
      get: { operationId: 'managersOnly', 'x-roles': ['manager'], responses: ok }
    },
    '/v1/events/stream': {
      'x-service': 'notification',
      get: {
        operationId: 'streamEvents',
        'x-roles': ['agent'],
        responses: { 200: { description: 'events', content: { 'text/event-stream': {} } } }
      }
    }
  }
}

export async function serve (t: Tap, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export async function readAll (stream: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}

/** Answers with what it was asked, so that a test sees what the gateway made of a request. */
export async function echo (t: Tap): Promise<string> {
  return await serve(t, (request, response) => {
    readAll(request).then((body) => {
      response.setHeader('content-type', 'application/json')
      response.setHeader('etag', '"7"')
      response.end(
        JSON.stringify({
          method: request.method,
          url: request.url,
          headers: request.headers,
          length: body.length,
          body: body.slice(0, 200)
        })
      )
    }, () => response.destroy())
  })
}

export async function gateway (
  t: Tap,
  upstreams: Record<string, string>,
  config: Partial<GatewayConfig> = {},
  routed = document,
  log?: { write(line: string): void }
) {
  const logger = createLogger({
    service: 'gateway',
    ...(log === undefined ? { level: 'silent' } : { level: 'debug', destination: log })
  })
  const built = buildGateway({
    config: {
      OPERATIONS_HOST: '127.0.0.1',
      OPERATIONS_PORT: 0,
      CORS_ORIGINS: [],
      TRUST_PROXY: [],
      RATE_PER_ADDRESS: 0,
      RATE_PER_CALLER: 0,
      UPSTREAM_CONNECTIONS: 16,
      UPSTREAM_STREAMS: 100,
      UPSTREAM_TIMEOUT_MS: 2_000,
      UPLOAD_LIMIT_BYTES: 20 * 1024 * 1024,
      SHED_ABOVE_MS: 0,
      ...config
    },
    logger,
    metrics: createMetrics('gateway'),
    clock: systemClock,
    ids: systemIds,
    auth: issuer.auth,
    upstreams: { ticket: 'http://127.0.0.1:9', notification: 'http://127.0.0.1:9', ...upstreams },
    document: routed,
    asyncapi: { asyncapi: '3.0.0' }
  })
  const running = await runService(built, { host: '127.0.0.1', port: 0, logger })
  t.teardown(() => running.stop(100))
  return { url: running.url, running, operations: built.operations }
}

import { Readable, Transform } from 'node:stream'
import httpProxy from '@fastify/http-proxy'
import { baseErrors, Problem, sendProblem, type AnyReply, type AnyRequest, type App } from '@dueline/http'
import { traceHeaders } from '@dueline/runtime'
import type { GatewayConfig } from './config.ts'
import type { GatewayRoute } from './domain/route-table.ts'
import { passOn, type UpstreamBody } from './upstream-answers.ts'
import type { UpstreamMetrics } from './upstream-metrics.ts'

type Headers = Record<string, string | string[] | undefined>

/** Headers between two hops, which must not be passed on; undici refuses some of them. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'http2-settings'
]
/** What only this hop may say. */
const ours = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-real-ip']
const uploadTimeoutMs = 600_000
const bodyLimitBytes = 1024 * 1024

function toUpstream (request: AnyRequest, headers: Headers): Headers {
  const passed: Headers = { ...headers }
  for (const name of hopByHop) delete passed[name]
  for (const name of ours) delete passed[name]
  passed['x-forwarded-for'] = request.ip
  passed['x-forwarded-host'] = request.host
  passed['x-forwarded-proto'] = request.protocol
  passed['x-request-id'] = request.id
  delete passed['tracestate']
  return Object.assign(passed, traceHeaders())
}

function toCaller (headers: Headers): Headers {
  for (const name of hopByHop) delete headers[name]
  // Answers depend on who asks: no shared cache may keep them.
  headers['cache-control'] ??= 'private, no-cache'
  return headers
}

/** An upload without a declared length, cut when it becomes too long. */
function limited (body: Readable, limitBytes: number): Readable {
  let seen = 0
  return body.pipe(
    new Transform({
      transform (chunk: Buffer, _encoding, done) {
        seen += chunk.length
        if (seen > limitBytes) done(new Problem(baseErrors.payload_too_large))
        else done(null, chunk)
      }
    })
  )
}

function answerFailure (service: string, metrics: UpstreamMetrics) {
  return (reply: AnyReply, { error }: { error: Error & { cause?: unknown } }): void => {
    const { request } = reply
    const { cause } = error
    if (cause instanceof Problem) {
      sendProblem(cause, request, reply)
      return
    }
    const late = /TIMEOUT/.test(String((cause as { code?: unknown } | undefined)?.code))
    metrics.failed(service, late ? 'late' : 'unreachable')
    request.log.error(
      { err: cause ?? error, upstream: service, route: request.routeOptions.url },
      'upstream did not answer'
    )
    sendProblem(
      new Problem(baseErrors.unavailable, {
        detail: `the ${service} service ${late ? 'did not answer in time' : 'cannot be reached'}`,
        headers: { 'retry-after': late ? '5' : '1' }
      }),
      request,
      reply
    )
  }
}

/**
 * A kept connection that the upstream closed at that moment, as when it is replaced: harmless to ask again, once, for
 * what changes nothing, and for a write with a key, which a service does once however often it comes.
 */
function retryDelay (
  { err, req, attempt }: { err: (Error & { code?: string }) | null, req: unknown, attempt: number }
): number | null {
  const { method, headers, body } = req as { method: string, headers: Headers, body: unknown }
  const isRead = method === 'GET' || method === 'HEAD'
  const isKeyed = headers['idempotency-key'] !== undefined && !(body instanceof Readable)
  if (attempt > 0 || !(isRead || isKeyed)) return null
  return err?.code === 'UND_ERR_SOCKET' || err?.code === 'ECONNRESET' ? 1 : null
}

interface ProxyOptions {
  service: string
  upstream: string
  kind: GatewayRoute['kind']
  routes: readonly GatewayRoute[]
  config: GatewayConfig
  metrics: UpstreamMetrics
}

function parseBodies (scope: App, kind: GatewayRoute['kind']): void {
  scope.removeAllContentTypeParsers()
  if (kind === 'plain') {
    // Whole and unread: one write to the upstream, and a limit that holds for chunked bodies too.
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  } else {
    scope.addContentTypeParser('*', (_request, body, done) => done(null, body))
  }
}

function timeoutsOf (
  kind: GatewayRoute['kind'],
  config: GatewayConfig
): { headersTimeout: number, bodyTimeout: number } {
  if (kind === 'stream') return { headersTimeout: config.UPSTREAM_TIMEOUT_MS, bodyTimeout: 0 }
  const ms = kind === 'upload' ? uploadTimeoutMs : config.UPSTREAM_TIMEOUT_MS
  return { headersTimeout: ms, bodyTimeout: ms }
}

/**
 * Adds the routes of one service and kind to `scope`, with a pool of kept connections of their own: event streams,
 * which hold a connection each, must not use up those of everybody else. Bodies and answers pass unread.
 */
export async function registerProxy (scope: App, options: ProxyOptions): Promise<void> {
  const { service, upstream, kind, routes, config, metrics } = options
  // Called as a function: registered, it would keep `reply.from` to a scope of its own and add a catch-all route.
  const decorate = httpProxy as unknown as (scope: App, options: object) => Promise<void>
  await decorate(scope, {
    upstream,
    routes: [],
    proxyPayloads: false,
    disableCache: true,
    disableRequestLogging: true,
    destroyAgent: true,
    undici: {
      connections: kind === 'stream' ? config.UPSTREAM_STREAMS : config.UPSTREAM_CONNECTIONS,
      pipelining: 1,
      // Shorter than the 72 s for which services keep connections: the side that asks must be the one that closes.
      keepAliveTimeout: 30_000,
      keepAliveMaxTimeout: 60_000,
      connect: { timeout: 2_000 },
      ...timeoutsOf(kind, config)
    }
  })
  parseBodies(scope, kind)
  const limit = kind === 'upload' ? config.UPLOAD_LIMIT_BYTES : bodyLimitBytes
  const streams = new Set<() => void>()
  // nobody else would end them: a stop would wait for its whole grace
  scope.addHook('preClose', async () => {
    for (const endStream of streams) endStream()
  })
  const passedOnAt = new WeakMap<AnyRequest, number>()
  function onResponse (request: AnyRequest, reply: AnyReply, answer: { stream: UpstreamBody }): void {
    metrics.answered(service, performance.now() - (passedOnAt.get(request) ?? 0))
    passOn(request, reply, answer, streams)
  }
  const onError = answerFailure(service, metrics)
  const passing = { rewriteRequestHeaders: toUpstream, rewriteHeaders: toCaller, onError, retryDelay, onResponse }

  function handler (request: AnyRequest, reply: AnyReply): AnyReply {
    passedOnAt.set(request, performance.now())
    const { body } = request
    const path = request.url.split('?', 1)[0]
    const contentType = request.headers['content-type']
    if (Buffer.isBuffer(body)) {
      return reply.from(path, { ...passing, body, ...(contentType === undefined ? {} : { contentType }) } as never)
    }
    if (kind === 'upload' && request.headers['content-length'] === undefined && body !== undefined && body !== null) {
      request.body = limited(body as Readable, limit)
    }
    return reply.from(path, passing as never)
  }

  for (const { method, url, roles, operationId, ticket, secret } of routes) {
    const said = { roles, ticket, upstream: service, secret, endless: kind === 'stream' }
    const schema = { hide: true, operationId }
    scope.route({ method, url, bodyLimit: limit, config: said, schema, onRequest: refuseLonger(limit), handler })
  }
}

/** Streams are not measured by the framework, so what declares itself too long is refused before it is sent. */
function refuseLonger (limitBytes: number) {
  return async (request: AnyRequest): Promise<void> => {
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
      throw new Problem(baseErrors.payload_too_large, { detail: `the body may have ${limitBytes} bytes` })
    }
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The service a gateway route leads to. */
    upstream?: string
    /** Whether answers hold a secret. */
    secret?: boolean
  }
}

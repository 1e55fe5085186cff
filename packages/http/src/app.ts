import underPressure from '@fastify/under-pressure'
import type { TenantDatabases } from '@dueline/postgres'
import type { Clock, Ids, Logger, Metrics } from '@dueline/runtime'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyReply } from 'fastify'
import type { FastifyRequest, RouteOptions } from 'fastify'
import { answerUnrouted, originForm, refuseEncoded, refuseUndecodable } from './addresses.ts'
import { assertAuthOptions, authHook, callerNow, registerAuth } from './auth.ts'
import { fillBody, prepareStream, refuseBody, registerParsers } from './bodies.ts'
import { clientErrorHandler, registerConnectionErrors, requestLimits } from './client-error.ts'
import { registerErrorHandler, sendProblem, toProblem } from './error-handler.ts'
import { baseErrors, type ErrorTable } from './errors.ts'
import { isUnchanged } from './etag.ts'
import { createSerializerCompiler, createValidatorCompiler } from './compilers.ts'
import { createMethods, isWrite, takesKey } from './methods.ts'
import { scopeOf } from './scopes.ts'
import { registerOpenApi, type OpenApiDocument } from './openapi.ts'
import { registerDocument, registerHealth, registerMetricsRoute, registerRequestMetrics } from './operations.ts'
import type { ReadyCheck } from './operations.ts'
import type { AuthOptions } from './principal.ts'
import { lazyLogger } from './request-logger.ts'
import { registerRequestContext, requestIdFrom } from './request-context.ts'
import type { App } from './types.ts'
import { asSent, closed, serialisable, shown } from './validation.ts'
import { answeredOnce } from './write.ts'

export interface HttpOptions {
  /** Name of the service: title of its OpenAPI document. */
  service: string
  /** Version of the program, for the same. */
  version: string
  logger: Logger
  metrics: Metrics
  clock: Clock
  ids: Ids
  /** Without it no operation can be called except those for `public`. */
  auth?: AuthOptions
  /** The service's own error table; the base table is always there. */
  errors: ErrorTable
  /** Where `write` keeps the answers of requests with an Idempotency-Key; for services that have a database. */
  database?: TenantDatabases
  /** What must work before requests are sent here; asked by `/health/ready`. */
  ready: () => Promise<ReadyCheck[]>
  /** Largest body; 1 MiB by default. */
  bodyLimitBytes?: number
  /** Whether `/metrics` is served here; true by default. The gateway serves it on another port. */
  metricsRoute?: boolean
  /** Answer 503 while the event loop is late by more than this; never by default. */
  shedAboveMs?: number
  /** Served at `/openapi.json` in place of the app's own document: the gateway's merged one. */
  document?: OpenApiDocument
  /** Registers what must see a request before its token is checked: cross-origin rules, limits per address. */
  before?: (app: App) => void
  /** Proxies whose `X-Forwarded-For` is believed: addresses or CIDR blocks. None by default. */
  trustProxy?: readonly string[]
}

/** What every route must say, found out at start and not by its first caller. */
function assertComplete (route: RouteOptions, errors: ErrorTable): void {
  const { config = {}, schema = {}, method, url } = route
  const name = `${[method].flat().join(',')} ${url}`
  if (!/^\/v1(\/|$)/.test(url)) return
  if (config.roles === undefined) {
    throw new Error(`${name}: config.roles must name the roles that may call it, or 'public'`)
  }
  if (schema.hide !== true && schema.operationId === undefined) {
    throw new Error(`${name}: schema.operationId is missing`)
  }
  for (const code of config.problems ?? []) {
    if (errors[code] === undefined && !(code in baseErrors)) {
      throw new Error(`${name}: the problem code ${code} is in no error table`)
    }
  }
}

function mapValues (object: Record<string, unknown>, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
}

/** Closes what comes in, and keeps what was written for the documentation. */
function prepareSchemas (route: RouteOptions, originals: WeakMap<object, object>): void {
  if (route.schema?.hide === true || !/^\/v1(\/|$)/.test(route.url)) return
  const schema = route.schema ?? {}
  const raw = route.config?.rawBody === true
  const incoming = {
    ...schema,
    ...(schema.body === undefined || raw ? {} : { body: closed(schema.body) }),
    ...(schema.params === undefined ? {} : { params: closed(schema.params) }),
    querystring: closed(schema.querystring ?? { type: 'object', properties: {} })
  }
  const responses = schema.response as Record<string, unknown> | undefined
  const compiled = responses === undefined ? incoming : { ...incoming, response: mapValues(responses, serialisable) }
  // Where nothing can be asked for, the document need not say so.
  const querystring = schema.querystring === undefined ? undefined : asSent(incoming.querystring)
  const body = raw ? shown(schema.body) : asSent(closed(shown(schema.body)))
  const documented = {
    ...incoming,
    querystring,
    ...(schema.body === undefined ? {} : { body }),
    response: responses === undefined ? undefined : mapValues(responses, shown)
  }
  originals.set(compiled, documented)
  route.schema = compiled
  const first = schema.body === undefined
    ? !raw && isWrite(route) ? [refuseBody] : []
    : route.config?.bodyOptional === true
    ? [fillBody]
    : []
  if (first.length > 0) route.preValidation = [...first, ...[route.preValidation ?? []].flat()] as never
}

/** Says what an API key needs for the route; the gateway's routes leave that to the services. */
function prepareScope (route: RouteOptions, service: string): void {
  if (route.schema?.hide === true || !/^\/v1(\/|$)/.test(route.url)) return
  const scope = scopeOf(route, service)
  if (scope !== undefined) route.config = { ...route.config, scope }
}

/** Answers 304 where the caller's copy is the present one; a HEAD has no body to leave out. */
function answerUnchanged (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void
): void {
  const etag = reply.getHeader('etag')
  const reading = request.method === 'GET' || request.method === 'HEAD'
  const isOk = reading && reply.statusCode === 200
  if (typeof etag !== 'string' || !isOk || !isUnchanged(request, etag)) return done(null, payload)
  reply.code(304).removeHeader('content-length')
  done(null, request.method === 'HEAD' ? payload : null)
}

function serverOptions ({ logger, ids, bodyLimitBytes = 1024 * 1024, trustProxy = [] }: HttpOptions) {
  return {
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    childLoggerFactory: lazyLogger as never,
    genReqId: requestIdFrom(ids),
    bodyLimit: bodyLimitBytes,
    ...requestLimits,
    connectionTimeout: 120_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle' as const,
    // Its loops still run then, and the answer says that the connection ends.
    return503OnClosing: false,
    exposeHeadRoutes: true,
    rewriteUrl: originForm as never,
    clientErrorHandler: clientErrorHandler({ ids, logger }) as never,
    // What fails before any route is found: an address that cannot be decoded, or with too long a part.
    frameworkErrors:
      ((error: Error, request: FastifyRequest, reply: FastifyReply) =>
        sendProblem(toProblem(error, request), request, reply)) as never,
    ...(trustProxy.length === 0 ? {} : { trustProxy: [...trustProxy] })
  }
}

/**
 * The one way to an HTTP application. Bodies are validated strictly, queries and paths are coerced; every error is an
 * RFC 9457 problem; every route under `/v1` names its roles and is documented at `/openapi.json`; `/health/live`,
 * `/health/ready` and `/metrics` are there. Add routes to the result, then `ready()`.
 */
export function buildHttp (options: HttpOptions): App {
  const { service, version, logger, metrics, ids, auth, errors, ready, document, before, database } = options
  const { metricsRoute = true, shedAboveMs = 0 } = options
  if (auth !== undefined) assertAuthOptions(auth)
  const app: App = Fastify(serverOptions(options)).withTypeProvider<TypeBoxTypeProvider>()
  const routes: RouteOptions[] = []
  const methods = createMethods()
  const originals = new WeakMap<object, object>()
  app.addHook('onRoute', (route) => {
    assertComplete(route, errors)
    prepareScope(route, service)
    prepareSchemas(route, originals)
    prepareStream(route)
    if (database !== undefined && takesKey(route)) route.handler = answeredOnce(route.handler, database)
    routes.push(route)
    methods.add(route)
  })
  registerOpenApi(app, { service, version, errors, routes, originalOf: (schema) => originals.get(schema) })
  app.setValidatorCompiler(createValidatorCompiler() as never)
  app.setSerializerCompiler(createSerializerCompiler() as never)
  registerParsers(app)
  registerErrorHandler(app)
  registerRequestContext(app)
  registerConnectionErrors(app, { ids, logger })
  registerRequestMetrics(app, metrics, logger)
  if (shedAboveMs > 0) app.register(underPressure, { maxEventLoopDelay: shedAboveMs, retryAfter: 1 })
  before?.(app)
  // As a plugin: its hooks come after those that `before` registers, and still before every handler.
  const guard = async (instance: FastifyInstance): Promise<void> => {
    const callers = auth === undefined ? undefined : await registerAuth(instance as unknown as App, auth, options)
    if (callers !== undefined) instance.decorate('callerNow', callerNow(callers))
    instance.addHook('onRequest', answerUnrouted(methods))
    instance.addHook('onRequest', authHook(callers))
    instance.addHook('onRequest', refuseEncoded)
    instance.addHook('onRequest', refuseUndecodable)
  }
  app.register(fp(guard, { name: 'dueline-guard' }))
  app.addHook('onSend', answerUnchanged)
  registerHealth(app, ready)
  if (metricsRoute) registerMetricsRoute(app, metrics)
  registerDocument(app, () => document ?? app.swagger())
  return app
}

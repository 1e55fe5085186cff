import cors from '@fastify/cors'
import { protocolAddresses } from '@dueline/contracts'
import {
  askedApiKeys,
  buildHttp,
  createUpstream,
  type App,
  type AuthOptions,
  type HttpOptions,
  type OpenApiDocument,
  type Service
} from '@dueline/http'
import type { Clock, Ids, Logger, Metrics } from '@dueline/runtime'
import type { GatewayConfig } from './config.ts'
import { registerDocuments } from './documents.ts'
import { routeTable, type GatewayRoute } from './domain/route-table.ts'
import { errors } from './errors.ts'
import { registerAddressLimit, registerCallerLimit, registerTokenLimit } from './limits.ts'
import { createOperations, type OperationsLoop } from './operations-app.ts'
import { registerProxy } from './proxy.ts'
import { createUpstreamMetrics } from './upstream-metrics.ts'

export { mergeDocuments, MergeConflict } from './domain/merge-documents.ts'
export { routeTable, IncompleteDocument, type GatewayRoute } from './domain/route-table.ts'
export { ConfigSchema, upstreamsOf, type Config, type GatewayConfig } from './config.ts'
export { errors } from './errors.ts'

export interface GatewayDeps {
  config: GatewayConfig
  logger: Logger
  metrics: Metrics
  clock: Clock
  ids: Ids
  auth: AuthOptions
  /** Base address of each service that the document names. */
  upstreams: Readonly<Record<string, string>>
  /** The merged document: routes are made of it, and it is served. */
  document: OpenApiDocument
  asyncapi: object
  /**
   * What must work before requests are sent here; nothing by default: what the gateway leads to may be partly down, and
   * what is up must stay reachable. Where all of it is one process, that is ready or not as a whole.
   */
  ready?: HttpOptions['ready']
}

export interface Gateway extends Service {
  readonly operations: OperationsLoop
}

/** For answers that are data and never pages; set by hand because a general header plugin costs more than routing. */
const dataHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains'
}

const exposedHeaders = [
  'etag',
  'location',
  'retry-after',
  'x-request-id',
  'idempotency-replayed',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset'
]

function beforeAuth (config: GatewayConfig, metrics: Metrics) {
  return (app: App): void => {
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(dataHeaders)
      done()
    })
    if (config.CORS_ORIGINS.length > 0) {
      const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
      // It writes its headers and goes on: what is answered to OPTIONS is the factory's affair.
      const passing = { strictPreflight: false, preflightContinue: true }
      const origin = [...config.CORS_ORIGINS]
      app.register(cors, { origin, credentials: false, methods, exposedHeaders, maxAge: 600, ...passing })
    }
    registerAddressLimit(app, config, metrics)
  }
}

function grouped (routes: readonly GatewayRoute[]): Map<string, GatewayRoute[]> {
  const groups = new Map<string, GatewayRoute[]>()
  for (const route of routes) {
    const key = `${route.service} ${route.kind}`
    groups.set(key, [...groups.get(key) ?? [], route])
  }
  return groups
}

function addressOf (upstreams: GatewayDeps['upstreams'], service: string): string {
  const upstream = upstreams[service]
  if (upstream !== undefined) return upstream
  throw new TypeError(`no address is given for the ${service} service, which the document names`)
}

const protocolMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** What speaks a protocol of its own is no part of the document: who may come in is for its service to say. */
function registerProtocols (app: App, { document, upstreams, config, metrics }: GatewayDeps): void {
  const named = new Set(routeTable(document).map(({ service }) => service))
  const upstreamMetrics = createUpstreamMetrics(metrics)
  for (const [address, service] of Object.entries(protocolAddresses)) {
    // a gateway whose document leaves the service out leads to none of it
    if (!named.has(service)) continue
    const upstream = addressOf(upstreams, service)
    const said = {
      service,
      operationId: address,
      roles: 'public',
      kind: 'plain',
      ticket: false,
      secret: false
    } as const
    const routes = protocolMethods.map((method) => ({ ...said, method, url: `${address}/*` }))
    app.register(async (instance) => {
      const scope = instance as unknown as App
      registerTokenLimit(app, scope, config, metrics)
      await registerProxy(scope, { service, upstream, kind: 'plain', routes, config, metrics: upstreamMetrics })
    })
  }
}

/**
 * The routes of all services, each group in a scope with its own pool of connections.
 * @throws TypeError for a service without address
 */
function registerRoutes (app: App, { document, upstreams, config, metrics }: GatewayDeps): void {
  const upstreamMetrics = createUpstreamMetrics(metrics)
  for (const routes of grouped(routeTable(document)).values()) {
    const [{ service, kind }] = routes as [GatewayRoute]
    const upstream = addressOf(upstreams, service)
    app.register(async (instance) => {
      const scope = instance as unknown as App
      registerCallerLimit(app, scope, config, metrics)
      await registerProxy(scope, { service, upstream, kind, routes, config, metrics: upstreamMetrics })
    })
  }
}

/** Longest wait for the directory service, which knows API keys. */
const keyTimeoutMs = 2_000

/** The gateway: verifies tokens, limits rates, routes by the document, streams. It knows nothing of tickets. */
export function buildGateway (deps: GatewayDeps): Gateway {
  const { config, logger, metrics, clock, ids, auth, document, asyncapi, ready = async () => [] } = deps
  const { version } = document.info
  const shared: HttpOptions = { service: 'gateway', version, logger, metrics, clock, ids, errors, ready }
  const { TRUST_PROXY: trustProxy, SHED_ABOVE_MS: shedAboveMs } = config
  const before = beforeAuth(config, metrics)
  const name = 'the directory service'
  const directory = createUpstream({ name, url: deps.upstreams['directory'], timeoutMs: keyTimeoutMs, logger })
  const keys = askedApiKeys(directory)
  const trusted = keys === undefined ? auth : { ...auth, keys }
  const http = buildHttp({ ...shared, auth: trusted, metricsRoute: false, document, before, trustProxy, shedAboveMs })
  registerDocuments(http, document, asyncapi)
  registerRoutes(http, deps)
  registerProtocols(http, deps)
  const operations = createOperations(shared, config)
  return { http, loops: [operations], operations }
}

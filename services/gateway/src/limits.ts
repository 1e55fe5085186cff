import { createHash } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import { baseErrors, problem, type Principal, type AnyReply, type AnyRequest, type App } from '@dueline/http'
import type { Metrics } from '@dueline/runtime'
import type { GatewayConfig } from './config.ts'

/** What a limiter found; only what is used of the plugin's answer. */
interface Found {
  isAllowed: boolean
  isExceeded?: boolean
  max?: number
  remaining?: number
  ttlInSeconds?: number
}
type Limiter = (request: AnyRequest) => Promise<Found>

const windowMs = 60_000
/** Callers and addresses remembered at once; the longest unseen is forgotten first. */
const remembered = 20_000

function limitHeaders ({ max = 0, remaining = 0, ttlInSeconds = 0 }: Found): Record<string, string> {
  return {
    'ratelimit-limit': String(max),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(ttlInSeconds)
  }
}

interface Wall {
  whose: string
  show: boolean
  refused: () => void
}

function enforce (found: Found, reply: AnyReply, { whose, show, refused }: Wall): void {
  if (found.isAllowed) return
  const headers = limitHeaders(found)
  if (found.isExceeded === true) {
    refused()
    const retryAfter = String(Math.max(1, found.ttlInSeconds ?? 1))
    problem(baseErrors.rate_limited, {
      detail: `more than ${found.max} requests per minute ${whose}`,
      headers: { ...headers, 'retry-after': retryAfter }
    })
  }
  if (show) reply.headers(headers)
}

function refusedBy (metrics: Metrics, wall: 'address' | 'caller'): () => void {
  const refused = metrics.counter('dueline_gateway_rate_limited_total', 'Requests refused by a rate limit', ['wall'])
  return () => refused.inc({ wall })
}

function limiter (app: App, max: number, keyGenerator: (request: AnyRequest) => string): () => Limiter {
  let made: Limiter | undefined
  // The plugin's factory is there once it is loaded, which is after the hooks are written down and before the first
  // request.
  return () => {
    made ??= app.createRateLimit({
      max,
      timeWindow: windowMs,
      keyGenerator: keyGenerator as never
    }) as unknown as Limiter
    return made
  }
}

/**
 * The first wall: requests per address, counted before anything else is looked at, so that made-up tokens cost little.
 * Counts are per process: n replicas let through n times as much.
 */
export function registerAddressLimit (app: App, { RATE_PER_ADDRESS: max }: GatewayConfig, metrics: Metrics): void {
  app.register(rateLimit, { global: false, cache: remembered })
  if (max === 0) return
  const limit = limiter(app, max, (request) => request.ip)
  const wall = { whose: 'from this address', show: false, refused: refusedBy(metrics, 'address') }
  app.addHook('onRequest', async (request, reply) => {
    enforce(await limit()(request), reply, wall)
  })
}

/** The second wall: requests per caller, for routes added to `scope`. Every answer says how many are left. */
export function registerCallerLimit (app: App, scope: App, config: GatewayConfig, metrics: Metrics): void {
  const { RATE_PER_CALLER: max } = config
  if (max === 0) return
  const limit = limiter(app, max, ({ principal }) => `${principal.tenantId} ${principal.subject}`)
  const wall = { whose: 'by this caller', show: true, refused: refusedBy(metrics, 'caller') }
  scope.addHook('onRequest', async (request, reply) => {
    // Nobody is known yet: who brings a ticket is the service's to say.
    if ((request.principal as Principal | null) === null) return
    enforce(await limit()(request), reply, wall)
  })
}

/**
 * The second wall where a service has tokens of its own, which are unknown here: requests per token, whole or not.
 * Made-up ones are for the first wall.
 */
export function registerTokenLimit (app: App, scope: App, config: GatewayConfig, metrics: Metrics): void {
  const { RATE_PER_CALLER: max } = config
  if (max === 0) return
  const nameOf = ({ headers: { authorization = '' } }: AnyRequest): string =>
    `token ${createHash('sha256').update(authorization).digest('base64')}`
  const limit = limiter(app, max, nameOf)
  const wall = { whose: 'by this token', show: true, refused: refusedBy(metrics, 'caller') }
  scope.addHook('onRequest', async (request, reply) => {
    enforce(await limit()(request), reply, wall)
  })
}

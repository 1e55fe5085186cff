import rateLimit from '@fastify/rate-limit'
import { baseErrors, problem, type AnyReply, type AnyRequest, type App } from '@dueline/http'
import type { GatewayConfig } from './config.ts'

/** What a limiter found; only what is used of the plugin's answer. */
interface Found { isAllowed: boolean, isExceeded?: boolean, max?: number, remaining?: number, ttlInSeconds?: number }
type Limiter = (request: AnyRequest) => Promise<Found>

const windowMs = 60_000
/** Callers and addresses remembered at once; the longest unseen is forgotten first. */
const remembered = 20_000

function limitHeaders ({ max = 0, remaining = 0, ttlInSeconds = 0 }: Found): Record<string, string> {
  return { 'ratelimit-limit': String(max), 'ratelimit-remaining': String(remaining), 'ratelimit-reset': String(ttlInSeconds) }
}

function enforce (found: Found, reply: AnyReply, whose: string, show: boolean): void {
  if (found.isAllowed) return
  const headers = limitHeaders(found)
  if (found.isExceeded === true) problem(baseErrors.rate_limited, { detail: `more than ${found.max} requests per minute ${whose}`, headers: { ...headers, 'retry-after': String(Math.max(1, found.ttlInSeconds ?? 1)) } })
  if (show) reply.headers(headers)
}

function limiter (app: App, max: number, keyGenerator: (request: AnyRequest) => string): () => Limiter {
  let made: Limiter | undefined
  // The plugin's factory is there once it is loaded, which is after the hooks are written down and before the first request.
  return () => {
    made ??= app.createRateLimit({ max, timeWindow: windowMs, keyGenerator: keyGenerator as never }) as unknown as Limiter
    return made
  }
}

/**
 * The first wall: requests per address, counted before anything else is looked at, so that made-up tokens cost little.
 * Counts are per process: n replicas let through n times as much.
 */
export function registerAddressLimit (app: App, { RATE_PER_ADDRESS: max }: GatewayConfig): void {
  app.register(rateLimit, { global: false, cache: remembered })
  if (max === 0) return
  const limit = limiter(app, max, (request) => request.ip)
  app.addHook('onRequest', async (request, reply) => {
    enforce(await limit()(request), reply, 'from this address', false)
  })
}

/** The second wall: requests per caller, for routes added to `scope`. Every answer says how many are left. */
export function registerCallerLimit (app: App, scope: App, { RATE_PER_CALLER: max }: GatewayConfig): void {
  if (max === 0) return
  const limit = limiter(app, max, ({ principal }) => `${principal.tenantId} ${principal.subject}`)
  scope.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.roles === 'public') return
    enforce(await limit()(request), reply, 'by this caller', true)
  })
}

import type { Logger, Metrics } from '@dueline/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './types.ts'

/** One thing that must work before requests are sent here. */
export interface ReadyCheck { name: string, ok: boolean, detail?: string }

/** Longer is as good as not ready: the prober has given up. */
const readyTimeoutMs = 2_000
/** Slower answers are logged, whatever their status. */
const slowMs = 1_000

async function checks (ready: () => Promise<ReadyCheck[]>): Promise<ReadyCheck[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<ReadyCheck[]>((resolve) => {
    timer = setTimeout(() => resolve([{ name: 'ready', ok: false, detail: `no answer within ${readyTimeoutMs} ms` }]), readyTimeoutMs)
  })
  try {
    return await Promise.race([ready(), late])
  } catch (error) {
    return [{ name: 'ready', ok: false, detail: (error as Error).message }]
  } finally {
    clearTimeout(timer)
  }
}

/** `/health/live`: the process answers. `/health/ready`: it can do its work, and is not about to stop. */
export function registerHealth (app: App, ready: () => Promise<ReadyCheck[]>): void {
  let stopping = false
  app.addHook('preClose', async () => { stopping = true })
  app.get('/health/live', { schema: { hide: true } }, async () => ({ status: 'ok' }))
  app.get('/health/ready', { schema: { hide: true } }, async (_request, reply) => {
    const found = stopping ? [{ name: 'process', ok: false, detail: 'stopping' }] : await checks(ready)
    const ok = found.every((check) => check.ok)
    return await reply.code(ok ? 200 : 503).header('cache-control', 'no-store').send({ status: ok ? 'ok' : 'unavailable', checks: found })
  })
}

/** `/metrics` in the text format of Prometheus. */
export function registerMetricsRoute (app: App, metrics: Metrics): void {
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => await reply.type(metrics.registry.contentType).send(await metrics.text()))
}

/** The OpenAPI document at `/openapi.json`, written once. */
export function registerDocument (app: App, document: () => object): void {
  let text: string | undefined
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    text ??= JSON.stringify(document())
    return await reply.type('application/json; charset=utf-8').send(text)
  })
}

/** Times every request by its route (never its address, which holds ids), and logs those that failed or were slow. */
export function registerRequestMetrics (app: App, metrics: Metrics, logger: Logger): void {
  const verbose = logger.isLevelEnabled('debug')
  const durations = metrics.histogram('http_request_duration_seconds', 'Time from the head of a request to the end of its answer', ['method', 'route', 'status'])
  const series = new Map<string, { observe (seconds: number): void }>()

  app.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const route = request.routeOptions.url ?? 'none'
    const id = `${request.method} ${route} ${reply.statusCode}`
    let observer = series.get(id)
    if (observer === undefined) {
      // Looked up once per series: hashing labels costs more than observing.
      observer = durations.labels({ method: request.method, route, status: String(reply.statusCode) })
      series.set(id, observer)
    }
    const ms = reply.elapsedTime
    observer.observe(ms / 1000)
    if (reply.statusCode >= 500 || ms > slowMs) request.log.warn({ method: request.method, route, status: reply.statusCode, ms: Math.round(ms) }, 'request answered')
    else if (verbose) request.log.debug({ method: request.method, route, status: reply.statusCode, ms: Math.round(ms) }, 'request answered')
    done()
  })
}

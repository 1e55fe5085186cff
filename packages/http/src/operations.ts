import type { Logger, Metrics } from '@dueline/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from './principal.ts'
import { fixedText } from './compression.ts'
import { inTraceOf } from './request-context.ts'
import type { App } from './types.ts'

/** One thing that must work before requests are sent here. */
export interface ReadyCheck {
  name: string
  ok: boolean
  detail?: string
}

/** Longer is as good as not ready: the prober has given up. */
const readyTimeoutMs = 2_000
/** Slower answers are logged, whatever their status. */
const slowMs = 1_000

async function checks (ready: () => Promise<ReadyCheck[]>): Promise<ReadyCheck[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<ReadyCheck[]>((resolve) => {
    timer = setTimeout(
      () => resolve([{ name: 'ready', ok: false, detail: `no answer within ${readyTimeoutMs} ms` }]),
      readyTimeoutMs
    )
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
  app.addHook('preClose', async () => {
    stopping = true
  })
  app.get('/health/live', { schema: { hide: true } }, async () => ({ status: 'ok' }))
  app.get('/health/ready', { schema: { hide: true } }, async (_request, reply) => {
    const found = stopping ? [{ name: 'process', ok: false, detail: 'stopping' }] : await checks(ready)
    const ok = found.every((check) => check.ok)
    return await reply.code(ok ? 200 : 503).header('cache-control', 'no-store').send({
      status: ok ? 'ok' : 'unavailable',
      checks: found
    })
  })
}

/** `/metrics` in the text format of Prometheus. */
export function registerMetricsRoute (app: App, metrics: Metrics): void {
  app.get(
    '/metrics',
    { schema: { hide: true } },
    async (_request, reply) => await reply.type(metrics.registry.contentType).send(await metrics.text())
  )
}

/** The OpenAPI document at `/openapi.json`, written once. */
export function registerDocument (app: App, document: () => object): void {
  const answer = fixedText(() => JSON.stringify(document()), 'application/json; charset=utf-8')
  app.get('/openapi.json', { schema: { hide: true } }, answer)
}

/** Who called, for the log. */
function callerOf ({ principal }: FastifyRequest): object {
  // There is none where nobody was asked for a token, or where it was refused.
  if ((principal as Principal | null) === null) return {}
  const { tenantId: tenant, subject, personId, roles } = principal
  return { tenant, subject, ...(personId === subject ? {} : { person: personId }), roles }
}

/** What is asked by machines every few seconds. */
const probes = /^\/(health\/|metrics$)/

/** In place of a status, in the log and the metrics, where the caller has left before there was one; as nginx says. */
const callerLeft = 499

/**
 * Times every request by its route (never its address, which holds ids and what was searched for) and writes a line
 * when it is answered: who asked what, with which outcome. Answers of 5xx and slow ones are warnings; probes are for
 * `debug`.
 */
export function registerRequestMetrics (app: App, metrics: Metrics, logger: Logger): void {
  const help = 'Time from the head of a request to the end of its answer'
  const durations = metrics.histogram('dueline_http_request_duration_seconds', help, ['method', 'route', 'status'])
  const series = new Map<string, { observe(seconds: number): void }>()

  function answered (request: FastifyRequest, reply: FastifyReply): void {
    const { method } = request
    const route = request.routeOptions.url ?? 'none'
    // who has left before the head of the answer was sent got none
    const status = reply.raw.headersSent ? reply.statusCode : callerLeft
    const id = `${method} ${route} ${status}`
    let observer = series.get(id)
    if (observer === undefined) {
      // Looked up once per series: hashing labels costs more than observing.
      observer = durations.labels({ method, route, status: String(status) })
      series.set(id, observer)
    }
    const ms = reply.elapsedTime
    const { endless = false } = request.routeOptions.config
    // How long a stream was open says nothing about how fast it is.
    if (!endless) observer.observe(ms / 1000)
    const level = status >= 500 || (ms > slowMs && !endless) ? 'warn' : probes.test(route) ? 'debug' : 'info'
    if (logger.isLevelEnabled(level)) {
      const left = reply.raw.writableFinished ? {} : { left: true }
      const answer = { method, route, status, ms: Math.round(ms) }
      // an answer ends in the context of its connection
      inTraceOf(
        request,
        () => logger[level]({ requestId: request.id, ...answer, ...callerOf(request), ...left }, 'request answered')
      )
    }
  }

  const logged = new WeakSet<FastifyReply>()
  function answeredOnce (request: FastifyRequest, reply: FastifyReply): void {
    if (logged.has(reply)) return
    logged.add(reply)
    answered(request, reply)
  }
  app.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    answeredOnce(request, reply)
    done()
  })
  // The hook above is for answers that were written to their end: a caller that leaves before gets its line here.
  app.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    reply.raw.once('close', () => answeredOnce(request, reply))
    done()
  })
}

import { once } from 'node:events'
import { get } from 'node:http'
import t from 'tap'
import { Type } from 'typebox'
import { createLogger, currentTraceparent } from '@dueline/runtime'
import { buildHttp } from '../../src/index.ts'
import { options, testIssuer } from './setup.ts'

type Line = Record<string, unknown>
const issuer = testIssuer({ person: { claim: 'person', ids: true } })

function build (level: 'info' | 'debug' = 'info') {
  const lines: Line[] = []
  const destination = {
    write: (text: string) => {
      lines.push(JSON.parse(text) as Line)
    }
  }
  const logger = createLogger({ service: 'test', level, destination })
  const app = buildHttp({ ...options(), logger, errors: {}, auth: issuer.auth })
  app.route({
    method: 'GET',
    url: '/v1/things/:thingId',
    config: { roles: ['agent', 'manager'] },
    schema: {
      operationId: 'getThing',
      params: Type.Object({ thingId: Type.String() }),
      querystring: Type.Object({ q: Type.Optional(Type.String()) })
    },
    handler: async ({ params: { thingId } }) => {
      if (thingId === 'broken') throw new Error('broken')
      return {}
    }
  })
  const streaming = { operationId: 'stream', produces: ['text/event-stream'] } as object
  app.get('/v1/stream', { config: { roles: 'public' }, schema: streaming }, async (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
    reply.raw.write(':\n\n')
  })
  const answered = () =>
    lines.filter(({ msg }) => msg === 'request answered').map(({ time, service, msg, ...line }) => line)
  return { app, lines, answered }
}

function bearer (claims: object = {}): { authorization: string } {
  const token = issuer.token({ tenant: 'acme', roles: ['agent', 'customer'], sub: 'auth0|7', person: 'p-1', ...claims })
  return { authorization: `Bearer ${token}` }
}

t.test('one line per request: who asked what, with which outcome, and nothing that was asked for', async (t) => {
  const { app, lines, answered } = build()
  t.teardown(() => app.close())
  const headers = { ...bearer(), 'x-request-id': 'request-1', cookie: 'secret-cookie', 'idempotency-key': 'secret-key' }
  await app.inject({ url: '/v1/things/secret-id?q=secret-words', headers })
  const caller = { tenant: 'acme', subject: 'auth0|7', person: 'p-1', roles: ['customer', 'agent'] }
  const route = '/v1/things/:thingId'
  t.match(answered(), [{
    level: 'info',
    requestId: 'request-1',
    method: 'GET',
    route,
    status: 200,
    ms: Number,
    ...caller
  }])
  t.notMatch(JSON.stringify(lines), /secret|eyJ/)
})

t.test('refusals have a line too, with the caller where it is known', async (t) => {
  const { app, answered } = build()
  t.teardown(() => app.close())
  await app.inject({ url: '/v1/things/1' })
  await app.inject({ url: '/v1/things/1', headers: { authorization: 'Bearer made-up' } })
  await app.inject({ url: '/v1/things/1', headers: bearer({ roles: ['customer'] }) })
  await app.inject({ url: '/v1/things/1?other=1', headers: bearer({ person: 'auth0|7' }) })
  await app.inject({ method: 'PUT', url: '/v1/things/1' })
  await app.inject({ url: '/v1/none?q=secret' })
  await app.inject({ url: '/v1/things/broken', headers: bearer() })
  t.match(answered().map(({ status }) => status), [401, 401, 403, 400, 405, 404, 500])
  t.match(answered()[0], { level: 'info', tenant: undefined, subject: undefined })
  t.match(answered()[2], { level: 'info', tenant: 'acme', subject: 'auth0|7', roles: ['customer'] })
  t.match(answered()[3], { tenant: 'acme', person: undefined }, 'whose person is its subject is named once')
  t.match(answered()[5], { route: 'none' })
  t.match(answered()[6], { level: 'warn', tenant: 'acme' })
})

t.test('probes are for debug', async (t) => {
  for (const [level, count] of [['info', 0], ['debug', 3]] as const) {
    const { app, answered } = build(level)
    for (const url of ['/health/live', '/health/ready', '/metrics']) await app.inject({ url })
    t.equal(answered().length, count, level)
    await app.close()
  }
})

t.test('how long a stream was open is no duration of a request', async (t) => {
  const { app, answered } = build()
  t.teardown(async () => await app.close())
  const request = get(`${await app.listen({ port: 0, host: '127.0.0.1' })}/v1/stream`)
  request.on('error', () => {})
  await once(request, 'response')
  request.destroy()
  while (answered().length === 0) await new Promise(setImmediate)
  t.match(answered(), [{ level: 'info', route: '/v1/stream', status: 200, left: true }])
  t.notMatch((await app.inject('/metrics')).body, 'route="/v1/stream"')
})

t.test('what a request does and logs is in its trace, also behind a body and a shared connection', async (t) => {
  const { app, lines, answered } = build()
  t.teardown(async () => await app.close())
  app.post(
    '/v1/notes',
    {
      config: { roles: ['agent'] },
      schema: { operationId: 'addNote', body: Type.Object({ text: Type.String() }) }
    },
    async (request) => {
      await new Promise(setImmediate)
      request.log.info('written')
      return { trace: currentTraceparent() }
    }
  )
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/v1/notes`
  const ids = Array.from({ length: 20 }, (_, i) => String(i + 1).padStart(32, '0'))
  const answers = await Promise.all(ids.map(async (id) => {
    const headers = { ...bearer(), 'content-type': 'application/json', traceparent: `00-${id}-b7ad6b7169203331-01` }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ text: id.repeat(2_000) }) })
    return await response.json() as { trace: string }
  }))
  t.same(answers.map(({ trace }) => trace), ids.map((id) => `00-${id}-b7ad6b7169203331-01`))
  while (answered().length < ids.length) await new Promise(setImmediate)
  t.same(answered().map(({ traceId }) => traceId).sort(), ids)
  t.same(lines.filter(({ msg }) => msg === 'written').map(({ traceId }) => traceId).sort(), ids)
})

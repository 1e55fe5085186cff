import { EventEmitter, once } from 'node:events'
import { get } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
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

t.test('a caller that leaves before its answer has a line, with 499, and what is answered has one only', async (t) => {
  const { app, answered } = build()
  t.teardown(async () => await app.close())
  const stages = new EventEmitter()
  const [begun, left] = [once(stages, 'begun'), once(stages, 'left')]
  app.get(
    '/v1/slow',
    { config: { roles: 'public' }, schema: { operationId: 'getSlow' } },
    async (request) => {
      request.raw.socket.once('close', () => stages.emit('left'))
      stages.emit('begun')
      await left
      return { late: true }
    }
  )
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const request = get(`${url}/v1/slow`, { headers: { 'x-request-id': 'request-left' } })
  request.on('error', () => {})
  await begun
  request.destroy()
  await left
  while (answered().length === 0) await new Promise(setImmediate)
  t.equal((await fetch(`${url}/v1/slow`)).status, 200)
  while (answered().length < 2) await new Promise(setImmediate)
  t.match(answered(), [
    { level: 'info', requestId: 'request-left', route: '/v1/slow', status: 499, left: true },
    { route: '/v1/slow', status: 200, left: undefined }
  ])
  t.equal(answered().length, 2)
  t.match((await app.inject('/metrics')).body, /route="\/v1\/slow",status="499"/)
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

/** What a server answers to bytes that are sent as they are. */
async function answerTo (url: string, sent: string): Promise<{ head: string, body: any }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.end(sent)
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  return { head, body: JSON.parse(body) }
}

t.test('what never became a request is a whole problem, and found in the log in a trace of its own', async (t) => {
  const { app, lines, answered } = build()
  t.teardown(async () => await app.close())
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const members = Object.keys((await app.inject('/v1/none')).json()).sort()
  lines.length = 0
  const sent = [
    [431, `GET /v1/things/${'a'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`],
    [431, `GET / HTTP/1.1\r\nhost: a\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`],
    [400, 'HELLO\r\n\r\n'],
    [405, 'CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n']
  ] as const
  for (const [status, bytes] of sent) {
    const { head, body } = await answerTo(url, bytes)
    t.same(Object.keys(body).sort(), members, `${status} has the members of every problem`)
    t.match(body, { status, requestId: /^.{8,}$/ })
    t.match(head, `x-request-id: ${body.requestId}`)
    const [line] = answered().splice(-1)
    t.match(line, { level: 'info', requestId: body.requestId, route: 'none', status, traceId: /^[0-9a-f]{32}$/ })
  }
  t.equal(new Set(answered().map(({ traceId }) => traceId)).size, sent.length)
})

t.test('what fails while a body is read is logged in the trace of its request', async (t) => {
  const { app, lines, answered } = build()
  t.teardown(async () => await app.close())
  app.addContentTypeParser('text/failing', { parseAs: 'string' }, async () => {
    throw new Error('read wrongly')
  })
  app.post('/v1/notes', { config: { roles: ['agent'] }, schema: { operationId: 'addNote' } }, async () => ({}))
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/v1/notes`
  const traceId = '1'.repeat(32)
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`
  for (
    const [status, type, body] of [
      [500, 'text/failing', 'x'.repeat(200_000)],
      [400, 'application/json', `{${' '.repeat(200_000)}`],
      [413, 'application/json', JSON.stringify('x'.repeat(2_000_000))]
    ] as const
  ) {
    lines.length = 0
    const headers = { ...bearer(), 'content-type': type, traceparent }
    const response = await fetch(url, { method: 'POST', headers, body })
    t.match(await response.json(), { status, requestId: response.headers.get('x-request-id') })
    while (answered().length === 0) await new Promise(setImmediate)
    t.same([...new Set(lines.map((line) => line.traceId))], [traceId], `${status}: every line`)
  }
})

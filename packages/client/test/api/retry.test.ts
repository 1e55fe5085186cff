import t from 'tap'
import { createClient } from '../../src/index.ts'
import { retryAfterMs } from '../../src/retry.ts'
import { hangUp, later, ofStatus, problem, startServer, type Reply } from './server.ts'

const fast = { firstWaitMs: 1, token: 'secret' }

t.test('what may pass is tried again', async (t) => {
  const server = await startServer(t)
  const client = createClient({ url: server.url, ...fast })
  const brokenOff: Reply = (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
    response.write('{"half', () => response.destroy())
  }
  const passing: [string, Reply][] = [
    ['no answer', hangUp],
    ['half an answer', brokenOff],
    ...[429, 502, 503, 504].map((status): [string, Reply] => [`${status}`, problem(status, 'unavailable')]),
    ['502 of something between', { status: 502, body: '<html>' }]
  ]
  for (const [name, reply] of passing) {
    server.came.length = 0
    server.answer(reply, reply, { body: { roles: [] } })
    t.same((await client.get('/v1/me')).data, { roles: [] }, name)
    t.equal(server.came.length, 3)
  }
  for (const status of [400, 403, 404, 409, 412, 500]) {
    server.came.length = 0
    server.answer(problem(status, 'conflict'), { body: {} })
    await t.rejects(client.get('/v1/me'), ofStatus(status))
    t.equal(server.came.length, 1, `${status} will not pass`)
  }
})

t.test('a write is sent again with its key only', async (t) => {
  const server = await startServer(t)
  const client = createClient({ url: server.url, ...fast })
  const body = { subject: 'x' }
  for (const reply of [hangUp, problem(503, 'unavailable')]) {
    server.came.length = 0
    server.answer(reply, reply, { status: 201, body: {} })
    await client.post('/v1/tickets', { body })
    const keys = server.came.map(({ headers }) => headers['idempotency-key'])
    t.equal(keys.length, 3)
    t.equal(new Set(keys).size, 1, 'one key for all tries of a call')
    t.equal(new Set(server.came.map((each) => each.body)).size, 1)
  }
  await client.post('/v1/tickets', { body })
  t.not(
    server.came.at(-1)?.headers['idempotency-key'],
    server.came[0]?.headers['idempotency-key'],
    'another for each call'
  )
  await client.post('/v1/tickets', { body, headers: { 'Idempotency-Key': 'mine' } })
  t.equal(server.came.at(-1)?.headers['idempotency-key'], 'mine')

  const path = { ticketId: 'x' }
  const headers = { 'If-Match': '"1"' }
  server.came.length = 0
  server.answer(hangUp, { body: {} })
  await client.patch('/v1/tickets/{ticketId}', { path, headers, body: { priority: 'P1' } })
  t.equal(new Set(server.came.map((each) => each.headers['idempotency-key'])).size, 1, 'a change has a key too')
  t.same(server.came.map((each) => each.headers['if-match']), ['"1"', '"1"'])

  for (const reply of [hangUp, problem(503, 'unavailable')]) {
    server.came.length = 0
    server.answer(reply, { body: {} })
    await t.rejects(client.post('/v1/agreements/resolve', { body: {} as never }), {
      name: reply === hangUp ? 'ConnectionError' : 'ProblemError'
    })
    t.equal(server.came.length, 1, 'what takes no key is not sent again')
  }
})

t.test('the server says how long to wait, and the time of a call is never exceeded', async (t) => {
  const server = await startServer(t)
  const client = createClient({ url: server.url, ...fast })
  const timed = async (fn: () => Promise<unknown>): Promise<number> => {
    const begunMs = performance.now()
    await fn()
    return performance.now() - begunMs
  }
  server.answer(later(429, '1'), { body: {} })
  t.ok(await timed(() => client.get('/v1/me')) >= 995)
  const date = new Date(Date.UTC(2030, 0, 1))
  const after = (ms: number): string => new Date(date.getTime() + ms).toUTCString()
  server.answer(later(503, after(1_000), { date: date.toUTCString() }), { body: {} })
  t.ok(await timed(() => client.get('/v1/me')) >= 995, 'a date counts by the clock of the server')

  server.came.length = 0
  server.answer(later(503, '60'), { body: {} })
  await t.rejects(client.get('/v1/me', { withinMs: 30_000 }), ofStatus(503), 'not waited for')
  t.equal(server.came.length, 1)
  server.answer(problem(503, 'unavailable'))
  await t.rejects(createClient({ url: server.url, ...fast, triesMax: 3 }).get('/v1/me'), ofStatus(503))
  t.equal(server.came.length, 4)
  server.answer(() => {})
  await t.rejects(client.get('/v1/me', { withinMs: 50 }), { name: 'ConnectionError', message: /within 50 ms/ })
  const hanging = createClient({ url: server.url, token: () => new Promise<string>(() => {}) })
  await t.rejects(hanging.get('/v1/me', { withinMs: 50 }), { name: 'ConnectionError' }, 'tokens count too')

  const headers = (value: string): Headers => new Headers({ 'retry-after': value })
  t.same(['0', '12', 'soon', '-1', ''].map((value) => retryAfterMs(headers(value))), [
    0,
    12_000,
    undefined,
    undefined,
    undefined
  ])
  t.equal(retryAfterMs(headers(new Date(0).toUTCString())), 0, 'what is over is now')
})

t.test('the caller can leave', async (t) => {
  const server = await startServer(t)
  const client = createClient({ url: server.url, ...fast })
  const leaving = new AbortController()
  server.answer(() => leaving.abort(new Error('enough')))
  await t.rejects(client.get('/v1/me', { signal: leaving.signal }), { message: 'enough' })
  t.equal(server.came.length, 1)
  await t.rejects(client.get('/v1/me', { signal: AbortSignal.abort(new Error('before')) }), { message: 'before' })
  t.equal(server.came.length, 1, 'nothing was sent')
  const waiting = new AbortController()
  server.answer((response) => {
    response.writeHead(503, { 'retry-after': '20' }).end()
    setImmediate(() => waiting.abort(new Error('not for so long')))
  })
  await t.rejects(client.get('/v1/me', { signal: waiting.signal }), { message: 'not for so long' })
})

t.test('each try has a fresh token; a refused one is replaced once', async (t) => {
  const server = await startServer(t)
  let made = 0
  const client = createClient({ url: server.url, firstWaitMs: 1, token: async () => `token-${++made}` })
  const used = () => server.came.splice(0).map(({ headers }) => headers['authorization'])
  server.answer(problem(503, 'unavailable'), problem(401, 'unauthenticated'), { body: {} })
  await client.get('/v1/me')
  t.same(used(), ['Bearer token-1', 'Bearer token-2', 'Bearer token-3'])
  server.answer(problem(401, 'unauthenticated'), { body: {} })
  await client.patch('/v1/tickets/{ticketId}', {
    path: { ticketId: 'x' },
    headers: { 'If-Match': '"1"' },
    body: { priority: 'P1' }
  })
  t.equal(used().length, 2, 'a write too: it was not done')
  server.answer(problem(401, 'unauthenticated'))
  await t.rejects(client.get('/v1/me'), ofStatus(401))
  t.equal(used().length, 2)
  await t.rejects(createClient({ url: server.url, ...fast }).get('/v1/me'), ofStatus(401))
  t.equal(used().length, 1, 'a token that is given is the only one')
  const broken = createClient({ url: server.url, token: () => Promise.reject(new Error('signed out')) })
  await t.rejects(broken.get('/v1/me'), { message: 'signed out' })
  server.answer({ body: {} })
  await createClient({ url: server.url }).get('/v1/me')
  t.same(used(), [undefined])
})

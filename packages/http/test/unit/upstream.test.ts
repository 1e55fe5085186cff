import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from '@dueline/runtime'
import { silentLogger } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { createUpstream, Problem, UpstreamRefusal } from '../../src/index.ts'

const isThing = (body: unknown): body is { id: string } => typeof (body as { id?: unknown }).id === 'string'

/** A server whose answers are made by `answer`, counted from 1, and an upstream that asks it. */
async function start (
  t: Test,
  answer: (response: ServerResponse, attempt: number, request: IncomingMessage) => void,
  timeoutMs = 20_000
) {
  let attempts = 0
  const server = createServer((request, response) => answer(response, ++attempts, request))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const warnings: unknown[][] = []
  const logger = { ...silentLogger, warn: (...line: unknown[]) => warnings.push(line) } as unknown as Logger
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`
  const upstream = createUpstream({ name: 'the thing service', url, timeoutMs, logger })!
  return {
    upstream,
    server,
    warnings,
    attempts: () => attempts,
    get: upstream.get('/v1/things/1', 'Bearer x', isThing)
  }
}

const send = (response: ServerResponse, status: number, body: unknown = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

t.test('an answer comes of one question, below the base address and in the name of the caller', async (t) => {
  const { get, attempts } = await start(
    t,
    (response, _, { url, headers: { authorization } }) => send(response, 200, { id: `${url} ${authorization}` })
  )
  t.same(await get, { id: '/base/v1/things/1 Bearer x' })
  t.equal(attempts(), 1)
})

t.test('no connection is kept that a stop would wait for', async (t) => {
  const { get } = await start(
    t,
    (response, _, { headers: { connection } }) => send(response, 200, { id: connection })
  )
  t.same(await get, { id: 'close' })
})

t.test('404 is an answer: it does not exist', async (t) => {
  const { get, attempts } = await start(t, (response) => send(response, 404))
  t.equal(await get, undefined)
  t.equal(attempts(), 1)
})

for (const status of [400, 401, 403, 405, 409, 410, 422]) {
  t.test(`${status} is a fault of ours: said at once and not hidden as one of the caller`, async (t) => {
    const { get, attempts } = await start(t, (response) => send(response, status))
    await t.rejects(get, { name: 'UpstreamRefusal', message: new RegExp(`^the thing service refused .* ${status}`) })
    await t.rejects(get, UpstreamRefusal)
    t.equal(attempts(), 1, 'and asked once')
  })
}

for (const status of [408, 425, 429, 500, 502, 503]) {
  t.test(`after ${status} it is asked again`, async (t) => {
    const { get, attempts, warnings } = await start(
      t,
      (response, attempt) => send(response, attempt < 3 ? status : 200, { id: 'a' })
    )
    t.same(await get, { id: 'a' })
    t.same([attempts(), warnings.length], [3, 2])
  })
}

const isAway = { entry: { status: 503 }, message: 'the thing service cannot be asked at the moment' }

t.test('three failures end in a 503 that names the upstream', async (t) => {
  const { get, attempts } = await start(t, (response) => send(response, 500))
  await t.rejects(get, isAway)
  await t.rejects(get, Problem)
  t.equal(attempts(), 3)
})

t.test('so does an answer that is not understood, a redirect, and nobody there', async (t) => {
  const odd = await start(t, (response) => send(response, 200, { id: 1 }))
  await t.rejects(odd.get, isAway)
  const elsewhere = await start(t, (response) => response.writeHead(302, { location: '/v1/things/2' }).end())
  await t.rejects(elsewhere.get, isAway)
  const { upstream, server, get } = await start(t, (response) => send(response, 404))
  await get
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await t.rejects(upstream.get('/v1/things/1', 'Bearer x', isThing), isAway)
})

t.test('all attempts together wait no longer than they may', async (t) => {
  const { get, attempts } = await start(t, () => {}, 100)
  await t.rejects(get, isAway)
  t.equal(attempts(), 1, 'the first one has used the time up')
})

t.test('without an address there is no upstream', (t) => {
  t.equal(createUpstream({ name: 'x', url: undefined, timeoutMs: 1, logger: silentLogger }), undefined)
  t.end()
})

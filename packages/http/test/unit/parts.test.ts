import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { createPoller } from '@dueline/runtime'
import t from 'tap'
import { Type } from 'typebox'
import {
  buildHttp,
  decodeCursor,
  defineErrors,
  encodeCursor,
  etagOf,
  Problem,
  requireIfMatch,
  runService,
  toPage
} from '../../src/index.ts'
import { closed, serialisable } from '../../src/validation.ts'
import { options } from './setup.ts'

t.test('cursors go round, and anything else is a 400', async (t) => {
  const position = Type.Tuple([Type.String(), Type.Integer()])
  t.same(decodeCursor(encodeCursor(['a', 5]), position), ['a', 5])
  for (const bad of ['', '%%%', 'bm9wZQ', encodeCursor(['a', 'b']), encodeCursor({}), encodeCursor(null)]) {
    t.throws(() => decodeCursor(bad, position), { name: 'Problem', entry: { code: 'validation_failed' } }, bad)
  }
})

t.test('pages', async (t) => {
  t.same(toPage([1, 2], 2, String), { items: [1, 2], nextCursor: null })
  t.same(toPage([1, 2, 3], 2, String), { items: [1, 2], nextCursor: encodeCursor('2') })
  t.same(toPage([], 2, String), { items: [], nextCursor: null })
})

t.test('If-Match', async (t) => {
  const check = (header: string | undefined) => {
    try {
      requireIfMatch({ headers: { 'if-match': header } } as never, 7)
      return 'ok'
    } catch (error) {
      return (error as Problem).entry.code
    }
  }
  t.equal(etagOf(7), '"7"')
  t.equal(check(undefined), 'precondition_required')
  for (const header of ['"7"', 'W/"7"', '"6", "7"', '"6",W/"7"', '"7.k3v0x2ab"', '*', ' * ']) {
    t.equal(check(header), 'ok', header)
  }
  for (const header of ['"6"', 'W/"6"', '"6", "8"', '""', '"*"', '"77"']) {
    t.equal(check(header), 'precondition_failed', header)
  }
  for (const header of ['7', '', 'W/7', '"7', '7"', "'7'", '"7" "8"', '"6", 7', '*, "7"', 'w/"7"', '"a b"']) {
    t.equal(check(header), 'validation_failed', header)
  }
  try {
    requireIfMatch({ headers: { 'if-match': '7' } } as never, 7)
    t.fail('a tag without quotes is taken')
  } catch (error) {
    t.match((error as Problem).options.faults, [{ in: 'header', pointer: '/if-match', message: /in quotes/ }])
  }
})

t.test('error tables are checked', async (t) => {
  t.same(defineErrors({ a_b: { status: 409, title: 'T' } }).a_b, { code: 'a_b', status: 409, title: 'T' })
  t.throws(() => defineErrors({ aB: { status: 409, title: 'T' } }), /snake_case/)
  t.throws(() => defineErrors({ ab: { status: 200, title: 'T' } }), /error status/)
})

t.test('closing schemas', async (t) => {
  t.match(closed(Type.Object({ a: Type.Array(Type.Object({ b: Type.String() })) })), {
    additionalProperties: false,
    properties: { a: { items: { additionalProperties: false } } }
  })
  t.same(
    (closed(Type.Object({}, { additionalProperties: true })) as { additionalProperties: boolean }).additionalProperties,
    true
  )
  t.notOk('additionalProperties' in (closed(Type.Record(Type.String(), Type.Integer())) as object))
  const both = closed(Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.String() })])) as {
    allOf: object[],
    unevaluatedProperties: boolean
  }
  t.equal(both.unevaluatedProperties, false)
  t.notOk('additionalProperties' in both.allOf[0]!)
  t.same(closed({ type: 'object', properties: { properties: { type: 'string' } } }), {
    type: 'object',
    properties: { properties: { type: 'string' } },
    additionalProperties: false
  }, 'a field may be called properties')
})

t.test('nullable for the serialiser', async (t) => {
  t.same(serialisable({ anyOf: [{ type: 'string', pattern: 'a' }, { type: 'null' }] }), {
    type: 'string',
    pattern: 'a',
    nullable: true
  })
  const union = { anyOf: [{ type: 'string' }, { type: 'integer' }] }
  t.same(serialisable(union), union)
})

t.test('a service starts, answers, and stops in reverse; a second stop changes nothing', async (t) => {
  const app = buildHttp({ ...options(), errors: {} })
  const order: string[] = []
  const { logger } = options()
  const poller = createPoller({ name: 'work', idleMs: 1, logger, run: async () => 'idle' })
  const loop = (name: string) => ({
    name,
    start: async () => {
      order.push(`start ${name}`)
      await poller.start()
    },
    stop: async () => {
      order.push(`stop ${name}`)
      await poller.stop()
    }
  })
  const running = await runService({ http: app, loops: [loop('a'), loop('b')] }, { host: '127.0.0.1', port: 0, logger })
  t.equal((await fetch(`${running.url}/health/live`)).status, 200)
  await Promise.all([running.stop(1_000), running.stop(1_000)])
  t.same(order, ['start a', 'start b', 'stop b', 'stop a'])
  await t.rejects(fetch(`${running.url}/health/live`))
})

t.test('what started is stopped when something does not start', async (t) => {
  const order: string[] = []
  const { logger } = options()
  const good = {
    name: 'good',
    start: async () => {
      order.push('start')
    },
    stop: async () => {
      order.push('stop')
    }
  }
  const bad = {
    name: 'bad',
    start: async () => {
      throw new Error('cannot')
    },
    stop: async () => {
      order.push('never')
    }
  }
  await t.rejects(
    runService({ http: buildHttp({ ...options(), errors: {} }), loops: [good, bad] }, {
      host: '127.0.0.1',
      port: 0,
      logger
    }),
    /cannot/
  )
  t.same(order, ['start', 'stop'])
})

t.test('connections that were opened ahead of need do not delay a stop', async (t) => {
  const app = buildHttp({ ...options(), errors: {} })
  const running = await runService({ http: app, loops: [] }, { host: '127.0.0.1', port: 0, logger: options().logger })
  const accepted = once(app.server, 'connection')
  const silent = connect(Number(new URL(running.url).port), '127.0.0.1')
  silent.on('error', () => {})
  const gone = once(silent, 'close')
  await accepted
  // Long before the grace is over: the test would not live to see that.
  await running.stop(3_600_000)
  await gone
})

t.test('a caller whose connection rests when a service stops is answered once more, and learns of it', async (t) => {
  const running = await runService({ http: buildHttp({ ...options(), errors: {} }), loops: [] }, {
    host: '127.0.0.1',
    port: 0,
    logger: options().logger
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = async (
    path: string
  ): Promise<{ reused: boolean, status: number | undefined, connection: string | undefined }> => {
    const request = get(`${running.url}${path}`, { agent })
    const [response] = await once(request, 'response') as [IncomingMessage]
    await once(response.resume(), 'end')
    // the agent takes the connection back in the next turn
    await new Promise(setImmediate)
    return { reused: request.reusedSocket, status: response.statusCode, connection: response.headers.connection }
  }
  t.same(await ask('/health/ready'), { reused: false, status: 200, connection: 'keep-alive' })
  const stopped = running.stop(10_000)
  t.same(await ask('/openapi.json'), { reused: true, status: 200, connection: 'close' })
  await stopped
})

t.test('a request that has reached a busy process before its connection ends is answered', async (t) => {
  const app = buildHttp({ ...options(), errors: {} })
  const parting = new Promise<void>((resolve) => app.addHook('preClose', async () => resolve()))
  const running = await runService({ http: app, loops: [] }, { host: '127.0.0.1', port: 0, logger: options().logger })
  const caller = connect(Number(new URL(running.url).port), '127.0.0.1')
  caller.setEncoding('utf8')
  const ask = (): boolean => caller.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n')
  ask()
  const [first] = await once(caller, 'data') as [string]
  t.match(first, 'Connection: keep-alive')
  const stopped = running.stop(10_000)
  await parting
  await new Promise(setImmediate)
  ask()
  // the process has so much to do that the callers' time is over before it reads again
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500)
  const [answer] = await Promise.race([once(caller, 'data'), once(caller, 'close')]) as [string | boolean]
  t.match(answer, /^HTTP\/1.1 200 [^]*Connection: close/)
  await stopped
})

t.test('an open stream does not keep a service from stopping', async (t) => {
  const app = buildHttp({ ...options(), errors: {} })
  app.get('/v1/stream', { config: { roles: 'public' }, schema: { operationId: 'stream' } }, async (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
    reply.raw.write(':\n\n')
  })
  const running = await runService({ http: app, loops: [] }, { host: '127.0.0.1', port: 0, logger: options().logger })
  const request = get(`${running.url}/v1/stream`)
  request.on('error', () => {})
  const [response] = await once(request, 'response')
  response.on('error', () => {})
  const closed = new Promise((resolve) => response.on('close', resolve))
  await running.stop(50)
  await closed
  t.pass('cut after the grace')
})

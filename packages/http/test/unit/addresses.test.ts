import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { METHODS } from 'node:http'
import t from 'tap'
import { Uuid } from '@dueline/contracts'
import { Type } from 'typebox'
import { buildHttp } from '../../src/index.ts'
import { options, testIssuer } from './setup.ts'

const id = '01900000-0000-7000-8000-000000000001'
const issuer = testIssuer()
const bearer = { authorization: `Bearer ${issuer.token({ tenant: 'acme', roles: ['agent'] })}` }

function build () {
  const app = buildHttp({ ...options(), errors: {}, auth: issuer.auth })
  const params = Type.Object({ thingId: Uuid })
  const config = { roles: ['agent'] as const }
  app.get(
    '/v1/things',
    { config, schema: { operationId: 'listThings' } },
    async (request, reply) => reply.header('etag', '"3"').send({ url: request.url, host: request.host })
  )
  app.post('/v1/things', { config, schema: { operationId: 'createThing', body: Type.Object({}) } }, async () => ({}))
  app.delete('/v1/things/:thingId', { config, schema: { operationId: 'deleteThing', params } }, async () => ({}))
  app.post('/v1/things/actions', { config, schema: { operationId: 'act' } }, async () => ({}))
  app.get(
    '/v1/stream',
    { config: { roles: 'public' }, schema: { operationId: 'stream', produces: ['text/event-stream'] } as object },
    async (request, reply) => {
      if (request.method === 'HEAD') return await reply.type('text/event-stream').send('')
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
      reply.raw.write(':\n\n')
    }
  )
  return app
}

/** What a server that listens answers to these very bytes: status line, head, body. */
async function listening (t: { teardown(fn: () => unknown): unknown }, app = build()) {
  t.teardown(async () => await app.close())
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
  return async (sent: string) => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(sent)
    const [head = '', ...body] = (await text(socket)).split('\r\n\r\n')
    return { status: Number(head.split(' ')[1]), head, body: body.join('\r\n\r\n') }
  }
}

t.test(
  'a method that an address does not take is answered with which it takes, with or without body, type and token',
  async (t) => {
    const app = build()
    t.teardown(() => app.close())
    const refused = await app.inject({ method: 'PATCH', url: `/v1/things/${id}?token=secret`, payload: { a: 1 } })
    t.match(refused, {
      statusCode: 405,
      headers: { allow: 'DELETE, OPTIONS', 'content-type': 'application/problem+json; charset=utf-8' }
    })
    t.match(refused.json(), {
      code: 'method_not_allowed',
      status: 405,
      instance: `/v1/things/${id}`,
      detail: `/v1/things/${id} takes DELETE, OPTIONS`
    })
    t.equal(
      (await app.inject({ method: 'PUT', url: '/v1/things/actions' })).headers.allow,
      'OPTIONS, POST',
      'an address that a route has letter by letter is no id of another one'
    )
    for (const headers of [{}, bearer]) {
      const batch = await app.inject({ method: 'DELETE', url: '/v1/things/actions?x=1', headers })
      t.match(batch, { statusCode: 405, headers: { allow: 'OPTIONS, POST' } })
    }
    t.equal((await app.inject({ method: 'POST', url: '/health/live' })).headers.allow, 'GET, HEAD, OPTIONS')
    const bodies = [
      {},
      { payload: '{', headers: { 'content-type': 'application/json' } },
      { payload: 'x', headers: { 'content-type': 'text/plain' } },
      { payload: 'x', headers: { 'content-type': 'none of that' } },
      { payload: 'x'.repeat(2_000_000) },
      { payload: 'x', headers: { 'content-encoding': 'gzip' } }
    ]
    for (const body of bodies) {
      for (const headers of [{}, bearer]) {
        const answer = await app.inject({
          method: 'PUT',
          url: '/v1/things',
          ...body,
          headers: { ...body.headers, ...headers }
        })
        t.match(answer, { statusCode: 405, headers: { allow: 'GET, HEAD, OPTIONS, POST' } })
      }
    }
    for (const url of ['/v1/none', '/v1/none/', '/v1', `/v1/things/${'a'.repeat(200)}`]) {
      t.match(
        await app.inject({ method: 'PUT', url, payload: 'x' }),
        { statusCode: 404, headers: { allow: undefined } },
        url
      )
    }
  }
)

t.test('every other method that Node reads gets 405, and none hides behind its body', async (t) => {
  const answerTo = await listening(t)
  const others = METHODS.filter((method) => !['GET', 'HEAD', 'POST', 'OPTIONS', 'CONNECT'].includes(method))
  t.ok(others.includes('QUERY'))
  for (const method of others) {
    for (
      const body of [
        '\r\n',
        'content-length: 2\r\n\r\n{}',
        'content-type: application/json\r\ncontent-length: 2\r\n\r\n{}'
      ]
    ) {
      const { status, head } = await answerTo(
        `${method} /v1/things HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${body}`
      )
      t.match([status, head], [405, 'allow: GET, HEAD, OPTIONS, POST'], `${method} ${body}`)
    }
  }
  t.match(await answerTo('CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n'), {
    status: 405,
    head: 'content-type: application/problem+json'
  })
})

t.test('HEAD is GET without a body, and asks for a token like it', async (t) => {
  const app = build()
  t.teardown(() => app.close())
  t.equal((await app.inject({ method: 'HEAD', url: '/v1/things' })).statusCode, 401)
  t.equal((await app.inject({ method: 'HEAD', url: '/v1/things/actions', headers: bearer })).statusCode, 405)
  t.equal((await app.inject({ method: 'HEAD', url: '/v1/none', headers: bearer })).statusCode, 404)
  t.equal((await app.inject({ method: 'HEAD', url: '/v1/things?x=1', headers: bearer })).statusCode, 400)
  for (const url of ['/v1/things', '/openapi.json', '/health/live', '/health/ready', '/metrics']) {
    const [got, head] = await Promise.all(
      (['GET', 'HEAD'] as const).map(async (method) => await app.inject({ method, url, headers: bearer }))
    )
    t.equal(head!.statusCode, 200, url)
    t.equal(head!.body, '')
    t.equal(head!.headers['content-type'], got!.headers['content-type'])
    if (url !== '/metrics') t.equal(head!.headers['content-length'], got!.headers['content-length'])
  }
  t.equal(
    (await app.inject({ method: 'HEAD', url: '/v1/things', headers: { ...bearer, 'if-none-match': '"3"' } }))
      .statusCode,
    304
  )
  t.match(
    await app.inject({ method: 'HEAD', url: '/v1/stream' }),
    { statusCode: 200, headers: { 'content-type': 'text/event-stream' }, body: '' },
    'a stream is not begun'
  )
})

t.test('OPTIONS says what an address takes, without a token', async (t) => {
  const app = build()
  t.teardown(() => app.close())
  for (
    const [url, allow] of [
      ['/v1/things', 'GET, HEAD, OPTIONS, POST'],
      [`/v1/things/${id}`, 'DELETE, OPTIONS'],
      ['/openapi.json', 'GET, HEAD, OPTIONS']
    ]
  ) {
    t.match(await app.inject({ method: 'OPTIONS', url: url!, payload: 'x' }), {
      statusCode: 204,
      headers: { allow, 'content-length': '0' },
      body: ''
    })
  }
  t.equal((await app.inject({ method: 'OPTIONS', url: '/v1/none' })).statusCode, 404)
  const preflight = { origin: 'https://app.example', 'access-control-request-method': 'GET' }
  t.match(await app.inject({ method: 'OPTIONS', url: '/v1/things', headers: preflight }), {
    statusCode: 204,
    headers: { 'access-control-allow-origin': undefined }
  })
  const answerTo = await listening(t)
  t.match(await answerTo('OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'), { status: 204 })
})

t.test('the whole address as request target is served as its path', async (t) => {
  const answerTo = await listening(t)
  const head = `host: other\r\nconnection: close\r\nauthorization: ${bearer.authorization}\r\n\r\n`
  for (
    const [target, url] of [
      ['http://any:81/v1/things', '/v1/things'],
      ['HTTPS://any:81/v1/things?', '/v1/things?']
    ] as const
  ) {
    const { status, body } = await answerTo(`GET ${target} HTTP/1.1\r\n${head}`)
    t.equal(status, 200, target)
    t.same(JSON.parse(body), { url, host: 'any:81' }, 'the host of the address counts')
  }
  t.match(await answerTo(`GET http://any/v1/things?x=1 HTTP/1.1\r\n${head}`), { status: 400 })
  t.match(await answerTo(`PUT http://any/v1/things HTTP/1.1\r\n${head}`), { status: 405 })
  t.match(await answerTo(`GET http://any HTTP/1.1\r\n${head}`), { status: 404 })
  t.match(await answerTo(`GET ftp://any/v1/things HTTP/1.1\r\n${head}`), { status: 404 })
})

t.test('a parameter that is no percent-encoded UTF-8 is refused by name, another comes as meant', async (t) => {
  const app = buildHttp({ ...options(), errors: {}, auth: issuer.auth })
  const querystring = Type.Object({ q: Type.Optional(Type.String()) })
  app.get(
    '/v1/things',
    { config: { roles: ['agent'] }, schema: { operationId: 'listThings', querystring } },
    (request) => (request.query as { q: string }).q
  )
  const ask = async (query: string, headers: object = bearer) =>
    await app.inject({ url: `/v1/things?${query}`, headers: headers as typeof bearer })
  const message = 'must be percent-encoded UTF-8; a percent sign itself is %25'
  const fault = (name: string) => ({ in: 'query', pointer: `/${name}`, message })
  // half a character, none at all, a half of a pair, too long a form, no digits, an end that is missing
  for (const text of ['caf%E9', '%FF', '%ED%A0%80', '%C0%AF', '100%', '%zz', 'a%2', 'caf%C3%A9%']) {
    const { statusCode, body } = await ask(`q=${text}`)
    t.equal(statusCode, 400, text)
    t.match(JSON.parse(body), { code: 'validation_failed', errors: [fault('q')] }, text)
  }
  const several = JSON.parse((await ask('q=%&x%FF=1&q=%E9&limit=1')).body)
  t.same(several.errors, [fault('q'), fault('x%FF')], 'each name once')
  t.equal((await ask('q=%FF', {})).statusCode, 401, 'callers who are unknown hear nothing else')
  for (
    const [sent, meant] of [['caf%C3%A9', 'café'], ['100%25', '100%'], ['a+%2B%26', 'a +&'], [
      '%F0%9F%94%A5',
      '🔥'
    ]] as const
  ) {
    t.match(await ask(`q=${sent}`), { statusCode: 200, body: meant })
  }
})

t.test('what never becomes a request is answered with a problem too', async (t) => {
  const answerTo = await listening(t)
  const long = await answerTo(`GET / HTTP/1.1\r\nhost: a\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`)
  t.match(long, { status: 431, head: 'content-type: application/problem+json; charset=utf-8' })
  t.match(JSON.parse(long.body), { status: 431, code: 'headers_too_large', detail: /16 KiB; ask for long lists/ })
  const { status, body } = await answerTo('HELLO\r\n\r\n')
  t.equal(status, 400)
  t.match(JSON.parse(body), { status: 400, code: 'validation_failed', detail: 'this is no HTTP request' })
})

t.test('a request that does not come is cut in time, wherever it stops', async (t) => {
  const app = build()
  t.match(app.server, { headersTimeout: 30_000, requestTimeout: 30_000 }, 'as the description of 408 says')
  const answerTo = await listening(t, app)
  // the same clockwork, with less patience
  app.server.headersTimeout = app.server.requestTimeout = 300
  const post = 'POST /v1/things HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n'
  const slow = {
    'in its head': 'GET /v1/things HTTP/1.1\r\nhost: a\r\n',
    'in its body': `${post}authorization: ${bearer.authorization}\r\n\r\n{`,
    'before its body': `${post}authorization: ${bearer.authorization}\r\n\r\n`
  }
  await Promise.all(
    Object.entries(slow).map(async ([where, sent]) => {
      const { status, body } = await answerTo(sent)
      t.equal(status, 408, where)
      t.match(JSON.parse(body), { code: 'request_timeout' })
    })
  )
  const { status, body } = await answerTo(`${post}\r\n{`)
  t.equal(status, 401, 'who has been answered already')
  t.equal(JSON.parse(body).code, 'unauthenticated', 'hears nothing more, and the connection ends')
})

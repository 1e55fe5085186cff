import t from 'tap'
import { nullable } from '@dueline/contracts'
import { Type } from 'typebox'
import { baseErrors, buildHttp, decodeCursor, encodeCursor, problem } from '../../src/index.ts'
import { options } from './setup.ts'

const levels = (count: number) => '{"a":'.repeat(count - 1) + '{}' + '}'.repeat(count - 1)

function build () {
  const app = buildHttp({ ...options(), errors: {} })
  const Tree = Type.Cyclic({ Tree: Type.Object({ a: Type.Optional(Type.Ref('Tree')) }) }, 'Tree')
  app.route({
    method: 'POST',
    url: '/v1/things/:name',
    config: { roles: 'public' },
    schema: {
      operationId: 'createThing',
      params: Type.Object({ name: Type.String() }),
      querystring: Type.Object({ q: Type.Optional(Type.String()) }),
      body: Type.Object({
        custom: Type.Unknown(),
        tree: Type.Optional(Tree),
        size: Type.Optional(nullable(Type.Number()))
      })
    },
    handler: async ({ body }) => body
  })
  app.route({
    method: 'PATCH',
    url: '/v1/things',
    config: { roles: 'public' },
    schema: { operationId: 'patchThing', body: Type.Object({}) },
    handler: async () => ({})
  })
  app.route({
    method: 'POST',
    url: '/v1/actions',
    config: { roles: 'public' },
    schema: { operationId: 'act' },
    handler: async () => ({})
  })
  app.route({
    method: 'POST',
    url: '/v1/many-faults',
    config: { roles: 'public' },
    schema: { operationId: 'many', body: Type.Object({ count: Type.Integer() }) },
    handler: async ({ body: { count } }) =>
      problem(baseErrors.validation_failed, {
        faults: Array.from({ length: count }, (_, i) => ({ pointer: `/${i}`, message: 'is not known' }))
      })
  })
  const post = (
    payload: string | Buffer,
    {
      url = '/v1/things/x',
      headers = {},
      method = 'POST' as const
    }: { url?: string, headers?: object, method?: 'POST' | 'PATCH' } = {}
  ) => app.inject({ method, url, headers: { 'content-type': 'application/json', ...headers }, payload })
  return { app, post }
}

t.test('nesting: 100 levels of the body are taken in, more are a fault that says where', async (t) => {
  const { app, post } = build()
  t.teardown(() => app.close())
  t.equal((await post(`{"custom":${levels(99)}}`)).statusCode, 200)
  t.equal((await post(`{"custom":${'['.repeat(99)}${']'.repeat(99)}}`)).statusCode, 200)
  for (
    const [body, pointer] of [
      [`{"custom":${levels(100)}}`, `/custom${'/a'.repeat(99)}`],
      [`{"custom":${levels(90_000)}}`, `/custom${'/a'.repeat(99)}`],
      [`{"custom":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, `/custom${'/0'.repeat(99)}`],
      // a schema that refers to itself is not followed down either
      [`{"custom":1,"tree":${levels(90_000)}}`, `/tree${'/a'.repeat(99)}`]
    ] as const
  ) {
    const answer = await post(body)
    t.match(answer.json(), {
      status: 400,
      code: 'validation_failed',
      errors: [{ in: 'body', pointer, message: /deeper than 100 levels/ }]
    })
  }
  t.equal((await post(levels(90_000), { url: '/v1/actions' })).statusCode, 400, 'also where no body is taken')
})

t.test('characters that cannot be stored and numbers that are none, in values, names, address and query', async (t) => {
  const { app, post } = build()
  t.teardown(() => app.close())
  const refused: Array<[body: string, ...pointers: string[]]> = [
    ['{"custom":"a\\u0000"}', '/custom'],
    ['{"custom":["\\ud800",{"b":"\\udc00"}]}', '/custom/0', '/custom/1/b'],
    ['{"custom":{"a\\u0000":1,"\\ud83d":2}}', '/custom/a\ufffd', '/custom/\ufffd'],
    ['{"custom":1e400}', '/custom'],
    ['{"custom":{"a":[-1e999]},"size":1e309}', '/custom/a/0', '/size'],
    ['{"custom":9007199254740993}', '/custom'],
    ['\ufeff{"custom":[{"a":-9007199254740993}],"size":12345678901234567890}', '/custom/0/a', '/size']
  ]
  for (const [body, ...pointers] of refused) {
    const answer = await post(body)
    t.equal(answer.statusCode, 400, body)
    t.same(
      answer.json().errors.map(({ pointer }: { pointer: string }) => pointer),
      pointers,
      body
    )
  }
  for (
    const body of [
      '{"custom":"\\ud83d\\ude00 \\\\u0000 \\u0001"}',
      '{"custom":1e308,"size":-1.7e308}',
      '{"custom":["9007199254740993",9007199254740991,-9007199254740992,0.30000000000000004],' +
      '"size":100000000000000000000}',
      '{"custom":null,"size":null}'
    ]
  ) {
    const answer = await post(body)
    t.equal(answer.statusCode, 200, body)
    t.same(answer.json(), JSON.parse(body), 'and comes back as it was')
  }
  t.equal((await post('9007199254740993', { url: '/v1/actions' })).statusCode, 400, 'also where no body is taken')
  t.match((await post('{"custom":1}', { url: '/v1/things/a%00b' })).json(), {
    status: 400,
    errors: [{ in: 'path', pointer: '/name' }]
  })
  t.match((await post('{"custom":1}', { url: '/v1/things/x?q=%00' })).json(), {
    status: 400,
    errors: [{ in: 'query', pointer: '/q' }]
  })
  t.equal((await post('{"custom":1}', { url: '/v1/things/%20?q=%C3%A4' })).statusCode, 200)
})

t.test('a body is UTF-8, unpacked JSON', async (t) => {
  const { app, post } = build()
  t.teardown(() => app.close())
  for (const broken of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
    const body = Buffer.concat([Buffer.from('{"custom":"'), Buffer.from(broken), Buffer.from('"}')])
    t.match((await post(body)).json(), {
      status: 400,
      code: 'validation_failed',
      errors: [{ in: 'body', pointer: '', message: 'must be JSON in UTF-8' }]
    })
  }
  t.equal((await post(Buffer.from('\ufeff{"custom":"ä 😀"}'))).json().custom, 'ä 😀')
  for (const encoding of ['gzip', 'br', 'GZIP', 'identity, gzip', 'x-unknown']) {
    const answer = await post('{"custom":1}', { headers: { 'content-encoding': encoding } })
    t.match(answer, { statusCode: 415, headers: { 'accept-encoding': 'identity' } }, encoding)
    t.match(answer.json(), { code: 'unsupported_media_type', errors: [{ in: 'header', pointer: '/content-encoding' }] })
  }
  t.equal((await post('{"custom":1}', { headers: { 'content-encoding': 'identity' } })).statusCode, 200)
})

t.test('other media types are refused with those that are taken', async (t) => {
  const { app, post } = build()
  t.teardown(() => app.close())
  const operations = await post('[]', {
    url: '/v1/things',
    method: 'PATCH',
    headers: { 'content-type': 'application/json-patch+json' }
  })
  t.match(operations, {
    statusCode: 415,
    headers: { 'accept-patch': 'application/json, application/merge-patch+json' }
  })
  t.equal((await post('{}', { url: '/v1/things', method: 'PATCH' })).statusCode, 200)
  t.match(await post('{}', { headers: { 'content-type': 'text/plain' } }), {
    statusCode: 415,
    headers: { accept: 'application/json' }
  })
  for (const charset of ['utf-8', 'UTF-8', '"utf-8"', 'utf8', 'us-ascii']) {
    const headers = { 'content-type': `application/json; charset=${charset}` }
    t.equal((await post('{"custom":1}', { headers })).statusCode, 200, charset)
  }
  for (const charset of ['utf-16', 'iso-8859-1', '"UTF-16LE"', 'utf-8x']) {
    const answer = await post('{"custom":1}', { headers: { 'content-type': `application/json; charset=${charset}` } })
    t.match(answer.json(), { status: 415, code: 'unsupported_media_type', detail: /charset=utf-8/ }, charset)
  }
})

t.test('at most 100 faults are listed, whoever has found them', async (t) => {
  const { app, post } = build()
  t.teardown(() => app.close())
  const count = async (body: string, url?: string) =>
    (await post(body, url === undefined ? {} : { url })).json().errors.length
  t.equal(await count('{"count":99}', '/v1/many-faults'), 99)
  t.equal(await count('{"count":60000}', '/v1/many-faults'), 100)
  t.equal(await count(JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`k${i}`, 1])))), 100)
  t.equal(await count(JSON.stringify({ custom: Array.from({ length: 60_000 }, () => '\0') })), 100)
})

t.test('a cursor is checked like everything else that comes from outside', async (t) => {
  const position = Type.Object({ name: Type.String(), at: Type.Number() })
  t.same(decodeCursor(encodeCursor({ name: 'ä', at: 1 }), position), { name: 'ä', at: 1 })
  const raw = (json: string) => Buffer.from(json).toString('base64url')
  for (
    const bad of [
      encodeCursor({ name: 'a\0', at: 1 }),
      encodeCursor({ name: '\ud800', at: 1 }),
      raw('{"name":"a","at":1e400}'),
      raw('['.repeat(1_500))
    ]
  ) {
    t.throws(() => decodeCursor(bad, position), { name: 'Problem', entry: { code: 'validation_failed' } })
  }
})

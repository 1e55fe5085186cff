import t from 'tap'
import { nullable, Uuid } from '@dueline/contracts'
import { createLogger, currentTraceparent } from '@dueline/runtime'
import { Type } from 'typebox'
import { buildHttp, defineErrors, pageOf, PageQuery, problem, toPage } from '../../src/index.ts'
import { options, testIssuer } from './setup.ts'

const issuer = testIssuer()
const errors = defineErrors({ thing_broken: { status: 409, title: 'The thing is broken' } })
const Thing = Type.Object({ id: Uuid, name: nullable(Type.String({ maxLength: 5 })) })
const id = '01900000-0000-7000-8000-000000000001'

function build (logger = options().logger) {
  const app = buildHttp({ ...options(), logger, errors, auth: issuer.auth })
  app.route({
    method: 'POST',
    url: '/v1/things/:thingId',
    config: { roles: ['agent'], problems: ['thing_broken'] },
    schema: {
      operationId: 'createThing',
      params: Type.Object({ thingId: Uuid }),
      querystring: Type.Object({ dry: Type.Boolean({ default: false }) }),
      body: Type.Object({
        name: nullable(Type.String({ minLength: 1 })),
        size: Type.Integer({ default: 1 }),
        nested: Type.Optional(Type.Object({ a: Type.Integer() })),
        kind: Type.Optional(Type.Enum(['x', 'y']))
      }),
      response: { 201: Thing }
    },
    handler: async (request, reply) => {
      if (request.body.name === 'broken') {
        problem(errors.thing_broken, { detail: 'no', extra: { allowed: ['ok'] }, headers: { 'x-hint': 'a' } })
      }
      if (request.body.name === 'crash') throw new Error('a secret detail')
      return await reply.code(201).send({ id: request.params.thingId, name: request.body.name, extra: 1 } as never)
    }
  })
  app.route({
    method: 'GET',
    url: '/v1/things',
    config: { roles: ['agent', 'manager'] },
    schema: {
      operationId: 'listThings',
      querystring: Type.Object({ ...PageQuery.properties, state: Type.Optional(Type.Array(Type.String())) }),
      response: { 200: pageOf(Thing) }
    },
    handler: async (request) => toPage([{ id, name: null }, { id, name: 'b' }], request.query.limit, (row) => [row.id])
  })
  app.route({
    method: 'POST',
    url: '/v1/things/actions',
    config: { roles: 'public' },
    schema: { operationId: 'act' },
    handler: async () => ({ ok: true })
  })
  app.route({
    method: 'POST',
    url: '/v1/imports',
    config: { roles: ['admin'], rawBody: true },
    schema: { operationId: 'importThings', consumes: ['application/x-ndjson'] },
    handler: async () => ({})
  })
  app.route({
    method: 'GET',
    url: '/v1/tagged',
    config: { roles: 'public' },
    schema: { operationId: 'tagged' },
    handler: async (_request, reply) => reply.header('etag', '"3"').send({ a: 1 })
  })
  return { app, issuer }
}

t.test('bodies are strict, every fault of every part is named', async (t) => {
  const { app, issuer } = build()
  t.teardown(() => app.close())
  const headers = { authorization: `Bearer ${issuer.token({ tenant: 'acme', roles: ['agent'] })}` }
  const ok = await app.inject({ method: 'POST', url: `/v1/things/${id}`, headers, payload: { name: null } })
  t.equal(ok.statusCode, 201, ok.body)
  t.same(ok.json(), { id, name: null }, 'what the schema does not name is not sent')
  const bad = await app.inject({
    method: 'POST',
    url: '/v1/things/5?dry=perhaps&more=1',
    headers,
    payload: { name: '', nested: { a: '1', b: 1 }, kind: 'z', other: 1 }
  })
  t.equal(bad.statusCode, 400)
  t.equal(bad.headers['content-type'], 'application/problem+json; charset=utf-8')
  t.match(bad.json(), {
    type: '/problems/validation_failed',
    code: 'validation_failed',
    status: 400,
    instance: '/v1/things/5',
    requestId: String
  })
  t.equal(bad.json().requestId, bad.headers['x-request-id'])
  const found = bad.json().errors.map((e: { in: string, pointer: string, message: string }) =>
    `${e.in} ${e.pointer} ${e.message}`
  ).sort()
  t.same(found, [
    'body /kind must be one of x, y',
    'body /name must not be empty',
    'body /nested/a must be an integer',
    'body /nested/b is not known here; known are a',
    'body /other is not known here; known are name, size, nested, kind',
    'path /thingId must be a lower-case UUID',
    'query /dry must be true or false',
    'query /more is not known here; known are dry'
  ])
})

t.test('queries are coerced, and closed also where nothing can be asked', async (t) => {
  const { app, issuer } = build()
  t.teardown(() => app.close())
  const headers = { authorization: `Bearer ${issuer.token({ tenant: 'acme', roles: ['manager'] })}` }
  const page = await app.inject({ url: '/v1/things?limit=1&state=a', headers })
  t.match(page.json(), { items: [{ id, name: null }], nextCursor: String })
  t.equal((await app.inject({ url: '/v1/things?limit=201', headers })).statusCode, 400)
  t.equal((await app.inject({ url: '/v1/tagged?x=1' })).statusCode, 400)
  t.equal((await app.inject({ method: 'POST', url: '/v1/things/actions', payload: { a: 1 } })).statusCode, 400)
  t.equal(
    (await app.inject({ method: 'POST', url: '/v1/things/actions', headers: { 'content-type': 'application/json' } }))
      .statusCode,
    200
  )
  t.equal((await app.inject({ method: 'POST', url: '/v1/things/actions', payload: {} })).statusCode, 200)
})

t.test('problems: own codes, JSON, media type, size, unknown routes, surprises', async (t) => {
  const { app, issuer } = build()
  t.teardown(() => app.close())
  const headers = {
    authorization: `Bearer ${issuer.token({ tenant: 'acme', roles: ['agent'] })}`,
    'content-type': 'application/json'
  }
  const post = (payload: string, more = {}) =>
    app.inject({ method: 'POST', url: `/v1/things/${id}`, headers: { ...headers, ...more }, payload })
  const broken = await post('{"name":"broken"}')
  t.match(broken.json(), { code: 'thing_broken', status: 409, detail: 'no', allowed: ['ok'], errors: [] })
  t.equal(broken.headers['x-hint'], 'a')
  t.match((await post('{"name":')).json(), { code: 'validation_failed', detail: 'the body is not JSON' })
  for (
    const [name, body] of [
      ['__proto__', '{"__proto__":{}, "name": "a"}'],
      ['__proto__', '{"name":"a","b":{"__proto__":{}}}'],
      ['constructor', '{"constructor":{"prototype":{}}}']
    ] as const
  ) t.match((await post(body)).json(), { status: 400, detail: `the body has a name that is not allowed: ${name}` })
  t.match((await post('{"__proto__":')).json(), { status: 400, detail: 'the body is not JSON' })
  t.match((await post('')).json(), {
    code: 'validation_failed',
    errors: [{ pointer: '', message: 'must be an object' }]
  })
  t.match((await post('name', { 'content-type': 'text/plain' })).json(), {
    code: 'unsupported_media_type',
    status: 415
  })
  t.match((await post(JSON.stringify({ name: 'x'.repeat(1024 * 1024) }))).json(), {
    code: 'payload_too_large',
    status: 413
  })
  t.match((await app.inject({ url: '/v1/none?token=secret' })).json(), {
    code: 'not_found',
    status: 404,
    instance: '/v1/none'
  })
  for (const [part, status, code] of [['%', 400, 'validation_failed'], ['a'.repeat(200), 404, 'not_found']] as const) {
    const answer = await app.inject({ url: `/v1/things/${part}`, method: 'POST' })
    t.match(answer, { statusCode: status, headers: { 'content-type': /problem/ } }, part)
    t.match(answer.json(), { code, status, instance: `/v1/things/${part}` })
  }
  const lines: string[] = []
  const logger = createLogger({
    service: 'x',
    destination: {
      write: (line) => {
        lines.push(line)
      }
    }
  })
  const logged = build(logger).app
  const crash = await logged.inject({ method: 'POST', url: `/v1/things/${id}`, headers, payload: '{"name":"crash"}' })
  t.match(crash.json(), { code: 'internal_error', status: 500 })
  t.notMatch(crash.body, 'a secret detail')
  const failed = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'request failed')
  const { requestId } = crash.json()
  t.match(failed, { level: 'error', requestId, err: { type: 'Error', message: 'a secret detail', stack: /app\.test/ } })
})

t.test('the document: roles, security, problems, pages', async (t) => {
  const { app } = build()
  t.teardown(() => app.close())
  const document = (await app.inject({ url: '/openapi.json' })).json()
  t.equal(document.openapi, '3.1.0')
  const post = document.paths['/v1/things/{thingId}'].post
  t.same(post['x-roles'], ['agent'])
  t.match(post.responses['409'], {
    description: '`thing_broken`: The thing is broken.',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  })
  const statuses = '201 400 401 403 404 408 409 413 415 429 431 500 503'
  t.same(Object.keys(post.responses).join(' '), statuses)
  const { schema } = post.parameters.find((p: { name: string }) => p.name === 'Idempotency-Key')
  for (const [key, fits] of [['a-Z~!', true], ['a b', false], ['ä', false], ['', false]] as const) {
    t.equal(new RegExp(schema.pattern).test(key), fits)
  }
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
  t.same(post.requestBody.content['application/json'].schema, ref('CreateThingBody'))
  t.same(post.responses['201'].content['application/json'].schema, ref('CreateThingAnswer'))
  const { schemas } = document.components
  t.equal(schemas.CreateThingBody.additionalProperties, false)
  t.same(schemas.CreateThingAnswer.properties.name, {
    anyOf: [{ type: 'string', maxLength: 5 }, { type: 'null' }]
  })
  const neededOf = ({ parameters }: { parameters: { name: string, required: boolean }[] }): string[] =>
    parameters.flatMap(({ name, required }) => required ? [name] : [])
  t.same(neededOf(post), ['thingId'], 'what has a default need not be sent')
  t.same(neededOf(document.paths['/v1/things'].get), [])
  t.same(schemas.CreateThingBody.required, ['name'], 'in a body too')
  t.same(document.paths['/v1/things/actions'].post.security, [])
  t.same(document.paths['/v1/imports'].post.requestBody, {
    required: true,
    content: { 'application/x-ndjson': { schema: { type: 'string' } } }
  })
  t.notOk(document.paths['/metrics'])
  t.ok(schemas.Problem)
})

t.test('a route that does not say enough is refused when it is added', async (t) => {
  const app = buildHttp({ ...options(), errors })
  t.teardown(() => app.close())
  t.throws(() => app.get('/v1/x', async () => 1), /config.roles/)
  t.throws(() => app.get('/v1/x', { config: { roles: ['agent'] } }, async () => 1), /operationId/)
  t.throws(
    () =>
      app.get(
        '/v1/x',
        { config: { roles: ['agent'], problems: ['nope'] }, schema: { operationId: 'x' } },
        async () => 1
      ),
    /nope/
  )
})

t.test('health, metrics, request id, trace, 304', async (t) => {
  let ok = true
  const app = buildHttp({ ...options(), errors, ready: async () => [{ name: 'database', ok }] })
  t.teardown(() => app.close())
  app.get(
    '/v1/trace',
    { config: { roles: 'public' }, schema: { operationId: 'trace' } },
    async () => ({ trace: currentTraceparent(), again: currentTraceparent() })
  )
  app.get(
    '/v1/tagged',
    { config: { roles: 'public' }, schema: { operationId: 'tagged' } },
    async (_request, reply) => reply.header('etag', '"3"').send({ a: 1 })
  )
  t.equal((await app.inject('/health/live')).statusCode, 200)
  t.equal((await app.inject('/health/ready')).statusCode, 200)
  ok = false
  t.match(await app.inject('/health/ready'), { statusCode: 503, body: '"name":"database","ok":false' })
  const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const answered = await app.inject({
    url: '/v1/trace',
    headers: { traceparent: trace, 'x-request-id': 'request-1234' }
  })
  t.equal(answered.json().trace, trace)
  t.equal(answered.headers['x-request-id'], 'request-1234')
  const made = (await app.inject({ url: '/v1/trace', headers: { traceparent: '00-bad', 'x-request-id': 'a b' } }))
    .json()
  t.match(made.trace, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  t.equal(made.trace, made.again)
  const unchanged = await app.inject({ url: '/v1/tagged', headers: { 'if-none-match': 'W/"3", "4"' } })
  t.equal(unchanged.statusCode, 304)
  t.equal(unchanged.body, '')
  t.equal((await app.inject({ url: '/v1/tagged', headers: { 'if-none-match': '"4"' } })).statusCode, 200)
  const metrics = (await app.inject('/metrics')).body
  const count = 'dueline_http_request_duration_seconds_count'
  t.match(metrics, `${count}{service="test",method="GET",route="/v1/trace",status="200"} 2`)
})

t.test('a schema is compiled for the first value that it judges, and one that cannot be fails alone', async (t) => {
  const app = buildHttp({ ...options(), errors, auth: issuer.auth })
  const schemas = {
    right: {},
    asked: { body: Type.Object({ name: Type.String({ pattern: '(' }) }) },
    answered: { response: { 200: { $ref: '#/nowhere' } } }
  }
  for (const [operationId, schema] of Object.entries(schemas)) {
    const config = { roles: ['agent' as const] }
    app.post(`/v1/${operationId}`, { config, schema: { operationId, ...schema } }, async () => ({}))
  }
  await app.ready()
  const headers = { authorization: `Bearer ${issuer.token({ tenant: 'acme', roles: ['agent'] })}` }
  const statuses: number[] = []
  for (const [name, payload] of [['right'], ['asked', { name: 'a' }], ['answered'], ['right']] as const) {
    const asked = { method: 'POST' as const, url: `/v1/${name}`, headers }
    statuses.push((await app.inject(payload === undefined ? asked : { ...asked, payload })).statusCode)
  }
  t.same(statuses, [200, 500, 500, 200])
})

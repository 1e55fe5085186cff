import t from 'tap'
import type { Database } from '@dueline/postgres'
import { Type } from 'typebox'
import { asOwner, eventually, silentLogger, testDatabase, type TestContext } from '@dueline/testkit'
import { buildHttp, baseErrors, createAnswerSweeper, migrations, problem, write } from '../../src/index.ts'
import { options, testIssuer } from '../unit/setup.ts'

const issuer = testIssuer()

async function build (t: TestContext) {
  const { database } = await testDatabase(t, { schema: 'sample', sources: [migrations] })
  await asOwner(
    database,
    'create table thing (tenant_id text, id bigint generated always as identity, name text unique)'
  )
  const app = buildHttp({ ...options(), errors: {}, auth: issuer.auth, database })
  app.route({
    method: 'POST',
    url: '/v1/things',
    config: { roles: ['agent'], problems: ['conflict'] },
    schema: {
      operationId: 'createThing',
      body: Type.Object({ name: Type.String() }),
      response: { 201: Type.Object({ id: Type.String(), name: Type.String() }) }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { rows } = await tx.$client.query(
          'insert into thing (tenant_id, name) values ($1, $2) on conflict do nothing returning id, name',
          [tx.tenantId, request.body.name]
        )
        if (rows.length === 0) problem(baseErrors.conflict)
        return { status: 201, body: rows[0], headers: { location: `/v1/things/${rows[0].id}`, etag: '"1"' } }
      })
  })
  app.route({
    method: 'POST',
    url: '/v1/counters',
    config: { roles: ['agent'] },
    schema: { operationId: 'count' },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        await tx.$client.query('insert into thing (tenant_id) values ($1)', [tx.tenantId])
        return { status: 204 }
      })
  })
  const Part = Type.Object({ x: Type.Number(), y: Type.String() })
  app.route({
    method: 'POST',
    url: '/v1/nested',
    config: { roles: ['agent'] },
    schema: {
      operationId: 'nest',
      querystring: Type.Object({ p: Type.String(), q: Type.Array(Type.String()) }),
      body: Type.Object({ a: Type.Array(Part), b: Type.Number() }),
      response: { 201: Type.Object({ b: Type.Number() }) }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async () => ({ status: 201, body: { b: request.body.b } }))
  })
  const closed = new Set<string>()
  app.route({
    method: 'POST',
    url: '/v1/checked',
    config: { roles: ['agent'], answerSeal: { seal: (text) => `sealed:${text}`, open: (text) => text.slice(7) } },
    schema: {
      operationId: 'check',
      body: Type.Object({ name: Type.String() }),
      response: { 201: Type.Object({ secret: Type.String() }) }
    },
    handler: async (request, reply) => {
      const { name } = request.body
      if (closed.has(name)) problem(baseErrors.conflict)
      return await write(request, reply, database, async (tx) => {
        await tx.$client.query('insert into thing (tenant_id) values ($1)', [tx.tenantId])
        return { status: 201, body: { secret: name } }
      })
    }
  })
  await app.ready()
  t.teardown(() => app.close())
  async function count (): Promise<number> {
    return Number((await database.pool.query('select count(*) as n from thing')).rows[0].n)
  }
  function post (
    name: string,
    { key, sub = 'a', tenant = 'acme', url = '/v1/things' }: {
      key?: string,
      sub?: string,
      tenant?: string,
      url?: string
    } = {}
  ) {
    const authorization = `Bearer ${issuer.token({ tenant, sub, roles: ['agent'] })}`
    return app.inject({
      method: 'POST',
      url,
      headers: { authorization, ...(key === undefined ? {} : { 'idempotency-key': key }) },
      ...(url === '/v1/counters' ? {} : { payload: { name } })
    })
  }
  return { app, database, count, post, closed }
}

t.test('the same request again: one effect, the same answer', async (t) => {
  const { post, count } = await build(t)
  const first = await post('a', { key: 'k1' })
  t.equal(first.statusCode, 201)
  t.equal(first.headers['idempotency-replayed'], undefined)
  const again = await post('a', { key: 'k1' })
  t.equal(again.body, first.body)
  t.match(again, {
    statusCode: 201,
    headers: {
      location: first.headers.location,
      etag: '"1"',
      'content-type': first.headers['content-type'],
      'idempotency-replayed': 'true'
    }
  })
  t.equal(await count(), 1)
})

t.test('a key compares what a request means, not how it is written', async (t) => {
  const { app } = await build(t)
  const send = (payload: string, url: string) =>
    app.inject({
      method: 'POST',
      url,
      headers: {
        authorization: `Bearer ${issuer.token({ tenant: 'acme', sub: 'a', roles: ['agent'] })}`,
        'content-type': 'application/json',
        'idempotency-key': 'meaning'
      },
      payload
    })
  const first = await send('{"a":[{"x":100,"y":"a"},{"x":2,"y":"b"}],"b":1}', '/v1/nested?p=1&q=2&q=3')
  t.equal(first.statusCode, 201, first.body)
  const same: [string, string][] = [
    ['{"b":1.0,"a":[{"y":"\\u0061","x":1e2},{"y":"b","x":2}]}', '/v1/nested?p=1&q=2&q=3'],
    [' { "a" : [ {"x":100.00,"y":"a"},{"x":2,"y":"b"}] , "b":1}', '/v1/nested?q=2&p=1&q=3']
  ]
  for (const [payload, url] of same) {
    t.match(await send(payload, url), {
      statusCode: 201,
      body: first.body,
      headers: { 'idempotency-replayed': 'true' }
    }, payload)
  }
  const others: [string, string][] = [
    ['{"a":[{"x":2,"y":"b"},{"x":100,"y":"a"}],"b":1}', '/v1/nested?p=1&q=2&q=3'],
    ['{"a":[{"x":100,"y":"a"},{"x":2,"y":"b"}],"b":2}', '/v1/nested?p=1&q=2&q=3'],
    ['{"a":[{"x":100,"y":"A"},{"x":2,"y":"b"}],"b":1}', '/v1/nested?p=1&q=2&q=3'],
    ['{"a":[{"x":100,"y":"a"},{"x":2,"y":"b"}],"b":1}', '/v1/nested?p=1&q=3&q=2']
  ]
  for (const [payload, url] of others) {
    t.match((await send(payload, url)).json(), { code: 'idempotency_key_reused' }, `${url} ${payload}`)
  }
})

t.test('an empty answer is repeated too', async (t) => {
  const { post, count } = await build(t)
  for (let i = 0; i < 3; i++) t.match(await post('', { key: 'k', url: '/v1/counters' }), { statusCode: 204, body: '' })
  t.equal(await count(), 1)
})

t.test('twenty equal requests at once: one effect, twenty equal answers', async (t) => {
  const { post, count } = await build(t)
  const answers = await Promise.all(Array.from({ length: 20 }, () => post('b', { key: 'k2' })))
  t.same(
    new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size,
    1,
    answers.map((a) => a.statusCode).join()
  )
  t.equal(answers[0]?.statusCode, 201)
  t.equal(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined).length, 1)
  t.equal(await count(), 1)
  const counters = await Promise.all(Array.from({ length: 20 }, () => post('', { key: 'k3', url: '/v1/counters' })))
  t.ok(counters.every(({ statusCode }) => statusCode === 204))
  t.equal(await count(), 2, 'also where nothing but the key can collide')
})

t.test('what a request is checked against before it writes may change: it is answered as before', async (t) => {
  const { post, count, closed } = await build(t)
  const first = await post('a', { key: 'k', url: '/v1/checked' })
  t.equal(first.statusCode, 201)
  closed.add('a').add('b')
  t.match(await post('a', { url: '/v1/checked' }), { statusCode: 409 }, 'refused by now')
  t.match(await post('a', { key: 'k', url: '/v1/checked' }), {
    statusCode: 201,
    body: first.body,
    headers: { 'idempotency-replayed': 'true' }
  })
  t.match((await post('b', { key: 'k', url: '/v1/checked' })).json(), { code: 'idempotency_key_reused' })
  t.match((await post('b', { key: 'other', url: '/v1/checked' })).json(), { code: 'conflict' })
  t.equal(await count(), 1)
})

t.test('an answer with a secret is kept sealed', async (t) => {
  const { post, database } = await build(t)
  const first = await post('word', { key: 'k', url: '/v1/checked' })
  const { rows } = await database.pool.query('select body from idempotency_key')
  t.same(rows, [{ body: 'sealed:{"secret":"word"}' }])
  t.equal((await post('word', { key: 'k', url: '/v1/checked' })).body, first.body)
})

t.test('the key with another request is refused, with other callers it is another key', async (t) => {
  const { post, count } = await build(t)
  await post('c', { key: 'k4' })
  t.match((await post('d', { key: 'k4' })).json(), { status: 409, code: 'idempotency_key_reused' })
  t.match((await post('', { key: 'k4', url: '/v1/counters' })).json(), { status: 409, code: 'idempotency_key_reused' })
  t.equal((await post('e', { key: 'k4', sub: 'b' })).statusCode, 201)
  t.equal((await post('f', { key: 'k4', tenant: 'other' })).statusCode, 201)
  t.equal(await count(), 3)
})

t.test('refused writes leave nothing, not even their key', async (t) => {
  const { post, count, database } = await build(t)
  await post('g')
  t.match((await post('g', { key: 'k5' })).json(), { code: 'conflict' })
  await database.pool.query('delete from thing')
  t.equal((await post('g', { key: 'k5' })).statusCode, 201)
  t.equal(await count(), 1)
})

const stored = async ({ pool }: Database): Promise<string[]> =>
  (await pool.query<{ key: string }>('select key from idempotency_key order by key')).rows.map(({ key }) => key)

t.test('a key lives 24 hours', async (t) => {
  const { post, count, database } = await build(t)
  await post('h', { key: 'k6' })
  await database.pool.query("update idempotency_key set created_at = now() - interval '24 hours 1 second'")
  t.equal((await post('i', { key: 'k6' })).statusCode, 201, 'then it is free')
  t.equal((await post('i', { key: 'k6' })).headers['idempotency-replayed'], 'true')
  t.equal(await count(), 2)
  await post('j', { key: 'k7' })
  await database.pool.query("update idempotency_key set created_at = now() - interval '25 hours' where key = 'k7'")
  const sweeper = createAnswerSweeper({ database, logger: silentLogger })
  t.teardown(async () => await sweeper.stop())
  await sweeper.start()
  await eventually(async () => (await stored(database)).every((key) => key !== 'k7'))
  t.same(await stored(database), ['k6'], 'the sweeper deletes what is older, and nothing else')
})

t.test('a key must be a key', async (t) => {
  const { post } = await build(t)
  for (const key of ['', 'a b', 'x'.repeat(256)]) {
    t.match((await post('x', { key })).json(), {
      code: 'validation_failed',
      errors: [{ in: 'header', pointer: '/idempotency-key' }]
    })
  }
})

t.test('the database is away: 503 and when to come back', async (t) => {
  const { post, database } = await build(t)
  await database.close()
  for (const key of [undefined, 'k7']) {
    const answer = await post('x', key === undefined ? {} : { key })
    t.match(answer, { statusCode: 503, headers: { 'retry-after': '1' } })
    t.match(answer.json(), { code: 'unavailable' })
  }
})

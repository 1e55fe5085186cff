import { formatInstant } from '@dueline/business-time'
import { askedApiKeys, createUpstream, readApiKey } from '@dueline/http'
import { silentLogger } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { tenant } from './harness.ts'
import { other, people, startPeople } from './people-harness.ts'

const minute = 60_000_000
const everything = ['directory:read', 'directory:write', 'people:read']

async function start (t: Test) {
  const directory = await startPeople(t)
  const make = async (fields: object = {}) =>
    await directory.post('/api-keys', { name: 'mail gateway', roles: ['agent'], scopes: everything, ...fields }, {
      as: 'admin'
    })
  /** A request with a key. */
  const by = async (key: string, path: string, payload?: object) => {
    const how = payload === undefined ? { method: 'GET' as const } : { method: 'POST' as const, payload }
    const answer = await directory.http.inject({
      url: `/v1${path}`,
      headers: { authorization: `Bearer ${key}` },
      ...how
    })
    return { status: answer.statusCode, body: answer.json() }
  }
  return { ...directory, make, by }
}

t.test('a key is shown once, kept as a hash, works with its roles and scopes, and says when it was used', async (t) => {
  const { make, by, get, post, database, clock } = await start(t)
  clock.advance(20 * minute + 1)
  const made = await make()
  t.match(made, { status: 201, body: { roles: ['agent'], scopes: everything, lastUsedAt: null, revokedAt: null } })
  const { key, ...shown } = made.body
  t.equal(key.startsWith(`${shown.prefix}_`), true)
  t.equal(made.headers['cache-control'], 'no-store')
  const { secret } = readApiKey(key)!
  const { rows } = await database.pool.query('select api_key::text as text from api_key')
  t.notMatch(JSON.stringify(rows), secret)
  t.match(await by(key, `/people/${people.customer.id}`), { status: 200, body: { email: people.customer.email } })
  t.equal((await by(key, '/teams')).status, 200)
  t.match(await by(key, '/people', { role: 'customer', name: 'X' }), { body: { status: 403, code: 'forbidden' } })
  const read = (await get(`/api-keys/${shown.id}`, { as: 'admin' })).body
  t.same(read, { ...shown, lastUsedAt: shown.createdAt }, 'never before it was made')
  clock.advance(2 * 60 * minute + 1)
  // callers are remembered by the machine's clock: a change of any key ends it
  await post(`/api-keys/${(await make()).body.id}/rotate`, { overlapSeconds: 0 }, { as: 'admin' })
  await by(key, '/teams')
  const usedAt = (await get(`/api-keys/${shown.id}`, { as: 'admin' })).body.lastUsedAt
  t.equal(usedAt, formatInstant(clock.now() - clock.now() % (60 * minute)), 'exact to the hour')
  t.match((await get('/api-keys', { as: 'admin' })).body.items, [{ id: shown.id }, {}])
  t.match((await by(key, '/api-keys/current')).body, { apiKey: { id: shown.id, tenantId: tenant, roles: ['agent'] } })
  t.same((await get('/api-keys/current', { as: 'agent' })).body, { apiKey: null }, 'a token is no key')
})

t.test('scopes cut what the roles may; what is for people refuses a key', async (t) => {
  const { make, by } = await start(t)
  const { body: { key } } = await make({ roles: ['admin'], scopes: ['directory:read'] })
  t.match((await by(key, '/teams', { name: 'x' })).body, {
    status: 403,
    code: 'scope_missing',
    scope: 'directory:write'
  })
  t.match((await by(key, '/people')).body, { status: 403, code: 'scope_missing', scope: 'people:read' })
  const forPeople = ['/me', '/api-keys', `/people/${people.customer.id}/identities`]
  for (const path of forPeople) t.match((await by(key, path)).body, { status: 403, code: 'person_needed' }, path)
  const more = { name: 'more', roles: ['admin'], scopes: everything }
  t.match((await by(key, '/api-keys', more)).body, { code: 'person_needed' }, 'a key makes no key')
  t.equal((await by(key, '/teams')).status, 200, 'its neighbour')
  const resend = `/directory/dead-letters/${people.agent.id}/resend`
  const operators = await make({ roles: ['operator'], scopes: ['directory:read'] })
  t.equal(operators.status, 400, 'an admin is no operator')
  t.match((await by(key, resend, {})).body, { code: 'forbidden' })
})

t.test('a key gets no role that its maker may not give, and an end in the future', async (t) => {
  const { make, clock } = await start(t)
  const refused = await make({ roles: ['agent', 'operator'], expiresAt: formatInstant(clock.now()) })
  t.match(refused, {
    status: 400,
    body: { errors: [{ pointer: '/roles/1', message: /may give: agent/ }, { pointer: '/expiresAt' }] }
  })
  t.match(await make({ roles: ['customer'] }), { status: 400, body: { errors: [{ pointer: '/roles/0' }] } })
  for (const fields of [{ scopes: [] }, { scopes: ['tickets:all'] }, { roles: [] }]) {
    t.equal((await make(fields)).status, 400, JSON.stringify(fields))
  }
  t.match(await make({ expiresAt: formatInstant(clock.now() + minute) }), { status: 201 })
  for (const expiresAt of ['2027-02-30T00:00:00Z', '1969-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
    const fault = { pointer: '/expiresAt', message: /exists, from 1970 to 2255/ }
    t.match(await make({ expiresAt }), { status: 400, body: { errors: [fault] } }, expiresAt)
  }
})

t.test('of another tenant a key sees nothing, and its administrators do not see the key', async (t) => {
  const { make, by, get, call } = await start(t)
  const mine = `/people/${people.customer.id}`
  const { body: { id, key } } = await make()
  t.equal((await by(key, mine)).status, 200)
  const there = { as: 'admin', tenant: other } as const
  t.equal((await get(`/api-keys/${id}`, there)).status, 404)
  t.same((await get('/api-keys', there)).body.items, [])
  t.equal((await call('DELETE', `/api-keys/${id}`, there)).status, 404)
  t.equal((await by(key, mine)).status, 200, 'it was not revoked')
})

t.test('revoked, expired, rotated: refused with the reason, and until then not', async (t) => {
  const { make, by, call, post, clock } = await start(t)
  const { body: { id, key } } = await make({ expiresAt: formatInstant(clock.now() + 10 * minute) })
  t.equal((await by(key, '/teams')).status, 200)
  const turned = await post(`/api-keys/${id}/rotate`, { overlapSeconds: 60 }, { as: 'admin' })
  t.match(turned, { status: 200, body: { id, previousUntil: formatInstant(clock.now() + minute) } })
  const next: string = turned.body.key
  t.not(next, key)
  t.equal(next.startsWith(`${turned.body.prefix}_`), true)
  t.equal((await by(next, '/teams')).status, 200, 'the new one')
  t.equal((await by(key, '/teams')).status, 200, 'and the old one, while both hold')
  t.match((await by(key, '/api-keys/current')).body.apiKey, { validUntil: turned.body.previousUntil })
  clock.advance(minute)
  // the memory of a caller is measured on the machine's clock: a change of any key ends it
  await post(`/api-keys/${(await make()).body.id}/rotate`, { overlapSeconds: 0 }, { as: 'admin' })
  t.match((await by(key, '/teams')).body, { status: 401, detail: /replaced by a new one/ })
  t.equal((await by(next, '/teams')).status, 200)
  const again = await post(`/api-keys/${id}/rotate`, { overlapSeconds: 0 }, { as: 'admin' })
  t.match((await by(next, '/teams')).body, { status: 401, detail: /replaced/ }, 'without overlap at once')
  const last: string = again.body.key
  t.equal((await by(last, '/teams')).status, 200)
  t.equal((await call('DELETE', `/api-keys/${id}`, { as: 'admin' })).status, 204)
  t.match((await by(last, '/teams')).body, { status: 401, detail: /revoked/ }, 'at once where it was revoked')
  t.equal((await call('DELETE', `/api-keys/${id}`, { as: 'admin' })).status, 204, 'again')
  t.match(await post(`/api-keys/${id}/rotate`, undefined, { as: 'admin' }), {
    status: 409,
    body: { code: 'api_key_over' }
  })
  const brief = (await make({ expiresAt: formatInstant(clock.now() + minute) })).body
  clock.advance(minute)
  t.match((await by(brief.key, '/teams')).body, { status: 401, detail: /expired/ })
  const wrong = last.slice(0, -1) + (last.endsWith('x') ? 'y' : 'x')
  t.match((await by(wrong, '/teams')).body, { status: 401, detail: /not whole/ })
})

t.test('a repeated request gets the same key, which is not kept as it is', async (t) => {
  const { call, database } = await start(t)
  const payload = { name: 'a', roles: ['agent'], scopes: ['ticket:read'] }
  const headers = { 'idempotency-key': 'once' }
  const [first, second] = [
    await call('POST', '/api-keys', { as: 'admin', payload, headers }),
    await call('POST', '/api-keys', { as: 'admin', payload, headers })
  ]
  t.equal(first.body.key, second.body.key)
  const { rows } = await database.pool.query('select idempotency_key::text as text from idempotency_key')
  t.notMatch(JSON.stringify(rows), readApiKey(first.body.key)!.secret)
})

t.test('other services ask with the key itself, and hear why it is refused', async (t) => {
  const { make, http, call } = await start(t)
  const url = await http.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => http.server.closeAllConnections())
  const keys = askedApiKeys(
    createUpstream({ name: 'the directory service', url, timeoutMs: 10_000, logger: silentLogger })
  )!
  const { body: { id, key } } = await make()
  const grantOf = async () => await keys.grantOf(readApiKey(key)!, `Bearer ${key}`)
  t.match(await grantOf(), { id, tenantId: tenant, roles: ['agent'], scopes: everything, validUntil: Number })
  await call('DELETE', `/api-keys/${id}`, { as: 'admin' })
  await t.rejects(grantOf(), { message: 'the API key was revoked' })
})

t.test('a key is rotated without a body too: the old one holds for a day more', async (t) => {
  const { make, post, clock } = await start(t)
  const { body: { id } } = await make()
  const day = formatInstant(clock.now() + 86_400_000_000)
  for (const body of [undefined, {}]) {
    t.match(await post(`/api-keys/${id}/rotate`, body, { as: 'admin' }), { status: 200, body: { previousUntil: day } })
  }
  for (const body of [[], { overlapSeconds: null }, { overlapSeconds: -1 }, { overlap: 1 }]) {
    t.equal((await post(`/api-keys/${id}/rotate`, body, { as: 'admin' })).status, 400, JSON.stringify(body))
  }
  t.equal((await post('/api-keys', undefined, { as: 'admin' })).status, 400, 'where a body is needed')
})

t.test('the example of a new key in the document is one that is taken', async (t) => {
  const { http, post } = await start(t)
  const document = (await http.inject('/openapi.json')).json()
  const [example] = document.components.schemas.NewApiKey.examples
  t.match(await post('/api-keys', example, { as: 'admin' }), { status: 201, body: example })
})

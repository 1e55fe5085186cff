import { formatInstant } from '@dueline/business-time'
import { readApiKey } from '@dueline/http'
import t from 'tap'
import { startDirectory } from './harness.ts'

t.test('a token is shown once, stored as a hash, rotated and revoked', async (t) => {
  const { call, database } = await startDirectory(t)
  const made = await call('POST', '/scim-tokens', { body: { name: 'Entra' } })
  t.match(made, { status: 201, body: { name: 'Entra', expiresAt: null, lastUsedAt: null, revokedAt: null } })
  t.equal(made.headers['cache-control'], 'no-store')
  const { token, ...shown } = made.body
  t.equal(token.startsWith(`${shown.prefix}_`), true)
  const { secret } = readApiKey(token, 'dls')!
  const stored = async () => JSON.stringify((await database.pool.query('select scim_token::text from scim_token')).rows)
  t.notMatch(await stored(), secret)
  t.same((await call('GET', '/scim-tokens')).body.items, [shown])

  const path = `/scim-tokens/${shown.id}`
  const rotated = await call('POST', `${path}/rotate`, { body: {} })
  t.match(rotated, { status: 200, body: { id: shown.id, prefix: shown.prefix } })
  t.not(rotated.body.token, token)
  t.notMatch(await stored(), readApiKey(rotated.body.token, 'dls')!.secret)
  t.equal((await call('DELETE', path)).status, 204)
  t.match(await call('POST', `${path}/rotate`), { status: 409, body: { code: 'scim_token_over' } })
  t.type((await call('GET', '/scim-tokens')).body.items[0].revokedAt, 'string')
})

t.test('a token is made by administrators, with an end in the future or none, and works nowhere else', async (t) => {
  const { call, clock, http } = await startDirectory(t)
  for (const as of ['manager', 'agent', 'customer', 'operator'] as const) {
    t.equal((await call('POST', '/scim-tokens', { as, body: { name: 'Okta' } })).status, 403, as)
  }
  const past = await call('POST', '/scim-tokens', { body: { name: 'Okta', expiresAt: formatInstant(clock.now()) } })
  t.match(past, { status: 400, body: { errors: [{ pointer: '/expiresAt', message: 'must be in the future' }] } })
  const { body: { token } } = await call('POST', '/scim-tokens', { body: { name: 'Okta' } })
  for (const url of ['/v1/teams', '/v1/scim-tokens']) {
    const answer = await http.inject({ url, headers: { authorization: `Bearer ${token}` } })
    t.match(answer.json(), { status: 401, code: 'unauthenticated' }, url)
  }
})

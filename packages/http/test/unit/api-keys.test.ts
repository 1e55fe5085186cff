import type { Role, Scope } from '@dueline/contracts'
import { systemClock } from '@dueline/runtime'
import t, { type Test } from 'tap'
import {
  baseErrors,
  buildHttp,
  newApiKey,
  Problem,
  readApiKey,
  unauthenticated,
  writeApiKey,
  type ApiKeys,
  type KeyGrant
} from '../../src/index.ts'
import { options, testIssuer } from './setup.ts'

const grant: KeyGrant = {
  id: '01900000-0000-7000-8000-000000000001',
  tenantId: 'acme',
  roles: ['agent'],
  scopes: ['ticket:read'],
  validUntil: null
}

/** A service whose keys are what the test says, with an operation of each kind. */
function start (t: Test, trust: { keyTrustMs?: number, without?: true } = {}) {
  const says: { grant: KeyGrant | Problem, asked: number } = { grant, asked: 0 }
  const keys: ApiKeys = {
    keyTrustMs: trust.keyTrustMs ?? 60_000,
    async grantOf () {
      says.asked++
      if (says.grant instanceof Problem) throw says.grant
      return says.grant
    }
  }
  const issuer = testIssuer()
  const auth = trust.without === true ? issuer.auth : { ...issuer.auth, keys }
  const app = buildHttp({ ...options(), service: 'ticket', errors: {}, auth })
  const roles: readonly Role[] = ['agent']
  const add = (method: 'GET' | 'POST', path: string, config: object = {}) =>
    app.route({
      method,
      url: `/v1/${path}`,
      config: { roles, ...config },
      schema: { operationId: `${method}${path}` },
      handler: async ({ principal }) => principal
    })
  add('GET', 'things')
  add('POST', 'things')
  add('POST', 'searches', { idempotent: false })
  add('GET', 'people', { area: 'people' })
  add('GET', 'me', { keys: 'none' })
  add('GET', 'current', { keys: 'any' })
  add('GET', 'managers', { roles: ['manager'] })
  t.teardown(() => app.close())
  const ask = async (token: string, path = 'things', method: 'GET' | 'POST' = 'GET') => {
    const answer = await app.inject({ url: `/v1/${path}`, method, headers: { authorization: `Bearer ${token}` } })
    return { status: answer.statusCode, body: answer.json() }
  }
  return { says, ask, issuer }
}

t.test('a key is read as it was written, and a wrong letter anywhere is seen', (t) => {
  const parts = newApiKey()
  const key = writeApiKey(parts)
  t.match(key, /^dlk_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}$/)
  t.same(readApiKey(key), parts)
  t.notSame(newApiKey(), parts)
  for (let at = 0; at < key.length; at++) {
    const wrong = key.slice(0, at) + (key[at] === 'x' ? 'y' : 'x') + key.slice(at + 1)
    t.equal(readApiKey(wrong), null, `at ${at}`)
  }
  for (const text of ['', 'dlk_', key.slice(0, -1), `${key}0`, key.toLowerCase()]) t.equal(readApiKey(text), null)
  t.end()
})

t.test('a key calls as a machine with its roles, as far as its scopes reach', async (t) => {
  const { says, ask } = start(t)
  const parts = newApiKey()
  const key = writeApiKey(parts)
  const name = `api-key ${parts.publicId}`
  t.match(await ask(key), { status: 200, body: { tenantId: 'acme', personId: name, subject: name, roles: ['agent'] } })
  t.equal((await ask(key, 'searches', 'POST')).status, 200, 'what changes nothing is read')
  t.equal((await ask(key, 'current')).status, 200)
  t.match(await ask(key, 'things', 'POST'), {
    status: 403,
    body: { code: 'scope_missing', scope: 'ticket:write', detail: /ticket:write/ }
  })
  t.match(await ask(key, 'people'), { status: 403, body: { code: 'scope_missing', scope: 'people:read' } })
  t.match(await ask(key, 'me'), { status: 403, body: { code: 'person_needed' } })
  t.match(await ask(key, 'managers'), { status: 403, body: { code: 'forbidden' } }, 'scopes give no role')
  says.grant = { ...grant, scopes: ['ticket:write' as Scope] }
  const writer = writeApiKey(newApiKey())
  t.equal((await ask(writer, 'things', 'POST')).status, 200)
  t.match(await ask(writer), { status: 403, body: { scope: 'ticket:read' } }, 'to write is not to read')
})

t.test('a key that is not whole asks nobody, one that is unknown asks once', async (t) => {
  const { says, ask } = start(t)
  says.grant = unauthenticated('the API key is not known')
  const key = writeApiKey(newApiKey())
  const broken = key.slice(0, -1) + (key.endsWith('x') ? 'y' : 'x')
  t.match(await ask(broken), { status: 401, body: { code: 'unauthenticated', detail: /not whole/ } })
  t.equal(says.asked, 0)
  for (let n = 0; n < 3; n++) t.match(await ask(key), { status: 401, body: { detail: /not known/ } })
  t.equal(says.asked, 1)
  says.grant = new Problem(baseErrors.unavailable)
  const other = writeApiKey(newApiKey())
  t.equal((await ask(other)).status, 503)
  says.grant = grant
  t.equal((await ask(other)).status, 200, 'that nobody could be asked is not remembered')
})

t.test('what is remembered of a key ends: with its time, or when the key does', async (t) => {
  const at = start(t, { keyTrustMs: 0 })
  const key = writeApiKey(newApiKey())
  t.equal((await at.ask(key)).status, 200)
  at.says.grant = unauthenticated('the API key was revoked')
  t.match(await at.ask(key), { status: 401, body: { detail: /revoked/ } })
  const long = start(t)
  long.says.grant = { ...grant, validUntil: systemClock.now() - 1 }
  t.equal((await long.ask(key)).status, 200)
  t.equal((await long.ask(key)).status, 200)
  t.equal(long.says.asked, 2, 'a key is not remembered beyond its end')
})

t.test('without anybody who knows keys none is accepted, and tokens have no scopes', async (t) => {
  const { ask, issuer } = start(t, { without: true })
  t.match(await ask(writeApiKey(newApiKey())), { status: 401, body: { detail: /not accepted here/ } })
  const token = issuer.token({ tenant: 'acme', roles: ['agent'] })
  for (const path of ['things', 'people', 'me', 'current']) t.equal((await ask(token, path)).status, 200, path)
})

t.test('keys of one kind are none of the other', async (t) => {
  const parts = newApiKey()
  const key = writeApiKey(parts, 'dls')
  t.match(key, /^dls_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}$/)
  t.same(readApiKey(key, 'dls'), parts)
  t.equal(readApiKey(key), null)
  t.equal(readApiKey(key.replace('dls', 'dlk')), null, 'its checksum is that of its own kind')
  t.equal(readApiKey(writeApiKey(parts), 'dls'), null)
})

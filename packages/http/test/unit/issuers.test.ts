import { createHmac } from 'node:crypto'
import t from 'tap'
import { callerOf, claimAt } from '../../src/claims.ts'
import { buildHttp, faultsOfIssuers, type TrustedIssuer } from '../../src/index.ts'
import { options, testIssuer, type Algorithm } from './setup.ts'

type Issuer = ReturnType<typeof testIssuer>

/** A service that trusts these issuers and says who calls. */
function trusting (...issuers: readonly Pick<Issuer, 'trusted'>[]) {
  const auth = { issuers: issuers.map(({ trusted }) => trusted) }
  const app = buildHttp({ ...options(), errors: {}, auth })
  const schema = { operationId: 'who' }
  app.get('/v1/who', { config: { roles: ['agent', 'customer'] }, schema }, async ({ principal }) => principal)
  t.teardown(() => app.close())
  return async (token: string) => {
    const { statusCode, body } = await app.inject({ url: '/v1/who', headers: { authorization: `Bearer ${token}` } })
    return { status: statusCode, body: JSON.parse(body) as Record<string, unknown> }
  }
}

const good = { tenant: 'acme', roles: ['agent'] }
const others = { person: {}, audiences: ['dueline'] }

t.test('each issuer has its own keys, audiences and algorithms', async (t) => {
  const a = testIssuer({ alg: 'ES256', issuer: 'https://a.example', kid: 'k' })
  const b = testIssuer({ alg: 'ES256', issuer: 'https://b.example', kid: 'k', ...others, audiences: ['desk'] })
  const c = testIssuer({ alg: 'RS256', issuer: 'https://c.example', ...others, algorithms: ['PS256'] })
  const who = trusting(a, b, c)
  t.equal((await who(a.token(good))).status, 200)
  t.equal((await who(b.token(good))).status, 200)
  t.equal((await who(c.token(good))).status, 401, 'an algorithm that is not configured for it')
  t.equal((await who(c.token(good, { alg: 'PS256' }))).status, 401, 'and one that is not that of the key')
  t.equal((await who(b.token({ ...good, aud: 'dueline' }))).status, 401, 'the audience of another issuer')
  t.equal(
    (await who(a.token({ ...good, iss: 'https://b.example', aud: 'desk' }))).status,
    401,
    'keys of another issuer'
  )
  t.equal((await who(b.token({ ...good, iss: 'https://a.example', aud: 'dueline' }))).status, 401, 'and the other way')
  t.match((await who(a.token({ ...good, iss: 'https://a.example/' }))).body, { detail: /issuer that is not trusted/ })
  t.match(
    (await who(a.token({ ...good, iss: ['https://a.example'] }))).body,
    { status: 401 },
    'an issuer that is a list'
  )
})

t.test('the same subject at two issuers is two callers', async (t) => {
  const a = testIssuer({ issuer: 'https://a.example' })
  const b = testIssuer({ issuer: 'https://b.example', ...others })
  const who = trusting(a, b)
  const sub = '01900000-0000-7000-8000-000000000001'
  const ofA = (await who(a.token({ ...good, sub }))).body
  const ofB = (await who(b.token({ ...good, sub }))).body
  t.match(ofA, { subject: sub, personId: sub })
  t.match(ofB, { subject: `https://b.example ${sub}` })
  const posing = (await who(a.token({ ...good, sub: `https://b.example ${sub}` }))).body
  t.not(posing['subject'], ofB['subject'], 'also where one takes the name of the other')
})

t.test('one algorithm under two names; none and symmetric ones never', async (t) => {
  const allowed: [Algorithm, Algorithm][] = [['EdDSA', 'EdDSA'], ['EdDSA', 'Ed25519'], ['Ed25519', 'EdDSA']]
  for (const [configured, used] of allowed) {
    const issuer = testIssuer({ alg: used, algorithms: [configured] })
    const other = used === 'EdDSA' ? 'Ed25519' : 'EdDSA'
    t.equal((await trusting(issuer)(issuer.token(good))).status, 200, `${configured} configured, ${used} used`)
    t.equal((await trusting(issuer)(issuer.token(good, { alg: other }))).status, 200, 'whatever the key says')
  }
  const issuer = testIssuer({ alg: 'RS256' })
  const who = trusting(issuer)
  const [, claims = ''] = issuer.token(good).split('.')
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  for (const alg of ['none', 'None', 'NONE', '', null, ['RS256'], 'HS256', 'toString', '__proto__']) {
    const input = `${part({ alg, kid: 'k1' })}.${claims}`
    const spki = issuer.publicKey.export({ type: 'spki', format: 'pem' })
    const mac = createHmac('sha256', spki).update(input).digest('base64url')
    for (const signature of ['', mac]) {
      t.equal((await who(`${input}.${signature}`)).status, 401, `${String(alg)} ${signature}`)
    }
  }
  for (const crit of [['x'], ['b64'], [], null, '', 0]) {
    const token = issuer.token(good, { crit, x: 1, b64: true })
    t.equal((await who(token)).status, 401, `a head that asks for what is not known: ${JSON.stringify(crit)}`)
  }
})

t.test('tokens without an audience, where that is said, of clients that are named', async (t) => {
  const issuer = testIssuer({ withoutAudience: true, clients: ['desk'] })
  const who = trusting(issuer)
  t.equal((await who(issuer.token({ ...good, aud: undefined, azp: 'desk' }))).status, 200)
  t.equal((await who(issuer.token({ ...good, aud: undefined, client_id: 'desk' }))).status, 200)
  t.equal((await who(issuer.token({ ...good, azp: 'desk' }))).status, 200, 'one with the right audience too')
  t.equal((await who(issuer.token({ ...good, aud: 'other', azp: 'desk' }))).status, 401, 'audience of another client')
  t.equal((await who(issuer.token({ ...good, aud: [], azp: 'desk' }))).status, 401)
  for (const azp of ['other', undefined, ['desk'], null]) {
    t.match((await who(issuer.token({ ...good, aud: undefined, azp }))).body, { detail: /client/ }, String(azp))
  }
  t.equal((await who(issuer.token({ ...good, aud: undefined, azp: 'other', client_id: 'desk' }))).status, 401)
  const strict = testIssuer()
  t.equal((await trusting(strict)(strict.token({ ...good, aud: undefined }))).status, 401, 'not said')
})

t.test('a claim is found by its name, with dots inside', async (t) => {
  const claims = {
    'https://x.example/tenant': 'a',
    realm_access: { roles: ['b'] },
    resource_access: { 'my.desk.app': { roles: ['c'] }, my: { desk: 1 } },
    'top.level': 'd',
    top: { level: 'never' }
  }
  t.equal(claimAt(claims, 'https://x.example/tenant'), 'a')
  t.same(claimAt(claims, 'realm_access.roles'), ['b'])
  t.same(claimAt(claims, 'resource_access.my.desk.app.roles'), ['c'])
  t.equal(claimAt(claims, 'top.level'), 'd')
  for (const none of ['a', 'realm_access.x', 'realm_access.roles.0', '__proto__', 'constructor.name', 'top.level.x']) {
    t.equal(claimAt(claims, none), undefined, none)
  }
})

const base: TrustedIssuer = {
  issuer: 'https://i.example',
  audiences: ['d'],
  tenant: { is: 'acme' },
  jwks: { keys: [] }
}
const call = (claims: Record<string, unknown>, change: Partial<TrustedIssuer>) =>
  callerOf({ sub: 's', exp: 1, ...claims }, { ...base, ...change })

t.test('the tenant: given, by a claim in its forms, by a table', async (t) => {
  const names = { 'Acme Corp': 'acme', '7f3e': 'acme', other: 'globex', 42: 'four' }
  const right: [unknown, TrustedIssuer['tenant'], string][] = [
    ['x', { is: 'acme' }, 'acme'],
    ['acme', { claim: 'org' }, 'acme'],
    [['acme'], { claim: 'org' }, 'acme'],
    [{ acme: { id: '7f3e' } }, { claim: 'org' }, 'acme'],
    ['Acme Corp', { claim: 'org', names }, 'acme'],
    [['7f3e', 'unknown'], { claim: 'org', names }, 'acme'],
    [['7f3e', 'Acme Corp'], { claim: 'org', names }, 'acme'],
    [42, { claim: 'org', names }, 'four']
  ]
  for (const [org, tenant, tenantId] of right) t.match(call({ org }, { tenant }), { tenantId }, JSON.stringify(org))
  const wrong: [unknown, TrustedIssuer['tenant'], RegExp][] = [
    ['Acme Corp', { claim: 'org' }, /1 to 63 lower-case/],
    [undefined, { claim: 'org' }, /1 to 63 lower-case/],
    [['acme', 'globex'], { claim: 'org' }, /several tenants/],
    [{ acme: {}, globex: {} }, { claim: 'org' }, /several tenants/],
    [['7f3e', 'other'], { claim: 'org', names }, /several tenants/],
    ['acme', { claim: 'org', names }, /none of the tenants that are known/],
    ['toString', { claim: 'org', names }, /none of the tenants/],
    [{}, { claim: 'org' }, /1 to 63/],
    [4.5, { claim: 'org', names }, /none of the tenants/]
  ]
  for (const [org, tenant, missing] of wrong) t.match(call({ org }, { tenant }), { missing }, JSON.stringify(org))
})

t.test('roles: of several claims, by a table, and what a token without any has', async (t) => {
  const claims = { a: { roles: ['agent', 'offline_access'] }, groups: ['/support/leads'], scope: 'manager openid' }
  const roles = (said: TrustedIssuer['roles'] & {}) => (call(claims, { roles: said }) as { roles: unknown }).roles
  t.same(roles({ claims: ['a.roles'] }), ['agent'])
  t.same(roles({ claims: ['a.roles', 'scope'] }), ['agent', 'manager'])
  t.same(roles({ claims: ['groups'], names: { '/support/leads': 'manager' } }), ['manager'])
  t.same(roles({ claims: ['a.roles'], names: { leads: 'manager' } }), [], 'only what the table has')
  t.same(roles({ claims: ['none'], otherwise: ['customer'] }), ['customer'])
  t.same(roles({ claims: ['a.roles'], otherwise: ['customer'] }), ['agent'])
  t.same(roles({}), [])
})

t.test('the person is named by any claim', async (t) => {
  t.match(call({ oid: 'o' }, { person: { claim: 'oid' } }), { name: 'o', id: null, subject: 'https://i.example s' })
  const id = '01900000-0000-7000-8000-00000000000A'
  t.match(call({ sub: id }, {}), { name: id, id: null }, 'a UUID of an issuer that does not give our ids')
  t.match(call({ sub: id }, { person: { ids: true } }), { id: id.toLowerCase() })
  t.match(call({}, { person: { claim: 'oid' } }), { missing: /oid must name the person/ })
})

t.test('what cannot be meant is a mistake of the configuration', async (t) => {
  const faultsOf = (...changes: Partial<TrustedIssuer>[]) =>
    faultsOfIssuers(changes.map((change, index) => ({ ...base, issuer: `https://${index}.example`, ...change })))
      .map(({ pointer }) => pointer)
  t.same(faultsOf({}, { person: { ids: true, externalIds: true, create: ['customer', 'agent'] } }), [])
  t.same(faultsOf({ tenant: {} }, { tenant: { is: 'a', claim: 'b' } }), ['/0/tenant', '/1/tenant'])
  t.same(faultsOf({ tenant: { is: 'a', names: {} } }), ['/0/tenant/names'])
  t.same(faultsOf({ withoutAudience: true }), ['/0/withoutAudience'])
  t.same(faultsOf({ issuer: 'https://1.example' }, {}), ['/1/issuer'])
  t.same(faultsOf({ person: { ids: true } }, { person: { ids: true } }), ['/1/person/ids'])
  t.same(faultsOf({ person: { externalIds: true } }, { person: { externalIds: true } }), ['/1/person/externalIds'])
  t.same(faultsOf({ person: { create: ['admin'] } }), ['/0/person/create'])
  t.same(faultsOf({ roles: { otherwise: ['operator'] } }), ['/0/roles/otherwise'])
})

import { Writable } from 'node:stream'
import { createLogger, systemClock } from '@dueline/runtime'
import t from 'tap'
import { buildHttp, type AuthOptions } from '../../src/index.ts'
import { createTokenCache } from '../../src/token-cache.ts'
import { options, signToken, testIssuer } from './setup.ts'

const seconds = Math.floor(systemClock.now() / 1e6)

function build (auth: AuthOptions, more: Partial<ReturnType<typeof options>> = {}) {
  const app = buildHttp({ ...options(), ...more, errors: {}, auth })
  app.get(
    '/v1/me',
    { config: { roles: ['agent', 'manager'] }, schema: { operationId: 'me' } },
    async (request) => request.principal
  )
  return app
}

t.test('every algorithm, and what the token says', async (t) => {
  for (const alg of ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'] as const) {
    const issuer = testIssuer({ alg })
    const app = build(issuer.auth)
    const token = issuer.token({ tenant: 'acme', roles: ['agent', 'unknown-role'] })
    const call = () => app.inject({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } })
    const { tokenEndsAt, ...named } = (await call()).json()
    t.same(named, { tenantId: 'acme', personId: 'person-1', subject: 'person-1', roles: ['agent'] }, alg)
    t.equal(
      tokenEndsAt,
      (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { exp: number }).exp * 1_000_000
    )
    t.equal((await call()).statusCode, 200, 'and again from memory')
    await app.close()
  }
})

t.test('claims under other names', async (t) => {
  const issuer = testIssuer({
    tenant: { claim: 'https://x.example/tenant' },
    person: { claim: 'ext.person', ids: true },
    roles: { claims: ['realm_access.roles'] }
  })
  const app = build(issuer.auth)
  t.teardown(() => app.close())
  const token = issuer.token({
    'https://x.example/tenant': 'acme',
    ext: { person: 'p-9' },
    realm_access: { roles: ['manager'] }
  })
  t.match((await app.inject({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } })).json(), {
    tenantId: 'acme',
    personId: 'p-9',
    subject: 'person-1',
    roles: ['manager']
  })
})

t.test('an id of a person is in lower case, whatever the issuer thinks; other names stay', async (t) => {
  const issuer = testIssuer()
  const app = build(issuer.auth)
  t.teardown(() => app.close())
  const personOf = async (sub: string) =>
    (await app.inject({
      url: '/v1/me',
      headers: { authorization: `Bearer ${issuer.token({ tenant: 'acme', roles: ['agent'], sub })}` }
    })).json().personId
  t.equal(await personOf('0190ABCD-0000-7000-8000-00000000000A'), '0190abcd-0000-7000-8000-00000000000a')
  t.equal(await personOf('Svc@Clients'), 'Svc@Clients')
})

t.test('what is not accepted', async (t) => {
  const issuer = testIssuer({ alg: 'RS256' })
  const other = testIssuer({ alg: 'RS256' })
  const app = build(issuer.auth)
  t.teardown(() => app.close())
  const good = { tenant: 'acme', roles: ['agent'] }
  const claims = { iss: issuer.trusted.issuer, aud: 'dueline', sub: 'x', exp: seconds + 60, ...good }
  const publicPem = issuer.publicKey.export({ type: 'spki', format: 'pem' })
  const { createHmac } = await import('node:crypto')
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const hmacInput = `${part({ alg: 'HS256', kid: 'k1' })}.${part(claims)}`
  const hmac = createHmac('sha256', publicPem).update(hmacInput).digest('base64url')
  const rs256 = { alg: 'RS256', kid: 'k1' }
  const tokens: Record<string, string | undefined> = {
    'no header': undefined,
    'not a bearer': 'Basic abc',
    'no token': 'Bearer ',
    garbage: 'Bearer abc',
    expired: `Bearer ${issuer.token({ ...good, exp: seconds - 60 })}`,
    'not yet': `Bearer ${issuer.token({ ...good, nbf: seconds + 60 })}`,
    'without exp': `Bearer ${signToken(rs256, { ...claims, exp: undefined }, issuer.privateKey)}`,
    'without issuer': `Bearer ${signToken(rs256, { ...claims, iss: undefined }, issuer.privateKey)}`,
    'other issuer': `Bearer ${issuer.token({ ...good, iss: 'https://evil.test' })}`,
    'other audience': `Bearer ${issuer.token({ ...good, aud: ['else'] })}`,
    'without audience': `Bearer ${issuer.token({ ...good, aud: undefined })}`,
    'other key': `Bearer ${other.token(good)}`,
    'unknown kid': `Bearer ${issuer.token(good, { kid: 'k2' })}`,
    unsigned: `Bearer ${part({ alg: 'none', kid: 'k1' })}.${part(claims)}.`,
    'signature cut off': `Bearer ${issuer.token(good).split('.').slice(0, 2).join('.')}.`,
    'public key as HMAC secret': `Bearer ${hmacInput}.${hmac}`,
    'other algorithm of the same key': `Bearer ${signToken({ alg: 'RS512', kid: 'k1' }, claims, issuer.privateKey)}`,
    'without tenant': `Bearer ${issuer.token({ roles: ['agent'] })}`,
    'tenant that is no name': `Bearer ${issuer.token({ ...good, tenant: "a'; drop" })}`,
    'subject with a zero character': `Bearer ${issuer.token({ ...good, sub: 'a\u0000b' })}`,
    'subject with half a surrogate pair': `Bearer ${issuer.token({ ...good, sub: 'a\ud800' })}`,
    'without subject': `Bearer ${issuer.token({ ...good, sub: undefined })}`,
    'too long': `Bearer ${issuer.token({ ...good, x: 'x'.repeat(9000) })}`
  }
  for (const [name, authorization] of Object.entries(tokens)) {
    const response = await app.inject({ url: '/v1/me', headers: authorization === undefined ? {} : { authorization } })
    t.match(response, { statusCode: 401, headers: { 'www-authenticate': /^Bearer/, 'content-type': /problem/ } }, name)
    t.equal(response.json().code, 'unauthenticated', `${name}: ${response.json().detail}`)
  }
  const forbidden = await app.inject({
    url: '/v1/me',
    headers: { authorization: `Bearer ${issuer.token({ ...good, roles: ['customer'] })}` }
  })
  t.match(forbidden.json(), { status: 403, code: 'forbidden', detail: 'this operation is for: agent, manager' })
})

t.test('a remembered token ends when it expires, and the memory is bounded', async (t) => {
  const cache = createTokenCache<number>(2)
  cache.set('a', 1, 100)
  t.equal(cache.get('a', 99), 1)
  t.equal(cache.get('a', 100), undefined)
  cache.set('a', 1, 100)
  cache.set('b', 2, 100)
  cache.set('c', 3, 100)
  t.same(['a', 'b', 'c'].map((key) => cache.get(key, 0)), [undefined, 2, 3])
})

t.test('the issuer is down and nothing is known: 503, not 401', async (t) => {
  const issuer = testIssuer()
  const { jwks: _, ...rest } = issuer.trusted
  const app = build({ issuers: [{ ...rest, jwksUrl: 'http://127.0.0.1:9/keys' }] })
  t.teardown(() => app.close())
  const response = await app.inject({
    url: '/v1/me',
    headers: { authorization: `Bearer ${issuer.token({ tenant: 'acme', roles: ['agent'] })}` }
  })
  t.match(response, { statusCode: 503, headers: { 'retry-after': '10' } })
})

t.test('an issuer needs exactly one source of keys, and is given once', async (t) => {
  const { jwks, ...rest } = testIssuer().trusted
  t.throws(() => build({ issuers: [rest] }), /jwks/)
  t.throws(() => build({ issuers: [{ ...rest, jwks: jwks!, jwksUrl: 'https://x.example' }] }), /jwks/)
  t.throws(() => build({ issuers: [testIssuer().trusted, testIssuer().trusted] }), /issuers\/1\/issuer is that of \/0/)
})

t.test('why tokens are refused is counted each time and logged once a minute, without the token', async (t) => {
  const lines: Array<Record<string, unknown>> = []
  const destination = new Writable({
    write (chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    }
  })
  const issuer = testIssuer()
  const own = { ...options(), logger: createLogger({ service: 'test', level: 'info', destination }) }
  const app = build(issuer.auth, own)
  t.teardown(() => app.close())
  const good = { tenant: 'acme', roles: ['agent'] }
  const tokens = {
    'the token is of an issuer that is not trusted here': issuer.token({
      ...good,
      iss: 'https://secret-words.example'
    }),
    'The aud claim value is not allowed.': issuer.token({ ...good, aud: 'secret-words' }),
    'the token has expired': issuer.token({ ...good, exp: seconds - 60 }),
    'the token is not valid yet': issuer.token({ ...good, nbf: seconds + 60 }),
    'its algorithm is not allowed': issuer.token(good, { alg: 'ES512' }),
    'its head asks for what is not known here': issuer.token(good, {
      crit: ['secret-words'],
      'secret-words': 1
    }),
    'the token is signed with a key that its issuer does not publish': issuer.token(good, { kid: 'secret-words' }),
    'the claim tenant must be a tenant name: 1 to 63 lower-case letters, digits and hyphens': issuer.token({
      ...good,
      tenant: 'Secret Words'
    })
  }
  for (const token of Object.values(tokens)) {
    for (let i = 0; i < 5; i++) await app.inject({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } })
  }
  const refused = lines.filter(({ msg }) => msg === 'access tokens are refused')
  t.same(refused.map(({ reason, times }) => [reason, times]), Object.keys(tokens).map((reason) => [reason, 1]))
  t.notMatch(JSON.stringify(lines), /secret-words|Secret Words|eyJ/)
  const counted = await own.metrics.text()
  for (const reason of Object.keys(tokens)) {
    t.match(counted, `dueline_http_tokens_refused_total{reason="${reason}",service="test"} 5`)
  }
})

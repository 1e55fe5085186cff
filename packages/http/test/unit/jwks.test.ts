import type { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createLogger } from '@dueline/runtime'
import t from 'tap'
import { inlineKeys, remoteKeys, type KeySource } from '../../src/jwks.ts'
import type { SignedToken } from '../../src/key-set.ts'
import { testIssuer, type Algorithm } from './setup.ts'

type Issuer = ReturnType<typeof testIssuer>

/** A token as the verifier takes it apart. `undefined` in `header` takes a member out. */
function signed (issuer: Issuer, header: Record<string, unknown> = {}): SignedToken {
  const token = issuer.token({}, header)
  const [head = '', claims = '', signature = ''] = token.split('.')
  return { header: JSON.parse(Buffer.from(head, 'base64url').toString()), input: `${head}.${claims}`, signature }
}

const pem = (key: KeyObject | undefined) => key?.export({ type: 'spki', format: 'pem' })
const pemOf = (issuer: Issuer) => pem(issuer.publicKey)
const keyOf = async (source: KeySource, token: SignedToken) => pem(await source.key(token))
const without = (jwk: object, ...members: string[]) =>
  Object.fromEntries(Object.entries(jwk).filter(([name]) => !members.includes(name)))

/** An issuer's key set at an address, and a clock that goes only when the test says. */
async function publish (t: { teardown(fn: () => unknown): unknown }, first: object[]) {
  const state = { keys: first as unknown, status: 200, asked: 0, answered: () => {} }
  const server = createServer((_request, response) => {
    state.asked++
    response.statusCode = state.status
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(state.status === 200 ? { keys: state.keys } : { error: 'x' }), () => state.answered())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const time = { now: 1e15 }
  const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realms/a/certs?x=1`
  const logger = createLogger({ service: 't', level: 'silent' })
  const source = remoteKeys({ jwksUrl, clock: { now: () => time.now }, logger })
  return { state, time, ask: async (issuer: Issuer, header = {}) => pem(await source.key(signed(issuer, header))) }
}

t.test('which key of a set: by kid, and without one by algorithm and by who has signed', async (t) => {
  const made = (['RS256', 'ES256', 'EdDSA', 'ES384'] as Algorithm[]).map((alg) => testIssuer({ alg, kid: alg }))
  const [rsa, ec, ed] = made as [Issuer, Issuer, Issuer]
  const ec2 = testIssuer({ kid: 'two' })
  const all = inlineKeys({ keys: [...made, ec2].map(({ jwk }) => jwk) })
  for (const issuer of [...made, ec2]) {
    t.equal(await keyOf(all, signed(issuer)), pemOf(issuer), `${issuer.jwk.kid} by its name`)
    t.equal(await keyOf(all, signed(issuer, { kid: undefined })), pemOf(issuer), `${issuer.jwk.kid} without a name`)
  }
  t.equal(await keyOf(all, signed(rsa, { kid: 'none' })), undefined, 'a name that no key has')
  t.equal(
    await keyOf(all, signed(rsa, { kid: ed.jwk.kid })),
    undefined,
    'the key of that name is for another algorithm'
  )
  t.equal(await keyOf(all, signed(testIssuer(), { kid: undefined })), undefined, 'no name, and signed by none of them')

  const nameless = inlineKeys({ keys: [without(ec.jwk, 'kid', 'alg', 'use'), without(rsa.jwk, 'kid', 'alg', 'use')] })
  for (const issuer of [ec, rsa]) {
    t.equal(await keyOf(nameless, signed(issuer, { kid: undefined })), pemOf(issuer), 'keys without name')
  }
  t.equal(
    await keyOf(nameless, signed(ec)),
    undefined,
    'a token that names a key is not matched with one that has no name'
  )

  const twice = inlineKeys({
    keys: [
      { ...ec2.jwk, kid: 'k' },
      { ...ec.jwk, kid: 'k' },
      { ...rsa.jwk, kid: 'k' }
    ]
  })
  for (const issuer of [ec, rsa, ec2]) {
    t.equal(await keyOf(twice, signed(issuer, { kid: 'k' })), pemOf(issuer), 'one name for several keys')
  }
})

t.test('keys that are not for checking signatures, or cannot be read, cost the others nothing', async (t) => {
  const issuer = testIssuer()
  const unusable = [
    { kty: 'oct', kid: 'k1', k: 'c2VjcmV0', alg: 'ES256' },
    { ...issuer.jwk, use: 'enc' },
    { ...issuer.jwk, key_ops: ['encrypt'] },
    { kty: 'EC', kid: 'k1', crv: 'P-256', x: 'AA', y: 'AA' },
    { kty: 'NEW', kid: 'k1' },
    {}
  ]
  t.equal(await keyOf(inlineKeys({ keys: unusable }), signed(issuer)), undefined)
  t.equal(await keyOf(inlineKeys({ keys: [...unusable, issuer.jwk] }), signed(issuer)), pemOf(issuer))
})

t.test('made-up key ids take nothing from good tokens, and do not knock at the issuer', async (t) => {
  const one = testIssuer({ kid: 'one' })
  const two = testIssuer({ kid: 'two' })
  const { state, time, ask } = await publish(t, [one.jwk])
  // the flood is there before the first good token
  for (let i = 0; i < 5; i++) t.equal(await ask(one, { kid: `made-up-${i}` }), undefined)
  for (let round = 0; round < 60; round++) {
    for (let i = 0; i < 5; i++) t.equal(await ask(one, { kid: `made-up-${round}-${i}` }), undefined)
    t.equal(await ask(one), pemOf(one), `good in second ${round}`)
    time.now += 1e6
  }
  t.ok(state.asked <= 13, `${state.asked} fetches in a minute`)
  state.keys = [one.jwk, two.jwk]
  let waited = 0
  while ((await ask(two)) === undefined && waited < 60) {
    await ask(one, { kid: `more-${waited++}` })
    time.now += 1e6
  }
  t.ok(waited <= 5, `a new key is seen ${waited} s after it is there, in the middle of the flood`)
})

t.test('one fetch brings all keys, also for all that wait; a new key works at its first token', async (t) => {
  const one = testIssuer({ kid: 'one' })
  const two = testIssuer({ kid: 'two', alg: 'RS256' })
  const three = testIssuer({ kid: 'three' })
  const { state, time, ask } = await publish(t, [one.jwk, two.jwk])
  t.same(await Promise.all([ask(one), ask(two), ask(one)]), [pemOf(one), pemOf(two), pemOf(one)])
  t.equal(await ask(two, { kid: undefined }), pemOf(two))
  t.equal(state.asked, 1)
  state.keys = [one.jwk, three.jwk]
  time.now += 6e6
  t.equal(await ask(three), pemOf(three))
  t.equal(await ask(two), undefined, 'withdrawn keys go with the same fetch')
})

t.test('an issuer that fails, or publishes nothing usable, leaves the last good set for 24 h', async (t) => {
  const one = testIssuer({ kid: 'one' })
  const three = testIssuer({ kid: 'three' })
  const { state, time, ask } = await publish(t, [one.jwk])
  await ask(one)
  const failures = [
    () => {
      state.status = 500
    },
    () => {
      state.status = 200
      state.keys = []
    },
    () => {
      state.keys = 'none'
    },
    () => {
      state.keys = [null, { kty: 'NEW' }]
    }
  ]
  for (const fail of failures) {
    fail()
    time.now += 11e6
    await t.rejects(ask(three), /cannot be fetched/, 'whether it is a new key cannot be known')
    t.equal(await ask(one), pemOf(one))
  }
  time.now += 23 * 3600e6
  t.equal(await ask(one), pemOf(one))
  time.now += 2 * 3600e6
  await t.rejects(ask(one), /cannot be fetched/, 'but not for ever')
  state.keys = [three.jwk]
  time.now += 11e6
  t.equal(await ask(three), pemOf(three))
  t.equal(await ask(one), undefined)
})

t.test('the set is renewed behind the requests', async (t) => {
  const one = testIssuer({ kid: 'one' })
  const { state, time, ask } = await publish(t, [one.jwk])
  await ask(one)
  state.keys = [testIssuer({ kid: 'two' }).jwk]
  time.now += 6 * 60e6
  const renewed = new Promise<void>((resolve) => {
    state.answered = resolve
  })
  t.equal(await ask(one), pemOf(one), 'the request that finds it old does not wait')
  await renewed
  while ((await ask(one)) !== undefined) await nextTurn()
  t.pass('and a moment later the withdrawn key is gone')
})

import type { Role } from '@dueline/contracts'
import type { TrustedIssuer } from '@dueline/http'
import { testIssuer } from '@dueline/testkit'
import t from 'tap'
import { tenant } from './harness.ts'
import { people, startPeople } from './people-harness.ts'

const other = testIssuer({ issuer: 'https://other.example' })

/** A service that also trusts an issuer that knows none of our ids, with these rules. */
async function start (t: Parameters<typeof startPeople>[0], person: TrustedIssuer['person'] = {}) {
  const trusted = { ...other.auth.issuers[0]!, person }
  const directory = await startPeople(t, { trusts: [trusted] })
  const as = async (claims: Record<string, unknown>, path = '/me', payload?: object) => {
    const { roles = ['customer'], ...more } = claims as { roles?: Role[], sub?: string }
    const headers = await other.bearer({ tenant, roles, ...more, claims: more })
    const how = payload === undefined ? { method: 'GET' as const } : { method: 'POST' as const, payload }
    const answer = await directory.http.inject({ url: `/v1${path}`, headers, ...how })
    return { status: answer.statusCode, body: JSON.parse(answer.body) }
  }
  const link = async (personId: string, subject: string, issuer = 'https://other.example') =>
    await directory.post(`/people/${personId}/identities`, { issuer, subject }, { as: 'admin' })
  return { ...directory, as, link }
}

t.test('a person is found by what an administrator has linked, at once, and not any more when unlinked', async (t) => {
  const { as, link, call, get, outbox } = await start(t)
  const sub = 'auth0|65f0c2'
  t.match(await as({ sub }), {
    status: 200,
    body: { person: null, unlinked: { issuer: 'https://other.example', subject: sub } }
  })
  const own = `/people/${people.customer.id}`
  t.match((await as({ sub }, own)).body, { status: 403, code: 'person_unknown', subject: sub, detail: /identities/ })
  const linked = await link(people.customer.id, sub)
  t.match(linked, {
    status: 201,
    body: { personId: people.customer.id, issuer: 'https://other.example', subject: sub }
  })
  t.match((await as({ sub })).body, {
    personId: people.customer.id,
    person: { id: people.customer.id },
    unlinked: null
  })
  t.match(await as({ sub }, own), { status: 200, body: { email: people.customer.email } })
  t.match(await link(people.customer.id, sub), { status: 200, body: { id: linked.body.id } }, 'again')
  t.match(await link(people.outsider.id, sub), {
    status: 409,
    body: { code: 'identity_taken', personId: people.customer.id }
  })
  t.match(await link(people.customer.id, sub, 'https://third.example'), { status: 201 }, 'one person at two issuers')
  const { body: { items } } = await get(`/people/${people.customer.id}/identities`, { as: 'admin' })
  t.same(items.map(({ issuer }: { issuer: string }) => issuer), ['https://other.example', 'https://third.example'])
  const path = `/people/${people.customer.id}/identities/${linked.body.id}`
  t.equal((await call('DELETE', path, { as: 'agent' })).status, 403)
  t.equal((await call('DELETE', path.replace(people.customer.id, people.outsider.id), { as: 'admin' })).status, 404)
  t.same((await outbox()).filter(({ type }) => type === 'person.changed'), [], 'a link changes nothing of the person')
  t.equal((await call('DELETE', path, { as: 'admin' })).status, 204)
  t.match((await outbox()).filter(({ type }) => type === 'person.changed'), [
    { sequence: 2, data: { person: { id: people.customer.id, version: 2, active: true } } }
  ], 'so that open streams are looked at again')
  t.match((await as({ sub })).body, { person: null })
})

t.test('the same subject at two issuers is two people, and a UUID of another issuer is nobody’s id', async (t) => {
  const { as, get, link } = await start(t)
  const sub = people.agent.id
  t.match((await get('/me', { as: 'agent' })).body, { person: { id: sub } })
  t.match((await as({ sub, roles: ['agent'] })).body, { person: null, unlinked: { subject: sub } })
  const machine = (await as({ sub, roles: ['integrator'] })).body
  t.match(machine, { personId: `https://other.example ${sub}`, person: null, unlinked: null }, 'nor as a machine')
  await link(people.second.id, sub)
  t.match((await as({ sub, roles: ['agent'] })).body, { person: { id: people.second.id } })
})

t.test('an external id finds a person where that is said, and never an e-mail address', async (t) => {
  const sub = 'auth0|65f0c2'
  const person = { role: 'customer', name: 'Eve', externalId: sub, email: 'eve@example.org' }
  const off = await start(t)
  await off.post('/people', person, { as: 'admin' })
  t.match((await off.as({ sub })).body, { person: null })
  const on = await start(t, { externalIds: true, create: ['customer'] })
  const { body: { id } } = await on.post('/people', person, { as: 'admin' })
  t.match((await on.as({ sub })).body, { person: { id } })
  const sameAddress = (await on.as({ sub: 'auth0|other', email: 'eve@example.org', name: 'Eve' })).body
  t.ok(sameAddress.person !== null && sameAddress.person.id !== id, 'the same address is somebody else')
})

t.test('people are created from their tokens, once, where that is switched on and their roles allow it', async (t) => {
  const { as, outbox } = await start(t, { create: ['customer'] })
  const claims = {
    sub: 'auth0|7',
    name: 'Nora\u0000 Neu',
    email: 'nora@example.org',
    email_verified: true,
    locale: 'ar-SA',
    zoneinfo: 'Asia/Riyadh'
  }
  const answers = await Promise.all(Array.from({ length: 8 }, (_, nth) => as({ ...claims, jti: String(nth) })))
  const [first] = answers
  t.match(first!.body.person, {
    role: 'customer',
    name: 'Nora Neu',
    email: 'nora@example.org',
    language: 'ar',
    timeZone: 'Asia/Riyadh',
    active: true
  })
  t.equal(new Set(answers.map(({ body }) => body.personId)).size, 1, 'eight at once are one person')
  t.equal((await outbox()).filter(({ type }) => type === 'person.changed').length, 1)
  t.match(await as(claims, `/people/${first!.body.personId}`), { status: 200, body: { email: 'nora@example.org' } })
  const odd =
    (await as({ sub: 'x', email: 'x@example.org', email_verified: false, locale: 7, zoneinfo: 'No/Where' })).body
  t.match(odd.person, { email: null, language: 'en', timeZone: null, name: 'New customer' })
  const unsaid = await as({ sub: 'y', email: 'y@example.org' })
  t.match(unsaid.body.person, { email: null }, 'nobody has said that the address is verified')
  for (const roles of [['agent'], ['customer', 'agent']]) {
    t.match(
      (await as({ sub: 'auth0|8', roles }, `/people/${people.agent.id}`)).body,
      { code: 'person_unknown' },
      roles.join()
    )
  }
})

t.test('whoever is not active is refused with a code of its own, with every kind of token', async (t) => {
  const { as, link, patch, get } = await start(t)
  await link(people.customer.id, 'c')
  t.equal((await as({ sub: 'c' })).status, 200)
  await patch(`/people/${people.customer.id}`, { active: false }, '"1"', { as: 'admin' })
  t.match((await as({ sub: 'c' })).body, { status: 403, code: 'person_inactive' })
  t.match((await get('/me', { as: 'customer' })).body, { status: 403, code: 'person_inactive' })
  await patch(`/people/${people.customer.id}`, { active: true }, '"2"', { as: 'admin' })
  t.equal((await get('/me', { as: 'customer' })).status, 200)
})

t.test('issuers are ASCII as in the configuration, and the longest names of many bytes fit', async (t) => {
  // no two alike and few that pack well: the database packs long texts before it measures them
  const wide = (length: number) =>
    Array.from({ length }, (_, at) => String.fromCodePoint(0x20000 + (at * 7919) % 40_000)).join('')
  const { as, link } = await start(t, { create: ['customer'] })
  for (const issuer of [wide(500), 'https://ü.example', 'https://a b', '', 'x'.repeat(501)]) {
    const refused = await link(people.customer.id, 'a', issuer)
    t.match(refused, { status: 400, body: { errors: [{ pointer: '/issuer' }] } }, issuer.slice(0, 20))
  }
  const ascii = Array.from({ length: 500 }, (_, at) => String.fromCharCode(0x21 + (at * 7919) % 94)).join('')
  t.match(await link(people.customer.id, wide(255), ascii), { status: 201 })
  t.match(await link(people.customer.id, wide(255), ascii), { status: 200 }, 'again')
  t.match((await as({ sub: wide(127) })).body, { person: { role: 'customer' } }, 'and on creation')
})

t.test('at the issuer that gives our ids, a UUID is linked to nobody but the person with that id', async (t) => {
  const { link } = await start(t, { ids: false })
  const { issuer } = testIssuer().auth.issuers[0]!
  const { customer, second } = people
  for (const subject of [second.id, second.id.toUpperCase()]) {
    t.match(await link(customer.id, subject, issuer), {
      status: 400,
      body: { code: 'validation_failed', errors: [{ pointer: '/subject', message: new RegExp(customer.id) }] }
    })
  }
  t.match(await link(customer.id, customer.id, issuer), { status: 201 })
  t.match(await link(customer.id, 'auth0|65f0c2', issuer), { status: 201 }, 'what is no UUID is no id')
  t.match(await link(customer.id, second.id), { status: 201 }, 'another issuer’s UUID is no id of ours')
})

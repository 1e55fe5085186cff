import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLogger } from '@dueline/runtime'
import t from 'tap'
import { askedPeople, buildHttp, createUpstream, type People, type TrustedIssuer } from '../../src/index.ts'
import { options, testIssuer } from './setup.ts'

const logger = createLogger({ service: 't', level: 'silent' })
const person = '01900000-0000-7000-8000-000000000001'
const other = '01900000-0000-7000-8000-000000000002'

/** A ticket service that answers `/v1/me` as the test says, and a service that asks it. */
async function start (t: { teardown(fn: () => unknown): unknown }, rules: TrustedIssuer['person'] = {}) {
  const said = { status: 200, body: { person: { id: person } } as object, asked: [] as (string | undefined)[] }
  const ticket = createServer(({ url, headers }, response) => {
    said.asked.push(`${url} ${headers.authorization}`)
    response.writeHead(said.status, { 'content-type': 'application/json' }).end(JSON.stringify(said.body))
  }).listen(0, '127.0.0.1')
  await once(ticket, 'listening')
  t.teardown(() => ticket.close())
  const url = `http://127.0.0.1:${(ticket.address() as AddressInfo).port}`
  const upstream = createUpstream({ name: 'the directory service', url, timeoutMs: 2_000, logger })
  const issuer = testIssuer({ person: rules })
  const asked = askedPeople(upstream)!
  const state = { changes: 0 }
  const people: People = { ...asked, changes: () => state.changes }
  const app = buildHttp({ ...options(), errors: {}, auth: { ...issuer.auth, people } })
  const config = { roles: ['customer', 'agent', 'integrator'] as const }
  app.get('/v1/who', { config, schema: { operationId: 'who' } }, async ({ principal }) => principal)
  app.get(
    '/v1/me',
    { config: { ...config, unlinked: true }, schema: { operationId: 'me' } },
    async (request) => request.principal
  )
  t.teardown(() => app.close())
  const token = (claims: object = {}) =>
    issuer.token({ tenant: 'acme', roles: ['customer'], sub: 'auth0|7', ...claims })
  const ask = async (authorization: string, path = '/v1/who') =>
    (await app.inject({ url: path, headers: { authorization: `Bearer ${authorization}` } })).json()
  return { said, state, ticket, token, ask }
}

t.test('who a caller is says the directory service, asked once with the caller’s own token', async (t) => {
  const { said, state, token, ask } = await start(t)
  const own = token()
  const answers = await Promise.all([ask(own), ask(own), ask(own)])
  for (const answer of answers) t.match(answer, { personId: person, subject: 'https://issuer.test auth0|7' })
  t.match(await ask(own), { personId: person })
  t.same(said.asked, [`/v1/me Bearer ${own}`])
  said.body = { person: { id: other } }
  t.match(await ask(own), { personId: person }, 'remembered')
  state.changes++
  t.match(await ask(own), { personId: other }, 'until something changes')
})

t.test('who is none of the people gets an answer that says so, unless no person is needed', async (t) => {
  const { said, token, ask } = await start(t)
  said.body = { person: null }
  const refused = { status: 403, code: 'person_unknown', issuer: 'https://issuer.test', subject: 'auth0|7' }
  t.match(await ask(token()), refused)
  t.match(await ask(token({ roles: ['agent'] })), refused)
  t.match(await ask(token(), '/v1/me'), { unlinked: { subject: 'auth0|7' } })
  const linkedNext = token({ jti: 'next' })
  t.match(await ask(linkedNext), refused)
  said.body = { person: { id: person } }
  t.match(await ask(linkedNext), { personId: person }, 'and is not remembered as such')
  said.body = { person: null }
  t.match(await ask(token({ roles: ['integrator'] })), { personId: 'https://issuer.test auth0|7' })
  const before = said.asked.length
  t.match(await ask(token({ roles: [] })), { code: 'forbidden' })
  t.equal(said.asked.length, before, 'nobody is asked about who may do nothing')
})

t.test('a person that is not active, and a token that the directory service refuses', async (t) => {
  const { said, token, ask } = await start(t, { ids: true })
  said.status = 403
  t.match(await ask(token({ sub: person })), { status: 403, code: 'person_inactive' })
  said.status = 401
  t.match(await ask(token({ sub: person })), { status: 401, code: 'unauthenticated' })
})

t.test('while nobody can be asked, only the issuer that gives our ids is believed', async (t) => {
  const linked = await start(t)
  const ours = await start(t, { ids: true })
  for (const { said } of [linked, ours]) said.status = 503
  t.match(await linked.ask(linked.token()), { status: 503, code: 'unavailable' })
  t.match(await ours.ask(ours.token({ sub: person })), { personId: person })
  t.match(await ours.ask(ours.token()), { status: 503 }, 'a name has to be found with it too')
  linked.said.status = 200
  t.match(await linked.ask(linked.token()), { personId: person }, 'and a failure is not remembered')
})

// People sign in at OpenID providers, which know none of our ids, and work with every service behind the gateway.
import { eventually, startTestPostgres } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { startDeployment } from '../harness/deployment.ts'
import { startIdentityProvider, type IdentityProvider } from '../harness/identity-provider.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

async function startProvider (t: Test, people: Parameters<typeof startIdentityProvider>[0]): Promise<IdentityProvider> {
  const provider = await startIdentityProvider(people)
  t.teardown(() => provider.stop())
  return provider
}

/** What a deployment says of a provider; `create`: the roles of those who become people at their first call. */
function trustIn ({ issuer, jwksUrl }: IdentityProvider, create?: readonly string[]): object {
  return {
    issuer,
    jwksUrl,
    audiences: ['https://dueline.example'],
    clients: ['desk'],
    tenant: { claim: 'organization', names: { 'Acme Corp': 'acme' } },
    roles: { claims: ['groups'], names: { Customers: 'customer', Desk: 'agent', Leads: 'manager', Owners: 'admin' } },
    ...(create === undefined ? {} : { person: { create } })
  }
}

async function start (t: Test) {
  const open = await startProvider(t, {
    carla: ['Customers'],
    carl: ['Customers'],
    anna: ['Desk'],
    mia: ['Leads'],
    ada: ['Owners'],
    gus: ['Gardeners']
  })
  const closed = await startProvider(t, { cleo: ['Customers'] })
  const unknown = await startProvider(t, { carla: ['Owners'] })
  const postgres = await startTestPostgres()
  t.teardown(() => postgres.stop())
  const issuers = [trustIn(open, ['customer', 'agent', 'manager']), trustIn(closed)]
  const deployment = await startDeployment({
    folder: await temporaryFolder(t),
    adminUrl: postgres.url,
    env: { AUTH_ISSUERS: JSON.stringify(issuers), AUTH_ISSUER: '', AUTH_JWKS_URL: '' }
  })
  t.teardown(() => deployment.stop())
  const ask = async (token: string, path: string, body?: object, method = body === undefined ? 'GET' : 'POST') => {
    const answer = await fetch(`${deployment.url}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) as any }
  }
  return { open, closed, unknown, ask, url: deployment.url }
}

/** A list of each service; the directory is asked by the others who calls. */
const lists = ['/tickets', '/products', '/clocks', '/escalations', '/messages']

t.test('sign-in by code flow, from the first call to rotated keys', async (t) => {
  const { open, closed, unknown, ask, url } = await start(t)

  const carla = await open.signIn('carla')
  const created = await ask(carla, '/me')
  t.match(created, {
    status: 200,
    body: { tenantId: 'acme', unlinked: null, person: { role: 'customer', name: 'carla by name', active: true } }
  })
  const customerId: string = created.body.person.id
  t.equal((await ask(await open.signIn('carla'), '/me')).body.personId, customerId, 'the same at the next sign-in')
  const ticket = await ask(carla, '/tickets', { subject: 'Printer on fire' })
  t.match(ticket, { status: 201, body: { customerId } })

  const anna = await open.signIn('anna')
  t.match((await ask(anna, '/me')).body, { person: { role: 'agent' } })
  t.match(await ask(anna, `/tickets/${ticket.body.id}`), { status: 200, body: { customerId } })
  t.equal((await ask(anna, `/people/${customerId}/identities`)).status, 403, 'an agent links nobody')
  t.equal((await ask(await open.signIn('carl'), `/tickets/${ticket.body.id}`)).status, 404, 'another customer')

  const mia = await open.signIn('mia')
  for (const path of lists) t.match(await ask(mia, path), { status: 200, body: { items: [] } }, `manager: ${path}`)

  const refused = await ask(await unknown.signIn('carla'), '/tickets')
  t.match(refused, { status: 401, body: { code: 'unauthenticated', detail: /issuer that is not trusted/ } })
  t.equal((await ask(await open.signIn('gus'), '/tickets')).status, 403, 'a group that is no role here')

  await t.test('where nobody is created the problem says what to do, and an administrator can do it', async (t) => {
    const cleo = await closed.signIn('cleo')
    const identity = { issuer: closed.issuer, subject: 'cleo' }
    for (const path of lists.slice(0, 3)) {
      const answer = await ask(cleo, path)
      t.match(answer, { status: 403, body: { code: 'person_unknown', detail: /identities/, ...identity } }, path)
    }
    const ada = await open.signIn('ada')
    const person = await ask(ada, '/people', { role: 'customer', name: 'Cleo' })
    const link = await ask(ada, `/people/${person.body.id}/identities`, identity)
    t.equal(link.status, 201)
    for (const path of lists.slice(0, 3)) t.equal((await ask(cleo, path)).status, 200, `linked: ${path}`)
    const stream = await fetch(`${url}/v1/events/stream`, { headers: { authorization: `Bearer ${cleo}` } })
    t.equal(stream.status, 200)
    const identityPath = `/people/${person.body.id}/identities/${link.body.id}`
    t.equal((await ask(ada, identityPath, undefined, 'DELETE')).status, 204)
    t.match(await stream.text(), /event: stream-ended\ndata: \{"reason":"access_withdrawn"\}/, 'unlinked: it ends')
    // the directory knows it at once, the others within a minute
    t.match(await ask(cleo, `/people/${person.body.id}`), { status: 403, body: { code: 'person_unknown' } })
  })

  await t.test('a program calls with an API key until that is revoked', async (t) => {
    const ada = await open.signIn('ada')
    const roles = ['manager']
    const scopes = lists.map((_, index) =>
      `${['ticket', 'sla-policy', 'clock', 'escalation', 'notification'][index]}:read`
    )
    const made = await ask(ada, '/api-keys', { name: 'nightly export', roles, scopes })
    t.equal(made.status, 201)
    const { id, key } = made.body
    for (const path of lists) t.equal((await ask(key, path)).status, 200, path)
    t.match(await ask(key, '/products', { name: 'X' }), { status: 403, body: { code: 'forbidden' } })
    t.match(await ask(key, '/tickets', { subject: 'X', customerId }), { body: { code: 'scope_missing' } })
    t.match(await ask(key, '/me'), { status: 403, body: { code: 'person_needed' } })
    const stream = await fetch(`${url}/v1/events/stream`, { headers: { authorization: `Bearer ${key}` } })
    t.equal(stream.status, 200)
    t.equal((await ask(ada, `/api-keys/${id}`, undefined, 'DELETE')).status, 204)
    t.match(await stream.text(), /"reason":"access_withdrawn"/, 'its stream ends')
    for (const path of lists) await eventually(async () => (await ask(key, path)).status === 401)
  })

  await t.test('keys that the provider rotates are followed, and withdrawn ones are not taken', async (t) => {
    const early = await open.signIn('mia')
    open.rotate()
    const late = await open.signIn('mia')
    for (const path of lists) {
      // a key set is fetched again 5 s after the last time at the earliest
      await eventually(async () => (await ask(late, path)).status === 200)
      t.match(await ask(early, path), { status: 401, body: { code: 'unauthenticated' } }, `a withdrawn key: ${path}`)
    }
  })
})

// The public client against a whole stack: through its gateway, and over connections that break.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { createClient, isProblem, verifyWebhook, WebhookError, type Client, type DuelineEvent } from '@dueline/client'
import type { Role } from '@dueline/contracts'
import { arrivals, eventually } from '@dueline/testkit'
import t from 'tap'
import { startBalancer } from '../../harness/balancer.ts'
import { oneStack } from '../../harness/one-stack.ts'
import { fromSource } from '../../harness/service-process.ts'

/** Of one test: nothing of another's tenant is in its lists, its feed and its numbers. */
function claimsIn (tenant: string) {
  const roles: Role[] = ['agent', 'manager', 'admin', 'integrator']
  return { tenant, personId: '01990000-0000-7000-8000-000000000001', roles }
}

/** It is over in seconds; one that waits in vain shall say so. */
const exampleMsMax = 120_000
const customerId = '01990000-0000-7000-8000-0000000000c1'

async function makeCustomer (client: Client): Promise<void> {
  const person = { id: customerId, role: 'customer' as const, name: 'Customer', screenName: 'Customer', email: null }
  await client.post('/v1/people', { body: { ...person, language: 'en' } })
}

t.test('tickets, lists, changes and refusals', async (t) => {
  const stack = await oneStack()
  const claims = claimsIn('front-end')
  const client = createClient({ url: stack.url, token: () => stack.token(claims) })
  t.match((await client.get('/v1/me')).data, { tenantId: 'front-end', roles: claims.roles })

  await makeCustomer(client)
  const subjects = Array.from({ length: 23 }, (_, i) => `Case ${i}`)
  for (const subject of subjects) await client.post('/v1/tickets', { body: { subject, customerId, priority: 'P2' } })
  const found: string[] = []
  for await (const ticket of client.paginate('/v1/tickets', { query: { limit: 5, priority: ['P2'] } })) {
    found.push(ticket.subject)
  }
  t.same(found.sort(), subjects.sort(), 'each once, over five pages')

  const opened = await client.post('/v1/tickets', { body: { subject: 'Busy', customerId } })
  t.match(opened, { status: 201, etag: '"1"' })
  const path = { ticketId: opened.data.id }
  const tags = ['a', 'b', 'c', 'd']
  await Promise.all(
    tags.map((tag) =>
      client.change('/v1/tickets/{ticketId}', { path, changesMax: 10 }, (ticket) => ({ tags: [...ticket.tags, tag] }))
    )
  )
  t.same((await client.get('/v1/tickets/{ticketId}', { path })).data.tags.sort(), tags, 'no change is lost')

  const refused = await client.post('/v1/tickets/{ticketId}/transitions', { path, body: { to: 'closed' } })
    .catch((error: unknown) => error)
  t.ok(isProblem(refused, 'ticket_transition_refused'))
  t.match(refused, {
    status: 409,
    body: { allowed: ['open', 'waiting_on_customer', 'waiting_on_vendor', 'resolved', 'cancelled'] }
  })
  const wrong = { subject: '', tags: [5] } as unknown as { subject: string }
  const invalid = await client.post('/v1/tickets', { body: wrong }).catch((error: unknown) => error)
  t.ok(isProblem(invalid, 'validation_failed'))
  t.match(invalid, { status: 400, faults: [{ in: 'body', pointer: '/subject' }, { in: 'body', pointer: '/tags/0' }] })
})

t.test("the README's example runs as it stands", async (t) => {
  const stack = await oneStack()
  const claims = claimsIn('front-end-example')
  const client = createClient({ url: stack.url, token: () => stack.token(claims) })
  await makeCustomer(client)
  // with nothing in the feed there is no cursor to go on after, and what happens before the stream is open is not in it
  await eventually(async () => (await client.get('/v1/events')).data.items.length > 0)
  const readme = await readFile('packages/client/README.md', 'utf8')
  const example = readme.match(/```ts\n([^]*?)```/)?.[1] ?? ''
  t.equal(example, await readFile('packages/client/test/example.ts', 'utf8'), 'it is what is compiled')
  const env = { ...process.env, DUELINE: stack.url, TOKEN: await stack.token(claims) }
  const program = ['--input-type=module-typescript', '--eval', example]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...fromSource, ...program], {
    env,
    timeout: exampleMsMax
  })
  t.equal(stderr, '')
  t.match(stdout, /^opened T-000001\n/)
  t.match(stdout, /^allowed: open,waiting_on_customer,waiting_on_vendor,resolved,cancelled\n/m)
  t.match(stdout, /^resolution started at \d{4}-.*Z\n$/m)
})

t.test('a stream goes on where its connection broke: nothing is missed or comes twice', async (t) => {
  const stack = await oneStack()
  const claims = claimsIn('front-end-stream')
  const balancer = await startBalancer()
  balancer.add(Number(new URL(stack.url).port))
  t.teardown(() => balancer.close())
  const token = (): Promise<string> => stack.token(claims)
  const direct = createClient({ url: stack.url, token })
  const broken = createClient({ url: balancer.url, token })

  await makeCustomer(direct)
  const got = arrivals<string>()
  const states = arrivals<string>()
  const leaving = new AbortController()
  const reading = (async () => {
    const types = ['dueline.ticket.created.v1'] as const
    for await (const { event } of broken.stream({ types, signal: leaving.signal, onState: states.add })) {
      got.add(event.data.ticket.subject)
    }
  })()
  await states.find((state) => state === 'open')
  const subjects: string[] = []
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 5; i++) {
      const subject = `${round}.${i}`
      subjects.push(subject)
      await direct.post('/v1/tickets', { body: { subject, customerId } })
      if (i === 2) balancer.cut()
    }
  }
  await got.atLeast(subjects.length)
  t.ok(states.all.includes('broken'), 'it did break')
  leaving.abort()
  await reading
  const all: DuelineEvent[] = []
  for await (const { event } of direct.feed()) all.push(event)
  const created = all.flatMap((event) => event.type === 'dueline.ticket.created.v1' ? [event.data.ticket.subject] : [])
  t.same(got.all, created, 'the order of the feed')
  t.same(created.toSorted(), subjects.toSorted(), 'each once')
})

t.test('webhooks are verified, with both secrets while they are rotated', async (t) => {
  const stack = await oneStack()
  const claims = claimsIn('front-end-webhooks')
  const client = createClient({ url: stack.url, token: () => stack.token(claims) })
  await makeCustomer(client)
  const secrets: string[] = []
  const got = arrivals<DuelineEvent>()
  const faults: unknown[] = []
  const server = createServer((request, response) => {
    const receive = async (): Promise<void> => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      got.add(await verifyWebhook(request.headers, Buffer.concat(chunks), secrets))
    }
    receive().then(() => response.writeHead(204).end(), (error: unknown) => {
      faults.push(error)
      response.writeHead(error instanceof WebhookError ? 400 : 500).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  )
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const { data: endpoint } = await client.post('/v1/webhook-endpoints', { body: { url } })
  secrets.push(endpoint.secret)
  const path = { endpointId: endpoint.id }
  await client.post('/v1/webhook-endpoints/{endpointId}/test', { path })
  await got.find(({ type }) => type === 'dueline.webhook-endpoint.tested.v1')
  const { data: rotated } = await client.post('/v1/webhook-endpoints/{endpointId}/rotate-secret', { path })
  secrets.unshift(rotated.secret)
  const { data: ticket } = await client.post('/v1/tickets', { body: { subject: 'Signed', customerId } })
  const created = await got.find(({ type }) => type === 'dueline.ticket.created.v1')
  if (created.type === 'dueline.ticket.created.v1') t.equal(created.data.ticket.id, ticket.id, 'and its type is known')
  secrets.pop()
  await client.post('/v1/tickets', { body: { subject: 'Signed by the new one', customerId } })
  await eventually(() => got.all.filter(({ type }) => type === 'dueline.ticket.created.v1').length === 2)
  t.same(faults, [])
})

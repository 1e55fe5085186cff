import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Role } from '@dueline/contracts'
import { systemClock } from '@dueline/runtime'
import { arrivals, eventually } from '@dueline/testkit'
import { createParser } from 'eventsource-parser'
import t, { type Test } from 'tap'
import { breached, cast, event, message, personChanged, tenant, who } from '../events.ts'
import { startNotification } from './harness.ts'

const agent = { roles: ['agent'] as Role[], as: who.agent }
const customer = { roles: ['customer'] as Role[], as: who.customer }

async function started (t: Test, aheadMicros = { now: 0 }, env: Record<string, string> = {}) {
  const clock = { now: () => systemClock.now() + aheadMicros.now }
  const service = await startNotification(t, env, { clock })
  const url = await service.http.listen({ port: 0, host: '127.0.0.1' })
  async function ticketFor (caller: typeof agent, body: object = {}): Promise<string> {
    const answer = await service.call('POST', '/events/stream-tickets', body, caller)
    t.equal(answer.status, 201)
    return answer.body.ticket
  }
  /** As a browser's EventSource: no header but what that sends. */
  async function open (query: string, headers: Record<string, string> = {}) {
    const left = new AbortController()
    const response = await fetch(`${url}/v1/events/stream?${query}`, { headers, signal: left.signal })
    const came = arrivals<{ name: string, id: string, data: any }>()
    const parser = createParser({
      onEvent: ({ id = '', event: name = '', data }) => came.add({ name, id, data: JSON.parse(data) })
    })
    if (response.ok) {
      void (async () => {
        const decoder = new TextDecoder()
        for await (const chunk of response.body ?? []) {
          parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }))
        }
      })().catch(() => {})
    }
    t.teardown(() => left.abort())
    const problem = async () => await response.json() as { code: string, detail: string }
    return { response, came, leave: () => left.abort(), problem }
  }
  return { ...service, ticketFor, open }
}

t.test('a ticket opens one stream with its roles and filters, and goes on after a cursor with a new one', async (t) => {
  const { deliver, ticketFor, open, database } = await started(t)
  await deliver(...cast)
  const ticket = await ticketFor(customer, { types: 'ticket.*' })
  const first = await open(`ticket=${ticket}`)
  t.match([first.response.status, first.response.headers.get('referrer-policy')], [200, 'no-referrer'])
  await deliver(
    event('dueline.ticket.message-added.v1', message('internal', 'agent', who.agent)),
    breached(),
    event('dueline.ticket.message-added.v1', message('public', 'agent', who.agent))
  )
  const seen = await first.came.find()
  t.match([seen.name, seen.data.data.message], ['dueline.ticket.message-added.v1', { kind: 'public', authorId: null }])
  first.leave()

  t.match(await (await open(`ticket=${ticket}`)).problem(), { code: 'stream_ticket_refused', detail: /used already/ })
  await deliver(event('dueline.ticket.created.v1'))
  for (const by of ['header', 'after'] as const) {
    const fresh = await ticketFor(customer, { types: 'ticket.*' })
    const again = by === 'header'
      ? await open(`ticket=${fresh}`, { 'last-event-id': seen.id })
      : await open(`ticket=${fresh}&after=${seen.id}`)
    t.equal((await again.came.find()).name, 'dueline.ticket.created.v1', `nothing is missed or repeated, by ${by}`)
  }
  const within = await open(`ticket=${await ticketFor(customer, { types: 'ticket.*', after: seen.id })}`)
  t.equal((await within.came.find()).name, 'dueline.ticket.created.v1', 'the cursor may be said with the ticket')
  const { rows } = await database.pool.query<{ text: string }>('select stream_ticket::text as text from stream_ticket')
  t.notMatch(JSON.stringify(rows), ticket.split('.')[1]!, 'it is not kept as it is')
})

t.test('of many that try one ticket at once, in two processes, one gets the stream', async (t) => {
  const { ticketFor, open, url, database, name, issuer } = await started(t)
  const other = await startNotification(t, {}, { on: { url, database, name } })
  const otherUrl = await other.http.listen({ port: 0, host: '127.0.0.1' })
  const ticket = await ticketFor(agent)
  const tries = await Promise.all(Array.from({ length: 10 }, async (_, index) => {
    if (index % 2 === 0) return (await open(`ticket=${ticket}`)).response.status
    const left = new AbortController()
    t.teardown(() => left.abort())
    return (await fetch(`${otherUrl}/v1/events/stream?ticket=${ticket}`, { signal: left.signal })).status
  }))
  t.same(tries.sort(), [200, ...Array.from({ length: 9 }, () => 401)])
  t.ok(issuer)
})

t.test('late, made up, of another tenant, with filters: a problem that says what would be right', async (t) => {
  const ahead = { now: 0 }
  const { ticketFor, open, call } = await started(t, ahead)
  const late = await ticketFor(agent)
  const inTime = await ticketFor(agent)
  ahead.now = 29_000_000
  t.equal((await open(`ticket=${inTime}`)).response.status, 200, 'its neighbour')
  ahead.now = 31_000_000
  const refused = await open(`ticket=${late}`)
  t.match([refused.response.status, refused.response.headers.get('www-authenticate')], [401, 'Bearer'])
  t.match(await refused.problem(), { code: 'stream_ticket_refused', detail: /older than 30 seconds/ })
  ahead.now = 0
  const good = await ticketFor(agent)
  for (const ticket of ['', 'nonsense', `other${good.slice(tenant.length)}`, `${good}x`]) {
    t.match(await (await open(`ticket=${ticket}`)).problem(), { code: 'stream_ticket_refused' }, ticket)
  }
  t.match(await (await open(`ticket=${good}&types=clock.*`)).problem(), { errors: [{ pointer: '/types' }] })
  t.equal((await open(`ticket=${good}`)).response.status, 200, 'a request that was refused did not use it')
  t.equal((await open('after=latest')).response.status, 401, 'without ticket and token')
  const bad = await call('POST', '/events/stream-tickets', { unassigned: true, assigneeId: 'me', types: 'x' }, agent)
  t.match(bad.body.errors, [{ in: 'body', pointer: '/types' }, { in: 'body', pointer: '/unassigned' }])
})

t.test('the stream of a ticket ends with the token that got it, and says so', async (t) => {
  const { issuer, http, open } = await started(t, { now: 3_604_000_000 })
  const headers = await issuer.bearer({ tenant, roles: ['agent'], expiresInSeconds: 3_600 })
  const { ticket } = (await http.inject({ method: 'POST', url: '/v1/events/stream-tickets', headers, payload: {} }))
    .json<{ ticket: string }>()
  const stream = await open(`ticket=${ticket}`)
  t.match(await stream.came.find(), { name: 'stream-ended', data: { reason: 'token_expired' } })
})

t.test('who is made inactive loses the streams, by ticket and by token; others keep theirs', async (t) => {
  const { issuer, deliver, ticketFor, open } = await started(t)
  await deliver(...cast)
  const headers = await issuer.bearer({ tenant, roles: ['agent'], sub: who.agent })
  const mine = [await open(`ticket=${await ticketFor(agent, { types: 'ticket.*' })}`), await open('', headers)]
  const other = await open(`ticket=${await ticketFor(customer)}`)
  await deliver(personChanged(who.agent, { version: 2, active: false }), event('dueline.ticket.created.v1'))
  for (const { came } of mine) {
    const end = await came.find(({ name }) => name === 'stream-ended')
    t.match(end, { data: { reason: 'person_inactive' } })
  }
  t.match(await other.came.find(), { name: 'dueline.ticket.created.v1' })
})

t.test('who gets another role loses the streams, and may come back; another name ends nothing', async (t) => {
  const { issuer, deliver, ticketFor, open } = await started(t)
  await deliver(...cast)
  const headers = await issuer.bearer({ tenant, roles: ['agent'], sub: who.agent })
  const mine = [await open(`ticket=${await ticketFor(agent)}`), await open('', headers)]
  const other = await open(`ticket=${await ticketFor(customer)}`)
  await deliver(personChanged(who.agent, { version: 2, name: 'Another name' }), event('dueline.ticket.created.v1'))
  for (const { came } of mine) t.match(await came.find(), { name: 'dueline.ticket.created.v1' }, 'it goes on')
  await deliver(personChanged(who.agent, { version: 3, role: 'sales' }), breached())
  for (const { came } of mine) {
    const end = await came.find(({ name }) => name === 'stream-ended')
    t.match(end, { data: { reason: 'role_changed' } })
  }
  await other.came.find(({ name }) => name === 'dueline.clock.breached.v1')
  const back = await open('', headers)
  await deliver(personChanged(who.agent, { version: 4, role: 'sales', name: 'A third name' }), breached())
  t.match(await back.came.find(), { name: 'dueline.clock.breached.v1' }, 'with the role of now it stays')
})

/** A ticket service that says who a caller is, as the test has it say. */
async function ticketService (t: Test) {
  const says = { status: 200, personId: who.agent as string | null }
  const server = createServer((_request, response) => {
    const person = says.personId === null ? null : { id: says.personId }
    response.writeHead(says.status, { 'content-type': 'application/json' }).end(JSON.stringify({ person }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { says, env: { DIRECTORY_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } }
}

t.test('a token that is no longer that person’s loses its streams; who stays that person keeps them', async (t) => {
  const { says, env } = await ticketService(t)
  const { issuer, deliver, ticketFor, open } = await started(t, { now: 0 }, env)
  await deliver(...cast)
  const headers = await issuer.bearer({ tenant, roles: ['agent'], sub: who.agent })
  const streams = [await open(`ticket=${await ticketFor(agent, { types: 'ticket.*' })}`), await open('', headers)]
  says.status = 503
  await deliver(personChanged(who.agent, { version: 2 }), event('dueline.ticket.created.v1'))
  says.status = 200
  await deliver(personChanged(who.agent, { version: 3 }), event('dueline.ticket.created.v1'))
  for (const { came } of streams) {
    const names = (await came.atLeast(2)).map(({ name }) => name).filter((name) => !/person|inbox/.test(name))
    t.same(new Set(names), new Set(['dueline.ticket.created.v1']), 'a change of the person ends nothing by itself')
  }
  says.personId = who.manager
  await deliver(personChanged(who.agent, { version: 4 }))
  for (const { came } of streams) {
    t.match(await came.find(({ name }) => name === 'stream-ended'), { data: { reason: 'access_withdrawn' } })
  }
})

t.test('a ticket of a person who is inactive by then opens nothing, whoever knows it first', async (t) => {
  const { says, env } = await ticketService(t)
  const { deliver, ticketFor, open } = await started(t, { now: 0 }, env)
  await deliver(...cast)
  const [asked, copied] = [await ticketFor(agent), await ticketFor(agent)]
  says.status = 403
  t.match(await (await open(`ticket=${asked}`)).problem(), { status: 403, code: 'person_inactive' })
  says.status = 200
  await deliver(personChanged(who.agent, { version: 2, active: false }))
  t.match(await (await open(`ticket=${copied}`)).problem(), { status: 403, code: 'person_inactive' })
  await deliver(personChanged(who.agent, { version: 3, active: true }))
  t.equal((await open(`ticket=${copied}`)).response.status, 200, 'its neighbour')
})

t.test('a caller has 20 streams at most; who is refused learns when to come back', async (t) => {
  const { ticketFor, open } = await started(t)
  for (let n = 0; n < 20; n++) t.equal((await open(`ticket=${await ticketFor(agent)}`)).response.status, 200)
  const refused = await open(`ticket=${await ticketFor(agent)}`)
  t.match([refused.response.status, refused.response.headers.get('retry-after')], [429, '10'])
  t.equal((await open(`ticket=${await ticketFor(customer)}`)).response.status, 200, 'another caller')
})

t.test('a ticket is not used up by what opens nothing', async (t) => {
  const { ticketFor, open } = await started(t)
  const streams = []
  for (let n = 0; n < 20; n++) streams.push(await open(`ticket=${await ticketFor(agent)}`))
  const ticket = await ticketFor(agent)
  t.equal((await open(`ticket=${ticket}&after=nonsense`)).response.status, 400)
  t.equal((await open(`ticket=${ticket}`)).response.status, 429)
  streams[0]!.leave()
  await eventually(async () => t.equal((await open(`ticket=${ticket}`)).response.status, 200))
  t.equal((await open(`ticket=${ticket}`)).response.status, 401, 'what opened a stream did')
})

t.test('HEAD is refused as GET is, and uses no ticket; a ticket beside a token is two callers', async (t) => {
  const { http, issuer, ticketFor, open } = await started(t)
  const ticket = await ticketFor(agent)
  const headers = await issuer.bearer({ tenant, roles: ['agent'] })
  const head = async (query: string, headers = {}) =>
    (await http.inject({ method: 'HEAD', url: `/v1/events/stream?${query}`, headers })).statusCode
  t.same([await head('ticket=anything'), await head(`ticket=${ticket}`), await head('')], [401, 401, 401])
  t.same([await head('after=nonsense', headers), await head('after=latest', headers)], [400, 200])
  t.equal(await head(`ticket=${ticket}`, headers), 400)
  const both = await open(`ticket=${ticket}`, headers)
  t.match(await both.problem(), { code: 'validation_failed', errors: [{ in: 'query', pointer: '/ticket' }] })
  t.equal((await open(`ticket=${ticket}`)).response.status, 200)
  const answer = await http.inject({ url: '/v1/events?unassigned=false', headers })
  t.match(answer.json(), { errors: [{ in: 'query', pointer: '/unassigned', message: 'must be true or absent' }] })
})

t.test('a process has STREAMS_MAX streams at most', async (t) => {
  const { issuer, open } = await started(t, undefined, { STREAMS_MAX: '1' })
  const headers = await issuer.bearer({ tenant, roles: ['agent'] })
  t.equal((await open('', headers)).response.status, 200)
  const { response } = await open('', headers)
  t.match([response.status, response.headers.get('retry-after')], [503, '10'])
})

// What happens in an inbox, live: for its owner alone, in the order in which it happened, each with the right number.
import type { DuelineEvent, Role } from '@dueline/contracts'
import { eventFaults } from '@dueline/contracts'
import { arrivals, eventually } from '@dueline/testkit'
import { createParser } from 'eventsource-parser'
import t, { type Test } from 'tap'
import { assigned, breached, cast, event, tenant, who } from '../events.ts'
import { startNotification } from './harness.ts'

type Started = Awaited<ReturnType<typeof startNotification>>
type Inbox = DuelineEvent<'dueline.inbox.message-added.v1' | 'dueline.inbox.read.v1'>

const as = (role: Role, person: string) => ({ roles: [role], as: person })

async function follow (t: Test, { issuer }: Started, url: string, role: Role, person: string, query = '') {
  const left = new AbortController()
  t.teardown(() => left.abort())
  const headers = await issuer.bearer({ tenant, roles: [role], sub: person })
  const response = await fetch(`${url}/v1/events/stream${query}`, { headers, signal: left.signal })
  t.equal(response.status, 200)
  const got = arrivals<DuelineEvent>()
  const parser = createParser({ onEvent: ({ data }) => data !== '' && got.add(JSON.parse(data) as DuelineEvent) })
  void (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }))
  })().catch(() => {})
  return got
}

const inInbox = ({ type }: { type: string }): boolean => type.startsWith('dueline.inbox.')

t.test('an inbox is followed by its owner alone, whatever else it reads', async (t) => {
  const started = await startNotification(t)
  const { http, deliver, call } = started
  const url = await http.listen({ port: 0, host: '127.0.0.1' })
  await deliver(...cast)
  const streams = {
    agent: await follow(t, started, url, 'agent', who.agent),
    mine: await follow(t, started, url, 'agent', who.agent, '?assigneeId=me'),
    operator: await follow(t, started, url, 'operator', who.agent, '?types=inbox.*'),
    manager: await follow(t, started, url, 'manager', who.manager),
    admin: await follow(t, started, url, 'admin', who.admin),
    customer: await follow(t, started, url, 'customer', who.customer)
  }
  await deliver(event('dueline.ticket.created.v1'), assigned(null, who.agent), breached())
  const messages = (await call('GET', '/inbox', undefined, as('agent', who.agent))).body
  t.equal(messages.unreadCount, 3)
  const first = messages.items.at(-1)
  const path = `/inbox/${first.id}/read`
  for (const times of ['once', 'again']) {
    t.equal((await call('POST', path, undefined, as('agent', who.agent))).status, 204, times)
  }
  t.equal((await call('POST', path, undefined, as('manager', who.manager))).status, 404, 'of somebody else')
  t.equal((await call('POST', '/inbox/read-all', undefined, as('agent', who.agent))).body.count, 2)
  t.equal((await call('POST', '/inbox/read-all', undefined, as('agent', who.agent))).body.count, 0)
  await deliver(assigned(null, who.agent))

  const wanted = [...Array(3).fill('message-added 3'), 'read 2', 'read 0', 'message-added 1']
  for (const name of ['agent', 'mine', 'operator'] as const) {
    await streams[name].find((each) =>
      inInbox(each) && (each as Inbox).data.unreadCount === 1 &&
      each.type === 'dueline.inbox.message-added.v1'
    )
    const events = streams[name].all.filter(inInbox) as Inbox[]
    t.same(
      events.map(({ type, data }) => `${type.slice('dueline.inbox.'.length, -3)} ${data.unreadCount}`),
      wanted,
      name
    )
    t.ok(events.every(({ data }) => data.personId === who.agent))
    for (const each of events) t.same(eventFaults({ ...each, sequence: Number(each.sequence) } as Inbox), [])
  }
  const { id, eventType, ticketId, clockId, escalationId, mark, urgent, subject } = first
  const [added, , , read, readAll] = streams.agent.all.filter(inInbox) as Inbox[]
  t.same(added!.data, {
    personId: who.agent,
    unreadCount: 3,
    message: { id, eventType, ticketId, clockId, escalationId, mark, urgent, subject }
  })
  t.match([read!.data, readAll!.data], [{ messageId: first.id }, { messageId: null }])

  for (
    const [name, person, role] of [
      ['manager', who.manager, 'manager'],
      ['admin', who.admin, 'admin'],
      ['customer', who.customer, 'customer']
    ] as const
  ) {
    const last = (await call('GET', '/events?limit=200', undefined, as(role, person))).body.items.at(-1)
    await streams[name].find((each) => each.id === last.id)
    const own = streams[name].all.filter(inInbox) as Inbox[]
    t.ok(own.every(({ data }) => data.personId === person), `${name} follows no other`)
    t.equal(own.length > 0, name !== 'admin', name)
    const { items } = (await call('GET', '/events?types=inbox.*&limit=200', undefined, as(role, person))).body
    t.same(items.map((each: Inbox) => each.id), own.map((each) => each.id), `${name}: the feed has the same`)
  }
  t.same((await call('GET', '/events?types=inbox.*', undefined, as('customer', who.ceo))).body.items, [])
})

t.test('no webhook tells of an inbox', async (t) => {
  const { call, deliver, database } = await startNotification(t)
  const url = 'http://127.0.0.1:9/'
  const refused = await call('POST', '/webhook-endpoints', { url, types: ['dueline.inbox.read.v1'] })
  t.match(refused, { status: 400, body: { errors: [{ pointer: '/types/0' }] } })
  t.equal((await call('POST', '/webhook-endpoints', { url, types: [] })).status, 201, 'of all')
  await deliver(...cast, event('dueline.ticket.created.v1'), assigned(null, who.agent))
  await call('POST', '/inbox/read-all', undefined, as('agent', who.agent))
  const state = async (): Promise<any> =>
    (await database.pool.query(`select bool_and(e.lined_up_to = h.next_position - 1) as done,
        (select array_agg(distinct f.type) from webhook_delivery d join feed_event f on f.tenant_id = d.tenant_id
          and f.id = d.event_id) as delivered,
        (select count(*)::int from feed_event f where f.type like 'dueline.inbox.%') as announced
      from webhook_endpoint e join feed_head h on h.tenant_id = e.tenant_id`)).rows[0]
  const { delivered, announced } = await eventually(async () => {
    const now = await state()
    return now.done === true && now
  })
  t.ok(announced >= 3)
  t.ok(delivered.includes('dueline.ticket.assigned.v1'))
  t.same(delivered.filter((type: string) => inInbox({ type })), [])
})

t.test('of many who read at once the last to say a number is right', async (t) => {
  const { call, deliver } = await startNotification(t)
  await deliver(...cast)
  await deliver(...Array.from({ length: 12 }, () => assigned(null, who.agent)))
  const mine = as('agent', who.agent)
  const { items } = (await call('GET', '/inbox?limit=200', undefined, mine)).body
  t.equal(items.length, 12)
  await Promise.all([
    ...items.slice(0, 8).map(async ({ id }: any) => await call('POST', `/inbox/${id}/read`, undefined, mine)),
    deliver(assigned(null, who.agent)),
    deliver(assigned(null, who.agent))
  ])
  const events = (await call('GET', '/events?types=inbox.*&limit=200', undefined, mine)).body.items
  t.equal(events.length, 12 + 8 + 2)
  t.equal(events.at(-1).data.unreadCount, (await call('GET', '/inbox', undefined, mine)).body.unreadCount)
  t.equal(events.at(-1).data.unreadCount, 6)
})

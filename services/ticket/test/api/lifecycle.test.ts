import t from 'tap'
import { people, startTicket, tenant } from './harness.ts'

void t.test('a ticket from opening to closing, and the facts it leaves', async (t) => {
  const service = await startTicket(t)
  const { clock, post, get } = service
  const created = await post('/tickets', {
    subject: 'Printer on fire',
    priority: 'P1',
    severity: 'high',
    type: 'complaint'
  }, { as: 'customer' })
  t.equal(created.status, 201)
  t.equal(created.headers.location, `/v1/tickets/${created.body.id}`)
  t.equal(created.etag, '"1"')
  t.match(created.body, {
    number: 'T-000001',
    status: 'new',
    priority: 'P1',
    customerId: people.customer.id,
    assigneeId: null,
    createdAt: '2026-03-02T08:00:00.000000Z',
    version: 1
  })
  const at = `/tickets/${created.body.id}`

  clock.advance(60_000_000)
  t.match(
    await post(`${at}/assignments`, { assigneeId: people.agent.id, reason: 'knows printers' }, { as: 'manager' }),
    { status: 200, body: { assigneeId: people.agent.id, version: 2 } }
  )
  const reply = await post(`${at}/messages`, { body: 'We are on it' }, { as: 'agent' })
  t.match(reply, {
    status: 201,
    etag: '"4"',
    body: { kind: 'public', author: { kind: 'agent', screenName: 'Support A' }, ticketVersion: 3 }
  })
  t.match(await post(`${at}/transitions`, { to: 'waiting_on_customer', reason: 'which printer?' }), {
    status: 200,
    body: { status: 'waiting_on_customer', version: 5 }
  })
  t.match(await post(`${at}/messages`, { body: 'The red one' }, { as: 'customer' }), { status: 201, etag: '"7"' })
  t.match(await post(`${at}/transitions`, { to: 'resolved' }), {
    status: 200,
    body: { status: 'resolved', resolvedAt: /^2026-03-02T08:01:00/, version: 8 }
  })
  clock.advance(3_600_000_000)
  t.match(await post(`${at}/messages`, { body: 'It burns again' }, { as: 'customer' }), { status: 201, etag: '"10"' })
  t.match(await get(at, { as: 'customer' }), {
    status: 200,
    body: { status: 'open', reopenCount: 1, resolvedAt: null, version: 10 }
  })

  const sent = await service.outbox()
  t.same(sent.map(({ type, sequence }) => `${sequence} ${type}`), [
    '1 ticket.created',
    '2 ticket.assigned',
    '3 ticket.message-added',
    '4 ticket.status-changed',
    '5 ticket.status-changed',
    '6 ticket.message-added',
    '7 ticket.status-changed',
    '8 ticket.status-changed',
    '9 ticket.message-added',
    '10 ticket.reopened'
  ])
  const times = sent.map(({ time }) => time)
  t.same(times, [...new Set(times)].sort(), 'times grow strictly')
  t.ok(
    sent.every((event) =>
      event.subject === `ticket/${created.body.id}` && event.partitionkey === created.body.id &&
      event.tenantid === tenant && !event.historical
    )
  )
  t.match(sent[0]!.data, {
    actor: { kind: 'customer', id: people.customer.id, screenName: 'Carla' },
    ticket: { version: 1, importing: false }
  })
  t.match(sent[1]!.data, { from: { assigneeId: null }, to: { assigneeId: people.agent.id }, reason: 'knows printers' })
  t.match(sent[2]!.data.message, {
    kind: 'public',
    authorKind: 'agent',
    authorId: people.agent.id,
    excerpt: 'We are on it'
  })
  t.match(sent[3]!.data, { from: 'new', to: 'open', actor: { kind: 'system', id: null } })
  t.match(sent[9]!.data, { from: 'resolved', to: 'open', ticket: { reopenCount: 1 } })

  const timeline = await get(`${at}/timeline`)
  t.equal(timeline.body.items.length, 10)
  t.match(timeline.body.items[1], {
    kind: 'assigned',
    actor: { kind: 'agent', screenName: 'Lead' },
    reason: 'knows printers',
    changes: [{ field: 'assigneeId', from: null, to: people.agent.id }]
  })
  const messages = await get(`${at}/messages`, { as: 'customer' })
  t.same(messages.body.items.map((m: any) => [m.author.screenName, m.body]), [['Support A', 'We are on it'], [
    'Carla',
    'The red one'
  ], ['Carla', 'It burns again']])
})

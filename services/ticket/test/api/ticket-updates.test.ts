import t from 'tap'
import { other, people, startTicket, type TestTicket, teams } from './harness.ts'

const unknown = '01900000-0000-7000-8000-0000000000ff'

const update = async ({ post }: TestTicket, items: unknown, options: object = {}) =>
  await post('/ticket-updates', { items }, options)

void t.test('each item is done as a whole, and a refused one does not hinder the others', async (t) => {
  const service = await startTicket(t)
  const [a, b, c, d, e, f] = [
    await service.open(),
    await service.open(),
    await service.open(),
    await service.open({ priority: 'P1' }),
    await service.open(),
    await service.open()
  ]
  await service.clearOutbox()
  const { status, body } = await update(service, [
    { ticketId: a.id, version: 1, priority: 'P1', assigneeId: people.second.id, status: 'open', reason: 'a storm' },
    { ticketId: b.id, version: 2, priority: 'P1' },
    { ticketId: unknown, priority: 'P1' },
    { ticketId: c.id, subject: 'Printer is wet', status: 'closed' },
    { ticketId: d.id, priority: 'P1', status: 'new', teamId: null },
    { ticketId: e.id, assigneeId: people.outsider.id, productId: unknown, tags: ['x'] },
    { ticketId: f.id },
    { ticketId: a.id, priority: 'P3' }
  ])
  t.equal(status, 200)
  t.match(body.items, [
    { status: 200, ticket: { id: a.id, priority: 'P1', assigneeId: people.second.id, status: 'open', version: 4 } },
    { status: 412, ticket: null, errors: [{ pointer: '/version', message: /version 1/ }] },
    { status: 404, ticket: null, errors: [{ pointer: '/ticketId', message: 'no such ticket' }] },
    { status: 409, errors: [{ pointer: '/status', message: /from new .* to open, waiting_on_customer/ }] },
    { status: 200, ticket: { id: d.id, version: 1 }, errors: [] },
    { status: 400, errors: [{ pointer: '/productId' }, { pointer: '/assigneeId', message: 'is a customer' }] },
    { status: 400, errors: [{ pointer: '', message: 'must name what is to change' }] },
    { status: 400, errors: [{ pointer: '/ticketId', message: 'is that of item 0: name a ticket once' }] }
  ])
  t.same(body.items.map(({ index }: { index: number }) => index), [0, 1, 2, 3, 4, 5, 6, 7])
  for (const { id, subject } of [b, c, e, f]) {
    t.match((await service.get(`/tickets/${id}`)).body, { subject, version: 1 }, 'a refused item changed nothing')
  }
  t.same((await service.get(`/tickets/${a.id}`)).body, body.items[0].ticket, 'the answer is what was stored')
  t.same(
    (await service.outbox()).map(({ type, subject, sequence }) => [type, subject, sequence]),
    [
      ['ticket.updated', `ticket/${a.id}`, 2],
      ['ticket.assigned', `ticket/${a.id}`, 3],
      ['ticket.status-changed', `ticket/${a.id}`, 4]
    ],
    'one event per fact, in their order'
  )
  const timeline = (await service.get(`/tickets/${a.id}/timeline`)).body.items
  t.match(timeline.slice(1), [
    { kind: 'updated', reason: null, actor: { id: people.agent.id } },
    { kind: 'assigned', reason: 'a storm' },
    { kind: 'status-changed', reason: 'a storm' }
  ])
  const times = timeline.map(({ at }: { at: string }) => at)
  t.same(times, [...new Set(times)].sort(), 'each fact is later than the one before')
})

void t.test('a batch of 100 is written by one statement per table', async (t) => {
  const service = await startTicket(t)
  const ids: string[] = []
  for (let i = 0; i < 100; i++) ids.push((await service.open()).id)
  await service.clearOutbox()
  const answer = await update(service, ids.map((ticketId) => ({ ticketId, priority: 'P1', status: 'open' })))
  t.ok(answer.body.items.every(({ status }: { status: number }) => status === 200))
  // rows of one statement have one transaction and one command in it
  for (const [table, count] of [['ticket', 100], ['ticket_timeline', 200], ['outbox', 200]] as const) {
    const { rows } = await service.database.pool.query<{ count: number }>(
      `select count(*)::int from ${table} ${table === 'ticket_timeline' ? 'where version > 1' : ''}
        group by xmin::text, cmin::text`
    )
    t.same(rows, [{ count }], table)
  }
})

void t.test('a key makes it once, and bodies that no ticket could take are refused as a whole', async (t) => {
  const service = await startTicket(t)
  const { id } = await service.open()
  const headers = { 'idempotency-key': 'once' }
  const first = await update(service, [{ ticketId: id, version: 1, teamId: teams.blue }], { headers })
  t.match(first.body.items, [{ status: 200, ticket: { teamId: teams.blue, version: 2 } }])
  t.same((await update(service, [{ teamId: teams.blue, version: 1, ticketId: id }], { headers })).body, first.body)
  t.match(await update(service, [{ ticketId: id, teamId: teams.red }], { headers }), {
    status: 409,
    body: { code: 'idempotency_key_reused' }
  })
  t.match((await service.get(`/tickets/${id}`)).body, { teamId: teams.blue, version: 2 })

  const item = { ticketId: id, teamId: teams.red }
  const wrong = await update(service, [item, { ticketId: 'T-000001', priority: 'P9', number: 'T-000002' }])
  t.equal(wrong.status, 400)
  t.same(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort(), [
    '/items/1/number',
    '/items/1/priority',
    '/items/1/ticketId'
  ])
  t.match(await update(service, []), { status: 400 })
  t.match(await update(service, Array.from({ length: 101 }, () => item)), { status: 400 })
  t.match(await update(service, [item], { as: 'customer' }), { status: 403 })
  t.match(await update(service, [item], { roles: ['integrator'] }), { status: 403 })
  t.match(await update(service, [item], { as: null }), { status: 401 })
  t.match((await update(service, [item], { tenant: other })).body.items, [{ status: 404 }], 'of another tenant')
  t.match((await service.get(`/tickets/${id}`)).body, { teamId: teams.blue, version: 2 })
})

void t.test('batches that name the same tickets in other orders wait for each other and lose nothing', async (t) => {
  const service = await startTicket(t)
  const ids = [(await service.open()).id, (await service.open()).id, (await service.open()).id]
  const answers = await Promise.all(Array.from({ length: 12 }, async (_, i) =>
    await update(
      service,
      (i % 2 === 0 ? ids : ids.toReversed()).map((ticketId) => ({ ticketId, tags: [`${i}`] }))
    )))
  t.ok(answers.every(({ status }) => status === 200))
  for (const id of ids) t.equal((await service.get(`/tickets/${id}`)).body.version, 13)
})

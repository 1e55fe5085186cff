import t from 'tap'
import { idOfExternal } from '@dueline/service'
import { startTicket, tenant } from './harness.ts'
import { admin, finish, line, ndjson } from './import-support.ts'

void t.test('a history with facts in any order becomes a ticket and historical events', async (t) => {
  const service = await startTicket(t)
  const { status, body, headers } = await service.post(
    '/ticket-imports',
    ndjson(line('INC1', {
      product: 'Mail',
      custom: { location: 143 },
      facts: [
        { at: '2016-03-05T12:00:00Z', kind: 'status_changed', to: 'closed' },
        { at: '2016-02-29T08:00:00Z', kind: 'status_changed', to: 'open' },
        { at: '2016-02-29T08:00:00Z', kind: 'assigned', assignee: { externalId: 'Resolver 9' }, team: 'Group 56' },
        { at: '2016-02-29T08:00:00Z', kind: 'status_changed', to: 'open' },
        { at: '2016-03-01T00:00:00.000001Z', kind: 'status_changed', to: 'resolved', reason: 'fixed' },
        { at: '2016-03-01T10:00:00Z', kind: 'status_changed', to: 'waiting_on_vendor' },
        { at: '2016-03-02T10:00:00Z', kind: 'priority_changed', to: 'P1' },
        { at: '2016-03-02T11:00:00Z', kind: 'severity_changed', to: 'high' },
        { at: '2016-02-29T09:00:00Z', kind: 'message', messageKind: 'public', by: 'agent', body: 'Looking' },
        { at: '2016-02-29T09:30:00Z', kind: 'message', messageKind: 'public', by: 'customer' },
        { at: '2016-03-03T00:00:00Z', kind: 'status_changed', to: 'resolved' }
      ]
    })),
    admin
  )
  t.equal(status, 202)
  t.match(body, { lines: 1, accepted: 1, rejected: 0, faults: [] })
  t.equal(headers.location, `/v1/ticket-imports/${body.importId}`)
  t.match(await finish(service, body.importId), { state: 'done', lines: 1, imported: 1, duplicates: 0, rejected: 0 })

  const sent = await service.outbox()
  const [customer, agent] = ['Caller 1', 'Resolver 9'].map((name) => idOfExternal(tenant, name))
  t.same(
    sent.filter(({ type }) => type === 'people.named').map(({ data: { people }, historical }) => [people, historical]),
    [[
      [
        { id: customer, externalId: 'Caller 1', name: 'Caller One', role: 'customer' },
        { id: agent, externalId: 'Resolver 9', name: null, role: 'agent' }
      ].sort((a, b) => a.id! < b.id! ? -1 : 1),
      true
    ]]
  )
  const facts = sent.filter(({ type }) => type.startsWith('ticket.'))
  t.same(
    facts.map(({ sequence, type, time, data: { ticket } }) => [sequence, type, time, ticket.status, ticket.importing]),
    [
      [1, 'ticket.created', '2016-02-29T01:16:00.000000Z', 'new', true],
      [2, 'ticket.status-changed', '2016-02-29T08:00:00.000000Z', 'open', true],
      [3, 'ticket.assigned', '2016-02-29T08:00:00.000000Z', 'open', true],
      [4, 'ticket.message-added', '2016-02-29T09:00:00.000000Z', 'open', true],
      [5, 'ticket.message-added', '2016-02-29T09:30:00.000000Z', 'open', true],
      [6, 'ticket.status-changed', '2016-03-01T00:00:00.000001Z', 'resolved', true],
      [7, 'ticket.reopened', '2016-03-01T10:00:00.000000Z', 'waiting_on_vendor', true],
      [8, 'ticket.updated', '2016-03-02T10:00:00.000000Z', 'waiting_on_vendor', true],
      [9, 'ticket.updated', '2016-03-02T11:00:00.000000Z', 'waiting_on_vendor', true],
      [10, 'ticket.status-changed', '2016-03-03T00:00:00.000000Z', 'resolved', true],
      [11, 'ticket.status-changed', '2016-03-05T12:00:00.000000Z', 'closed', false]
    ]
  )
  t.ok(facts.every(({ historical }) => historical))

  const { body: { items: [imported] } } = await service.get(`/ticket-imports/${body.importId}/lines`, { as: 'admin' })
  t.match(imported, { line: 1, externalId: 'INC1', state: 'imported', fault: null, ticketVersion: 11 })
  t.match((await service.get(`/tickets/${imported.ticketId}`)).body, {
    number: 'T-000001',
    status: 'closed',
    priority: 'P1',
    severity: 'high',
    customerId: customer,
    assigneeId: agent,
    teamId: 'Group 56',
    channel: 'import',
    externalId: 'INC1',
    custom: { location: 143, product: 'Mail' },
    createdAt: '2016-02-29T01:16:00.000000Z',
    resolvedAt: '2016-03-03T00:00:00.000000Z',
    closedAt: '2016-03-05T12:00:00.000000Z',
    updatedAt: '2016-03-05T12:00:00.000000Z',
    reopenCount: 1,
    version: 11
  })
  const messages = await service.get(`/tickets/${imported.ticketId}/messages`)
  t.match(messages.body.items, [{ author: { kind: 'agent', id: agent }, body: 'Looking' }, {
    author: { kind: 'customer', id: customer },
    body: ''
  }])
})

void t.test('what was imported before is a duplicate, in the same import and in another', async (t) => {
  const service = await startTicket(t)
  const first = await service.post(
    '/ticket-imports',
    ndjson(line('A'), line('B'), line('A', { subject: 'again' })),
    admin
  )
  t.match(await finish(service, first.body.importId), { imported: 2, duplicates: 1 })
  const count = (await service.outbox()).length
  const second = await service.post('/ticket-imports', ndjson(line('B'), line('C')), admin)
  t.match(await finish(service, second.body.importId), { imported: 1, duplicates: 1 })
  t.equal((await service.outbox()).length, count + 1, 'one event for C, none for people known')
  const a = await service.get(`/ticket-imports/${first.body.importId}/lines?limit=2`, { as: 'admin' })
  const rest = await service.get(`/ticket-imports/${first.body.importId}/lines?cursor=${a.body.nextCursor}`, {
    as: 'admin'
  })
  t.same([...a.body.items, ...rest.body.items].map(({ line, state }) => [line, state]), [[1, 'imported'], [
    2,
    'imported'
  ], [3, 'duplicate']])
  t.equal(rest.body.items[0].ticketId, a.body.items[0].ticketId)
  t.equal(rest.body.nextCursor, null)
  const b = await service.get(`/ticket-imports/${second.body.importId}/lines`, { as: 'admin' })
  t.equal(b.body.items[0].ticketId, a.body.items[1].ticketId)
  const listed = await service.get('/tickets?sort=createdAt', { as: 'admin' })
  t.same(listed.body.items.map(({ number }: any) => number), ['T-000001', 'T-000002', 'T-000003'])
})

void t.test('faulty lines are named by line and pointer; the others go in', async (t) => {
  const service = await startTicket(t)
  const { status, body } = await service.post(
    '/ticket-imports',
    ndjson(
      line('OK'),
      '',
      '{"no json',
      'null',
      line('P', { priority: 'P9' }),
      line('X', { unknown: 1 }),
      line('E', { createdAt: '2016-02-31T00:00:00Z' }),
      line('F', { createdAt: '2027-01-01T00:00:00Z' }),
      line('B', { facts: [{ at: '2016-02-28T00:00:00Z', kind: 'status_changed', to: 'open' }] }),
      line('K', {
        facts: [{ at: '2016-03-28T00:00:00Z', kind: 'exploded' }, {
          at: '2016-03-28T00:00:00Z',
          kind: 'status_changed',
          to: 'gone'
        }]
      }),
      line('N', { facts: [{ at: '2016-03-28T00:00:00Z', kind: 'assigned', assignee: 'Resolver 9' }] }),
      line('Z', { custom: { a: 'x\u0000' } }),
      line(' ')
    ),
    admin
  )
  t.equal(status, 202)
  t.match(body, { lines: 12, accepted: 1, rejected: 11 })
  t.same(body.faults.map(({ line, pointer }: any) => `${line}${pointer}`), [
    '3',
    '4',
    '5/priority',
    '6/unknown',
    '7/createdAt',
    '8/createdAt',
    '9/facts/0/at',
    '10/facts/0/kind',
    '10/facts/1/to',
    '11/facts/0/assignee',
    '12/custom',
    '13/externalId'
  ])
  t.match(await finish(service, body.importId), { state: 'done', imported: 1, rejected: 11 })
  const lines = await service.get(`/ticket-imports/${body.importId}/lines`, { as: 'admin' })
  t.match(lines.body.items[3], {
    line: 5,
    state: 'rejected',
    ticketId: null,
    fault: { pointer: '/priority', message: /P0, P1, P2, P3/ }
  })
})

void t.test('an import of faulty lines only is done at once', async (t) => {
  const service = await startTicket(t)
  const { body } = await service.post('/ticket-imports', 'x', admin)
  t.match((await service.get(`/ticket-imports/${body.importId}`, { as: 'admin' })).body, {
    state: 'done',
    rejected: 1,
    finishedAt: service.now()
  })
})

void t.test('refused imports', async (t) => {
  const service = await startTicket(t)
  t.match(await service.post('/ticket-imports', '\n \n', admin), { status: 400, body: { code: 'validation_failed' } })
  t.match(await service.post('/ticket-imports', '', admin), { status: 400, body: { code: 'validation_failed' } })
  t.match(await service.post('/ticket-imports', { a: 1 }, { as: 'admin' }), {
    status: 415,
    body: { code: 'unsupported_media_type' }
  })
  t.match(await service.post('/ticket-imports', 'x'.repeat(20 * 1024 * 1024 + 1), admin), {
    status: 413,
    body: { code: 'payload_too_large' }
  })
  t.match(await service.post('/ticket-imports', ndjson(line('A')), { ...admin, as: 'agent' }), {
    status: 403,
    body: { code: 'forbidden' }
  })
  t.match(await service.post('/ticket-imports', ndjson(line('A')), { ...admin, as: null }), { status: 401 })
  const key = { ...admin, headers: { ...admin.headers, 'idempotency-key': 'once' } }
  const first = await service.post('/ticket-imports', ndjson(line('A')), key)
  t.same((await service.post('/ticket-imports', ndjson(line('A')), key)).body, first.body)
  t.match(await service.post('/ticket-imports', ndjson(line('B')), key), {
    status: 409,
    body: { code: 'idempotency_key_reused' }
  })
  for (const path of [`/ticket-imports/${first.body.importId}`, `/ticket-imports/${first.body.importId}/lines`]) {
    t.match(await service.get(path, { as: 'admin', tenant: 'globex' }), { status: 404, body: { code: 'not_found' } })
    t.match(await service.get(path, { as: 'customer' }), { status: 403 })
    t.match(await service.get(path, { as: null }), { status: 401 })
    t.match(await service.get(path.replace(/[0-9a-f-]{36}/, 'x'), { as: 'admin' }), { status: 400 })
  }
  t.match(await service.get(`/ticket-imports/${first.body.importId}/lines?cursor=zzz`, { as: 'admin' }), {
    status: 400
  })
})

void t.test('people that the tenant knows by their external id are themselves', async (t) => {
  const service = await startTicket(t)
  const known = await service.person({ role: 'customer', externalId: 'Caller 1' })
  const { body } = await service.post('/ticket-imports', ndjson(line('A')), admin)
  await finish(service, body.importId)
  const listed = await service.get(`/tickets?customerId=${known}`)
  t.equal(listed.body.items.length, 1)
})

void t.test('imports a thousand histories, whole', async (t) => {
  const service = await startTicket(t)
  const histories = Array.from({ length: 1_000 }, (_, i) =>
    line(`INC${i}`, {
      customer: { externalId: `Caller ${i % 300}` },
      facts: [
        { at: '2016-02-29T08:00:00Z', kind: 'status_changed', to: 'open' },
        {
          at: '2016-02-29T08:10:00Z',
          kind: 'assigned',
          assignee: { externalId: `Resolver ${i % 20}` },
          team: 'Group 1'
        },
        { at: '2016-03-01T08:00:00Z', kind: 'status_changed', to: 'waiting_on_customer' },
        { at: '2016-03-02T08:00:00Z', kind: 'status_changed', to: 'resolved' },
        { at: '2016-03-07T08:00:00Z', kind: 'status_changed', to: 'closed' }
      ]
    }))
  const posted = performance.now()
  const { body } = await service.post('/ticket-imports', ndjson(...histories), admin)
  const begun = performance.now()
  t.match(await finish(service, body.importId), { imported: 1_000, duplicates: 0 })
  const seconds = (performance.now() - begun) / 1000
  t.comment(`posted in ${Math.round(begun - posted)} ms; ${Math.round(1_000 / seconds)} histories/s`)
  const sent = await service.outbox()
  t.equal(sent.filter(({ type }) => type.startsWith('ticket.')).length, 1_000 * 6)
  const named = sent.filter(({ type }) => type === 'people.named').flatMap(({ data }) => data.people)
  t.equal(new Set(named.map(({ id }) => id)).size, 320)
  t.equal(named.length, 320, 'each once')
})

import t from 'tap'
import { people, startTicket, type Who, teams } from './harness.ts'

/** Everything of a ticket that a caller can read, as text. */
async function seen (
  service: Awaited<ReturnType<typeof startTicket>>,
  id: string,
  caller: { as?: Who, roles?: any } = { as: 'customer' }
): Promise<string> {
  const answers = await Promise.all(
    ['', '/messages', '/timeline'].map(async (path) => await service.get(`/tickets/${id}${path}`, caller))
  )
  const list = await service.get('/tickets', caller)
  return JSON.stringify([...answers, list].map(({ body }) => body))
}

void t.test('a customer sees of staff the screen name, and no label', async (t) => {
  const service = await startTicket(t)
  const opened = await service.post(
    '/tickets',
    { subject: 's', custom: { seat: '4b', floor: 2 }, tags: ['mine'] },
    { as: 'customer' }
  )
  t.match(opened, { status: 201, body: { custom: { seat: '4b', floor: 2 }, tags: [], teamId: null } })
  const { id } = opened.body
  const path = `/tickets/${id}`
  await service.post(`${path}/assignments`, {
    assigneeId: people.agent.id,
    teamId: teams.red,
    reason: 'she shouts'
  })
  await service.post(`${path}/messages`, { body: 'hello' })
  await service.post(`${path}/transitions`, { to: 'waiting_on_vendor', reason: 'stall her' })
  await service.patch(
    path,
    { tags: ['churn-risk'], custom: { seat: '4b', floor: 'cellar', internal: 'difficult' } },
    (await service.get(path)).etag
  )
  await service.patch(path, { priority: 'P0', tags: ['x'] }, (await service.get(path)).etag)

  const text = await seen(service, id)
  for (
    const secret of [
      people.agent.id,
      'Anna',
      teams.red,
      'shouts',
      'stall',
      'churn',
      'difficult',
      'cellar',
      'internal',
      '"mine"'
    ]
  ) t.notMatch(text, secret)
  const { body } = await service.get(path, { as: 'customer' })
  t.match(body, { assigneeId: null, assigneeScreenName: 'Support A', teamId: null, tags: [], priority: 'P0' })
  t.same(body.custom, { seat: '4b' }, 'what it set itself and nobody has changed')
  t.match((await service.get(`${path}/messages`, { as: 'customer' })).body.items, [
    { author: { kind: 'agent', id: null, screenName: 'Support A' } }
  ])
  t.match((await service.get(`${path}/timeline`, { as: 'customer' })).body.items, [
    { version: 1, kind: 'created', actor: { kind: 'customer', id: people.customer.id } },
    {
      version: 2,
      kind: 'assigned',
      actor: { kind: 'agent', id: null, screenName: 'Support A' },
      reason: null,
      changes: []
    },
    { version: 3, kind: 'message-added' },
    { version: 4, kind: 'status-changed', reason: 'an agent answered', actor: { kind: 'system' } },
    { version: 5, kind: 'status-changed', reason: null, changes: [{ field: 'status', to: 'waiting_on_vendor' }] },
    { version: 7, kind: 'updated', changes: [{ field: 'priority', to: 'P0' }] }
  ])
  const paged = await service.get(`${path}/timeline?limit=5`, { as: 'customer' })
  t.match(await service.get(`${path}/timeline?limit=5&cursor=${paged.body.nextCursor}`, { as: 'customer' }), {
    body: { items: [{ version: 7 }], nextCursor: null }
  })
})

void t.test('every role that works on tickets, and integrators, see all of it', async (t) => {
  const service = await startTicket(t)
  const {
    body: { id }
  } = await service.post('/tickets', {
    subject: 's',
    customerId: people.customer.id,
    custom: { internal: 'difficult' },
    tags: ['churn-risk'],
    teamId: teams.blue,
    assigneeId: people.agent.id
  })
  await service.post(`/tickets/${id}/transitions`, { to: 'open', reason: 'because' })
  for (const roles of [['agent'], ['manager'], ['ceo'], ['sales'], ['admin'], ['integrator'], ['customer', 'agent']]) {
    const text = await seen(service, id, { as: 'manager', roles })
    for (const part of ['difficult', 'churn-risk', teams.blue, people.agent.id, 'because']) {
      t.match(text, part, roles.join())
    }
  }
  t.match(
    await service.get(`/tickets/${id}`, { as: 'customer' }),
    { body: { custom: {}, tags: [] } },
    'what staff set when it opened the ticket is staff’s'
  )
})

void t.test('reasons of an imported past are not for customers', async (t) => {
  const service = await startTicket(t)
  const history = {
    externalId: 'I1',
    subject: 's',
    priority: 'P3',
    customer: { externalId: 'c' },
    createdAt: '2016-02-29T01:16:00Z',
    custom: { internal: 1 },
    facts: [{ at: '2016-02-29T02:00:00Z', kind: 'status_changed', to: 'resolved', reason: 'a nuisance' }]
  }
  await service.changePerson(people.customer.id, { externalId: 'c' })
  const { body } = await service.post('/ticket-imports', JSON.stringify(history), {
    as: 'admin',
    headers: { 'content-type': 'application/x-ndjson' }
  })
  await service.importLoop.start()
  while ((await service.get(`/ticket-imports/${body.importId}`, { as: 'admin' })).body.state !== 'done') {
    await service.importLoop.passes.next()
  }
  const {
    body: {
      items: [ticket]
    }
  } = await service.get('/tickets', { as: 'customer' })
  t.match(ticket, { externalId: 'I1', custom: {} })
  t.notMatch(await seen(service, ticket.id), /nuisance|internal/)
  t.match(await seen(service, ticket.id, { as: 'agent' }), /nuisance/)
})

void t.test('lists by who has a ticket', async (t) => {
  const service = await startTicket(t)
  const give = async (subject: string, assigneeId?: string) =>
    await service.post('/tickets', {
      subject,
      customerId: people.customer.id,
      ...(assigneeId === undefined ? {} : { assigneeId })
    })
  await give('nobody')
  await give('agent', people.agent.id)
  await give('second', people.second.id)
  await service.changePerson(people.second.id, { active: false })
  const subjects = async (query: string, caller: object = { as: 'agent' }) =>
    (await service.get(`/tickets?sort=createdAt&${query}`, caller)).body.items.map(({ subject }: any) => subject)
  t.same(await subjects('assigneeActive=false'), ['second'])
  t.same(await subjects('assigneeActive=true'), ['agent'])
  t.same(await subjects('assigneeId=none'), ['nobody'])
  t.same(await subjects('assigneeId=me'), ['agent'])
  t.same(await subjects('assigneeId=me', { as: 'manager' }), [])
  t.same(await subjects(`assigneeId=${people.second.id}&assigneeActive=false`), ['second'])
  t.same(await subjects('assigneeActive=false', { as: 'agent', tenant: 'globex' }), [])
  const machine = {
    as: null,
    headers: await service.issuer.bearer({ tenant: 'acme', sub: 'svc@clients', roles: ['agent'] })
  }
  t.same(await subjects('assigneeId=me', machine), [], 'who is no person has no tickets')
  for (
    const wrong of [
      'assigneeId=you',
      'assigneeId=',
      'assigneeId=ME',
      'assigneeActive=maybe',
      'assigneeActive=false&assigneeId=none',
      `assigneeId=${people.agent.id.toUpperCase()}x`
    ]
  ) {
    t.match(
      await service.get(`/tickets?${wrong}`),
      { status: 400, body: { errors: [{ in: 'query', pointer: `/${wrong.split('=')[0]}` }] } },
      wrong
    )
  }
  for (const filter of ['assigneeId=me', `assigneeId=${people.agent.id}`, 'assigneeActive=false', 'teamId=Blue']) {
    t.match(
      await service.get(`/tickets?${filter}`, { as: 'customer' }),
      { status: 400, body: { errors: [{ in: 'query', message: 'is for staff' }] } },
      'a filter reveals it too'
    )
  }
})

t.test('the tag of a ticket changes with the name that customers see, and is not that of staff', async (t) => {
  const service = await startTicket(t)
  const { body: { id } } = await service.post('/tickets', { subject: 'a' }, { as: 'customer' })
  const path = `/tickets/${id}`
  await service.post(`${path}/assignments`, { assigneeId: people.agent.id })
  const before = await service.get(path, { as: 'customer' })
  t.equal((await service.get(path, { as: 'customer' })).etag, before.etag, 'the same as long as nothing changes')
  t.not((await service.get(path)).etag, before.etag)
  await service.changePerson(people.agent.id, { screenName: 'Renamed' })
  const after = await service.get(path, { as: 'customer' })
  t.equal(after.body.assigneeScreenName, 'Renamed')
  t.not(after.etag, before.etag)
})

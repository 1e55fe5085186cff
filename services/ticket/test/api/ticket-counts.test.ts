import { systemIds } from '@dueline/runtime'
import t from 'tap'
import { other, people, start, startTicket, type TestTicket, teams } from './harness.ts'
import { clockChanged, HOUR, publish } from './sla-events.ts'

const outsider = people.outsider.id

/** Four tickets of Carla's, of which one is assigned, one resolved and one late, and one of Sam's. */
async function seeded (t: Parameters<typeof startTicket>[0]): Promise<TestTicket> {
  const service = await startTicket(t)
  const [a, b, c] = [await service.open({ priority: 'P1' }), await service.open(), await service.open()]
  await service.open()
  await service.post('/tickets', { subject: 'Sam asks', customerId: outsider, teamId: teams.blue })
  await service.post(`/tickets/${a.id}/assignments`, { assigneeId: people.agent.id })
  await service.post(`/tickets/${b.id}/transitions`, { to: 'resolved' })
  const late = { id: systemIds.next(), sequence: 1, dueAt: start + HOUR, breachedAt: start + HOUR }
  await publish(service, clockChanged(c, late))
  return service
}

void t.test('one call counts what the list would show, by every field', async (t) => {
  const service = await seeded(t)
  const counts = async (query: string, options = {}) => await service.get(`/ticket-counts?${query}`, options)
  t.strictSame((await counts('by=status&by=assigneeId&by=breached&by=teamId&by=priority')).body, {
    total: 5,
    capped: false,
    by: [
      { field: 'status', values: [{ value: 'new', count: 4 }, { value: 'resolved', count: 1 }], others: 0 },
      {
        field: 'assigneeId',
        values: [{ value: 'none', count: 4 }, { value: people.agent.id, count: 1 }],
        others: 0
      },
      { field: 'breached', values: [{ value: 'false', count: 4 }, { value: 'true', count: 1 }], others: 0 },
      { field: 'teamId', values: [{ value: null, count: 4 }, { value: teams.blue, count: 1 }], others: 0 },
      { field: 'priority', values: [{ value: 'P2', count: 4 }, { value: 'P1', count: 1 }], others: 0 }
    ]
  })
  const filters = [
    'status=new&status=open',
    'assigneeId=none',
    'assigneeId=none&assigneeId=me',
    `customerId=${outsider}`,
    'breached=true',
    'q=sam',
    'q=printer&priority=P1',
    `teamId=${teams.blue}&teamId=Red`,
    'tag=none'
  ]
  for (const filter of filters) {
    const { body: { items } } = await service.get(`/tickets?${filter}&limit=200`)
    t.equal((await counts(filter)).body.total, items.length, filter)
  }
})

void t.test('customers count their own, and every tenant its own', async (t) => {
  const service = await seeded(t)
  const total = async (query: string, options: object) => (await service.get(`/ticket-counts?${query}`, options)).body
  t.match(await total('by=status', { as: 'customer' }), { total: 4 })
  t.match(await total('', { as: 'outsider' }), { total: 1 })
  t.match(await total(`customerId=${outsider}`, { as: 'customer' }), { total: 0 }, 'those of others are none')
  t.match(await total(`customerId=${outsider}&customerId=me`, { as: 'customer' }), { total: 4 })
  t.match(await total('by=status&by=breached', { tenant: other }), {
    total: 0,
    by: [{ field: 'status', values: [] }, { field: 'breached', values: [] }]
  })
  t.match(await service.get('/ticket-counts?by=status&by=assigneeId&by=teamId', { as: 'customer' }), {
    status: 400,
    body: { errors: [{ pointer: '/by/1', message: 'is for staff' }, { pointer: '/by/2', message: 'is for staff' }] }
  })
  for (const query of ['by=subject', 'by=status&by=status', 'sort=dueAt', 'limit=1', 'teamId=']) {
    t.match(await service.get(`/ticket-counts?${query}`), { status: 400, body: { errors: [{ in: 'query' }] } }, query)
  }
  t.match(await service.get('/ticket-counts', { roles: ['operator'] }), { status: 403 })
  t.match(await service.get('/ticket-counts', { as: null }), { status: 401 })
})

void t.test('a list takes up to 50 people, teams and products', async (t) => {
  const service = await seeded(t)
  const subjects = async (query: string, options = {}): Promise<string[]> =>
    (await service.get(`/tickets?${query}`, options)).body.items.map(({ subject }: { subject: string }) => subject)
  t.equal((await subjects('assigneeId=none&assigneeId=me')).length, 5)
  t.equal((await subjects(`assigneeId=me&assigneeId=${people.second.id}`)).length, 1)
  t.same(await subjects(`customerId=${outsider}&customerId=${people.agent.id}`), ['Sam asks'])
  t.same(await subjects(`customerId=${outsider}`, { as: 'customer' }), [])
  t.same(await subjects(`teamId=Red&teamId=${teams.blue}`), ['Sam asks'])
  t.same(await subjects(`productId=${outsider}&productId=${people.agent.id}`), [])
  for (const name of ['assigneeId', 'customerId', 'teamId', 'productId']) {
    const values = (count: number) => Array.from({ length: count }, () => `${name}=${systemIds.next()}`).join('&')
    t.match(await service.get(`/tickets?${values(50)}`), { status: 200 })
    t.match(await service.get(`/tickets?${values(51)}`), { status: 400, body: { errors: [{ pointer: `/${name}` }] } })
  }
  t.match(await service.get('/tickets?assigneeId=none&assigneeActive=true'), { status: 400 })
  t.match(await service.get('/tickets?assigneeId=none&assigneeId=me&assigneeActive=true'), { status: 200 })
})

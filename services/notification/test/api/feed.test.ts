import type { Role } from '@dueline/contracts'
import t from 'tap'
import { assigned, breached, cast, event, message, marked, ticket, ticketId, who } from '../events.ts'
import { startNotification } from './harness.ts'

const as = (role: Role, person: string) => ({ roles: [role], as: person })
const agent = as('agent', who.agent)
const customer = as('customer', who.customer)
const manager = as('manager', who.manager)
const shortOf = (type: string): string => type.slice('dueline.'.length, -'.v1'.length)
/** But for those of inboxes, which have a test of their own. */
const typesIn = (body: { items: { type: string }[] }): string[] =>
  body.items.map(({ type }) => shortOf(type)).filter((type) => !type.startsWith('inbox.'))

t.test('each role reads what it may see', async (t) => {
  const { deliver, call } = await startNotification(t)
  await deliver(
    ...cast,
    event('dueline.ticket.created.v1'),
    event('dueline.ticket.message-added.v1', message('internal', 'agent', who.agent)),
    event('dueline.ticket.message-added.v1', message('public', 'agent', who.agent)),
    breached(),
    marked('breached', { key: 'breach' }, { kind: 'ola' })
  )
  const ofTicket = ['ticket.created', 'ticket.message-added', 'ticket.message-added', 'clock.breached']
  const people = cast.map(() => 'person.changed')
  const all = [...people, ...ofTicket, 'clock.breached']
  for (const role of ['manager', 'ceo', 'admin', 'integrator'] as const) {
    t.same(typesIn((await call('GET', '/events', undefined, as(role, who.admin))).body), all, role)
  }
  for (const role of ['agent', 'sales'] as const) {
    t.same(typesIn((await call('GET', '/events', undefined, as(role, who.agent))).body), all.slice(4), role)
  }
  const own = await call('GET', '/events', undefined, customer)
  t.same(typesIn(own.body), ['ticket.created', 'ticket.message-added', 'clock.breached'])
  t.notMatch(JSON.stringify(own.body), new RegExp(who.agent), 'nobody of staff is named')
  t.same((await call('GET', '/events', undefined, as('customer', who.ceo))).body.items, [], 'of another customer')
  t.same((await call('GET', '/events', undefined, as('operator', who.admin))).body.items, [])
  t.same((await call('GET', '/events', undefined, as('customer', 'auth0|65f0c2'))).body.items, [], 'of no person')
})

t.test('a cursor: of now, of a place that is gone, and of one that is not yet', async (t) => {
  const { deliver, call, database } = await startNotification(t)
  await deliver(event('dueline.ticket.created.v1'), breached())
  const now = await call('GET', '/events?after=latest', undefined, agent)
  t.same(now.body.items, [])
  const first = (await call('GET', '/events?limit=1', undefined, agent)).body.nextCursor
  await deliver(breached())
  t.same(typesIn((await call('GET', `/events?after=${now.body.nextCursor}`, undefined, agent)).body), [
    'clock.breached'
  ])
  t.equal((await call('GET', `/events?after=${first}`, undefined, agent)).body.items.length, 2)

  await database.pool.query('delete from feed_event where position <= 2')
  t.equal((await call('GET', `/events?after=${now.body.nextCursor}`, undefined, agent)).status, 200, 'its neighbour')
  const gone = await call('GET', `/events?after=${first}`, undefined, agent)
  t.match([gone.status, gone.body.code], [410, 'event_cursor_expired'])
  t.match(gone.body.detail, /1 events after the cursor/)
  const ahead = Buffer.from('{"position":4}').toString('base64url')
  t.match((await call('GET', `/events?after=${ahead}`, undefined, agent)).body, { code: 'event_cursor_expired' })
  t.match((await call('GET', '/events?after=nonsense', undefined, agent)).body.errors, [{ pointer: '/after' }])
})

t.test('types by name, in short and by prefix; unknown ones are refused with the list', async (t) => {
  const { deliver, call } = await startNotification(t)
  await deliver(event('dueline.ticket.created.v1'), breached(), marked('warned', { key: 'percent:80' }))
  for (
    const [types, wanted] of [
      ['clock.*', ['clock.breached', 'clock.warned']],
      ['dueline.clock.*', ['clock.breached', 'clock.warned']],
      ['clock.breached', ['clock.breached']],
      ['dueline.clock.breached.v1,ticket.created', ['ticket.created', 'clock.breached']],
      ['clock.*,clock.warned', ['clock.breached', 'clock.warned']],
      ['*', ['ticket.created', 'clock.breached', 'clock.warned']],
      ['escalation.*', []]
    ] as const
  ) {
    const { body } = await call('GET', `/events?types=${types}`, undefined, manager)
    t.same(typesIn(body), wanted, types)
  }
  for (const types of ['clock', 'clock.nonsense', 'nothing.*', '', 'clock.breached,', 'clock.breached.v2']) {
    const { status, body } = await call('GET', `/events?types=${types}`, undefined, manager)
    t.match([status, body.errors], [400, [{ in: 'query', pointer: '/types', message: /clock\.breached, / }]], types)
  }
})

t.test('filters: my tickets, a team, nobody, some tickets; a ticket is announced until it has gone', async (t) => {
  const { deliver, call } = await startNotification(t)
  const other = '01900000-0000-7000-8000-00000000f002'
  const given = { from: { assigneeId: null, teamId: null }, to: { assigneeId: who.agent, teamId: 'red' }, reason: null }
  await deliver(
    event('dueline.ticket.created.v1', { ticket: { ...ticket, assigneeId: null } }),
    event('dueline.ticket.assigned.v1', { ...given, ticket: { ...ticket, teamId: 'red', version: 2 } }),
    breached(),
    assigned(who.agent, who.manager, { ticket: { ...ticket, assigneeId: who.manager, teamId: 'red', version: 3 } }),
    marked('warned', { key: 'percent:80' }),
    event('dueline.ticket.created.v1', { ticket: { ...ticket, id: other, assigneeId: who.agent } })
  )
  const get = async (query: string, who = agent) =>
    typesIn((await call('GET', `/events?${query}`, undefined, who)).body)
  t.same(await get('assigneeId=me'), ['ticket.assigned', 'clock.breached', 'ticket.assigned', 'ticket.created'])
  t.same(await get(`assigneeId=${who.manager}`), ['ticket.assigned', 'clock.warned'])
  t.same(await get('unassigned=true'), ['ticket.created', 'ticket.assigned'])
  t.same(await get('teamId=red'), ['ticket.assigned', 'clock.breached', 'ticket.assigned', 'clock.warned'])
  t.same(await get(`ticketId=${other}`), ['ticket.created'])
  t.same(await get(`ticketId=${other}&ticketId=${ticketId}&assigneeId=me&types=clock.*`), ['clock.breached'])
  t.same(await get(`ticketId=${ticketId}`, customer), [
    'ticket.created',
    'ticket.assigned',
    'clock.breached',
    'ticket.assigned',
    'clock.warned'
  ])
  t.same(await get(`ticketId=${ticketId}`, as('customer', who.ceo)), [])

  const refused = async (query: string, who = agent) =>
    (await call('GET', `/events?${query}`, undefined, who)).body.errors
  t.match(await refused('unassigned=true&assigneeId=me'), [{ pointer: '/unassigned', message: /exclude each other/ }])
  t.match(await refused('assigneeId=you'), [{ pointer: '/assigneeId' }])
  t.match(await refused('ticketId=T-1'), [{ pointer: '/ticketId/0' }])
  t.match(await refused('assigneeId=me&teamId=red&unassigned=false', customer), [
    { pointer: '/assigneeId', message: 'is for staff' },
    { pointer: '/teamId' },
    { pointer: '/unassigned' }
  ])
})

t.test('a ticket that changes its customer, and events that come before it or late', async (t) => {
  const { deliver, call } = await startNotification(t)
  const carla = customer
  const dora = as('customer', '01900000-0000-7000-8000-0000000000c2')
  const own = async (who: typeof carla) => (await call('GET', '/events', undefined, who)).body.items as { id: string }[]
  const after = (version: number, customerId: string) => ({ ticket: { ...ticket, customerId, version } })
  const events = [
    breached(),
    event('dueline.ticket.created.v1', after(1, carla.as)),
    event('dueline.ticket.updated.v1', {
      ...after(3, dora.as),
      changes: [{ field: 'customerId', from: carla.as, to: dora.as }, { field: 'priority', from: 'P2', to: 'P1' }]
    }),
    event('dueline.ticket.status-changed.v1', { ...after(2, carla.as), from: 'new', to: 'open', reason: null }),
    breached(),
    event('dueline.ticket.message-added.v1', { ...message('public', 'agent'), ...after(4, dora.as) })
  ]
  await deliver(...events)
  t.same((await own(carla)).map(({ id }) => id), [events[0]!.id, events[1]!.id])
  t.same((await own(dora)).map(({ id }) => id), [events[2]!.id, events[5]!.id], 'nothing that names another customer')
  t.notMatch(JSON.stringify(await own(dora)), new RegExp(carla.as))
})

import { formatInstant } from '@dueline/business-time'
import type { EventType, NewEvent } from '@dueline/contracts'
import { createOutbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import { systemIds } from '@dueline/runtime'
import { testPerson } from '@dueline/testkit'
import t from 'tap'
import { returnTickets } from '../../src/assignment/return-tickets.ts'
import { CalendarCache } from '../../src/store/calendar-store.ts'
import { createFactStore } from '../../src/store/fact-store.ts'
import { savePeople } from '../../src/store/person-store.ts'
import { looked } from './assignment-support.ts'
import { other, people, start, startTicket, teams, tenant, type TestTicket } from './harness.ts'
import { HOUR, publish } from './sla-events.ts'

const path = '/assignment-settings'
const { agent, second, customer, manager: lead } = people
const manager = { as: 'manager' } as const

function changed (type: EventType, data: object, sequence = 1): NewEvent {
  const frame = { id: systemIds.next(), time: start, tenantId: tenant, partitionKey: agent.id, historical: false }
  return { ...frame, type, subject: `person/${agent.id}`, sequence, data } as NewEvent
}
const availability = (version: number, fields: object): NewEvent =>
  changed('dueline.availability.changed.v1', {
    availability: { personId: agent.id, state: null, until: null, capacityPoints: null, version, ...fields }
  }, version)

const set = async (service: TestTicket, whenAbsent: string, version: number) =>
  await service.call('PUT', path, { ...manager, headers: { 'if-match': `"${version}"` }, payload: { whenAbsent } })
const given = async (service: TestTicket, fields: object = {}) =>
  (await service.post('/tickets', { subject: 'x', customerId: customer.id, assigneeId: agent.id, ...fields })).body
const assignees = async (service: TestTicket, ...tickets: { id: string }[]) =>
  await Promise.all(tickets.map(async ({ id }) => (await service.get(`/tickets/${id}`)).body.assigneeId))

void t.test('settings: built-in until they are set, by managers, at the version that was read', async (t) => {
  const service = await startTicket(t)
  t.match(await service.get(path), { etag: '"0"', body: { whenAbsent: 'keep', version: 0, updatedAt: null } })
  t.match(await set(service, 'return', 0), { status: 200, etag: '"1"', body: { whenAbsent: 'return', version: 1 } })
  t.match(await set(service, 'keep', 0), { status: 412 })
  t.match(await service.call('PUT', path, { ...manager, payload: { whenAbsent: 'keep' } }), { status: 428 })
  t.match(await set(service, 'sell', 1), { status: 400, body: { errors: [{ pointer: '/whenAbsent' }] } })
  t.match(await service.call('PUT', path, { payload: { whenAbsent: 'keep' } }), { status: 403 })
  t.match(await service.get(path, { as: 'customer' }), { status: 403 })
  t.match(await service.get(path), { etag: '"1"', body: { whenAbsent: 'return' } })
})

void t.test('tickets of who goes away stay or go back by the setting, and find somebody else', async (t) => {
  const service = await startTicket(t)
  const mine = await given(service, { teamId: teams.blue })
  const [waiting, colleagues] = [await given(service), await given(service, { assigneeId: second.id })]
  await service.post(`/tickets/${waiting.id}/transitions`, { to: 'waiting_on_customer' })
  const all = async () => await assignees(service, mine, waiting, colleagues)
  await publish(service, availability(1, { state: 'away' }))
  await looked(service)
  t.same(await all(), [agent.id, agent.id, second.id], 'they stay as long as nobody says otherwise')
  await set(service, 'return', 0)
  await publish(service, availability(2, { state: 'busy' }))
  await looked(service)
  t.same(await all(), [agent.id, agent.id, second.id], 'who is busy is there')
  await service.clearOutbox()
  await publish(service, availability(3, { state: 'off' }))
  await looked(service)
  t.same(await all(), [null, agent.id, second.id], 'what waits for the customer is not waited for')
  t.match(await service.outbox(), [{
    type: 'ticket.assigned',
    data: {
      from: { assigneeId: agent.id, teamId: teams.blue },
      to: { assigneeId: null, teamId: teams.blue },
      reason: 'its assignee is off',
      ruleId: null,
      actor: { kind: 'system' }
    }
  }])
  await service.post(`/tickets/${waiting.id}/transitions`, { to: 'open' })
  await service.post('/assignment-rules', { name: 'D', rank: 1, pool: { kind: 'team', teamId: teams.blue } }, manager)
  await looked(service)
  t.same(await all(), [second.id, second.id, second.id], 'a rule gives all to who is there')
})

void t.test('what begins and ends later is seen when it does: a planned absence, a state by hand', async (t) => {
  const service = await startTicket(t)
  await set(service, 'return', 0)
  const id = systemIds.next()
  const [from, to] = [formatInstant(start + HOUR), formatInstant(start + 2 * HOUR)]
  const absence = { id, personId: agent.id, from, to, substituteId: null, version: 1 }
  await publish(
    service,
    changed('dueline.absence.changed.v1', { absence, deleted: false }),
    availability(1, { state: 'busy', until: formatInstant(start + 1.5 * HOUR) })
  )
  const ticket = await given(service)
  const seen = async () => {
    await looked(service)
    return await assignees(service, ticket)
  }
  t.same(await seen(), [agent.id])
  service.clock.advance(HOUR)
  t.same(await seen(), [agent.id], 'who says that it is busy works, and beats its absence')
  service.clock.advance(HOUR / 2)
  t.same(await seen(), [null], 'until that ends')
  service.clock.advance(HOUR / 2)
  await service.post(`/tickets/${ticket.id}/assignments`, { assigneeId: agent.id })
  t.same(await seen(), [agent.id], 'the end of the absence is no part of it')
  await service.changePerson(agent.id, { active: false })
  t.same(await seen(), [null], 'who has left has left for good')
})

void t.test('the open tickets of who leaves are named once, and again after he was back', async (t) => {
  const service = await startTicket(t)
  const left = async () => {
    const events = await service.outbox()
    await service.clearOutbox()
    return events.filter(({ type }) => type === 'assignee.left')
  }
  const person = (version: number, active: boolean) =>
    changed('dueline.person.changed.v1', { person: testPerson({ ...agent, active, version }) }, version)
  const [mine, waiting, done] = [await given(service, { priority: 'P1' }), await given(service), await given(service)]
  await given(service, { assigneeId: second.id })
  await service.post(`/tickets/${waiting.id}/transitions`, { to: 'waiting_on_customer' })
  await service.post(`/tickets/${done.id}/transitions`, { to: 'resolved' })
  await publish(service, person(2, true))
  t.same(await left(), [], 'who is changed and stays has not left')

  await set(service, 'return', 0)
  await publish(service, person(3, false))
  const [named, ...more] = await left()
  t.same(more, [])
  t.match(named, { subject: `person/${agent.id}`, sequence: 3 })
  t.match(named!.data, { personId: agent.id, openTickets: 2, whenAbsent: 'return' })
  t.match(
    new Map((named!.data['tickets'] as any[]).map(({ id, ...rest }) => [id, rest])),
    new Map([
      [mine.id, { number: mine.number, status: 'new', priority: 'P1', teamId: null, dueAt: null }],
      [waiting.id, { number: waiting.number, status: 'waiting_on_customer', priority: 'P2', teamId: null, dueAt: null }]
    ])
  )
  await looked(service)
  t.same(await assignees(service, mine, waiting), [null, agent.id], 'and those that nobody else is waited for go back')
  await service.clearOutbox()
  await publish(service, person(4, false), person(2, true), person(3, false))
  t.same(await left(), [], 'a change of who has left, and late and repeated events, name nothing again')

  await publish(service, person(5, true))
  await publish(service, person(4, false))
  t.same(await left(), [], 'nor does a late one of who is back')
  // the copy is ahead: the directory was asked before the event came
  await savePeople(service.database.read, [{
    ...testPerson({ ...agent, active: false, version: 6 }),
    tenantId: tenant
  }])
  await publish(service, person(6, false))
  t.match(await left(), [{ sequence: 6, data: { openTickets: 1, tickets: [{ id: waiting.id }] } }])
  await publish(service, person(7, true))
  await service.post(`/tickets/${waiting.id}/transitions`, { to: 'resolved' })
  await publish(service, person(8, false))
  t.same(await left(), [], 'who has none leaves none')
  t.match(await service.call('GET', `/tickets?assigneeId=${agent.id}`, manager), { status: 200 })
})

void t.test('a step takes at most 200, nearest due first; imported tickets stay', async (t) => {
  const service = await startTicket(t)
  await set(service, 'return', 0)
  const { pool } = service.database
  const insert = async (channel: string, count: number) =>
    await pool.query(
      `with made as (insert into ticket (tenant_id, id, number, subject, description, type, status, priority, severity,
           customer_id, assignee_id, tags, custom, customer_fields, channel, created_at, updated_at, reopen_count,
           version)
         select $1, gen_random_uuid(), $2 || n, 's', '', 'request', 'new', 'P2', 'low', $3, $4, '{}', '{}', '{}', $2,
           now(), now(), 0, 1 from generate_series(1, $5) n returning tenant_id, id, number)
       insert into ticket_sla (tenant_id, ticket_id, clock_id, metric, state, due_at, breached, sequence, as_of)
       select tenant_id, id, id, 'resolution', 'running',
         now() - make_interval(mins => replace(number, $2, '')::int), false, 1, now() from made`,
      [tenant, channel, lead.id, agent.id, count]
    )
  await insert('api', 250)
  await insert('import', 1)
  const left = async () => {
    const { rows: [row] } = await pool.query<{ n: number, soonest: number }>(
      `select count(*)::int as n, max(replace(number, 'api', '')::int) as soonest from ticket
       where assignee_id is not null and channel = 'api'`
    )
    return row!
  }
  await publish(service, availability(1, { state: 'away' }))
  const facts = createFactStore({ outbox: createOutbox(), ids: systemIds })
  const step = async (tx: Tx) =>
    await returnTickets(tx, tenant, { facts, calendars: new CalendarCache(), now: () => start })
  t.equal(await service.database.tx(step), true)
  t.match(await left(), { n: 50, soonest: 50 }, 'those are left that are due last')
  await looked(service)
  t.match(await left(), { n: 0, soonest: null })
  const { rows } = await pool.query("select assignee_id as id from ticket where channel = 'import'")
  t.same(rows, [{ id: agent.id }])
})

void t.test('who has the same id in two tenants leaves each of them in its own time', async (t) => {
  const service = await startTicket(t)
  await service.person({ tenantId: other, id: agent.id })
  const requester = await service.person({ tenantId: other, role: 'customer' })
  await given(service)
  const there = { subject: 'x', customerId: requester, assigneeId: agent.id }
  t.equal((await service.post('/tickets', there, { tenant: other })).status, 201)
  await service.clearOutbox()
  const gone = changed('dueline.person.changed.v1', { person: testPerson({ ...agent, active: false, version: 2 }) }, 2)
  const later = { id: systemIds.next(), tenantId: other, time: start + HOUR }
  await publish(service, gone, { ...gone, ...later })
  const left = (await service.outbox()).filter(({ type }) => type === 'assignee.left')
  t.same(
    new Map(left.map(({ tenantid, time }) => [tenantid, time])),
    new Map([[tenant, formatInstant(start)], [other, formatInstant(start + HOUR)]])
  )
})

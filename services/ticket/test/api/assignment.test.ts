import { formatInstant } from '@dueline/business-time'
import type { EventType, NewEvent } from '@dueline/contracts'
import { systemIds } from '@dueline/runtime'
import t from 'tap'
import { assigneeOf, looked } from './assignment-support.ts'
import { other, people, start, startTicket, teams, tenant } from './harness.ts'
import { HOUR, publish } from './sla-events.ts'

const manager = { as: 'manager' } as const
const desk = { name: 'Desk', rank: 10, pool: { kind: 'team', teamId: teams.blue } }
const path = '/assignment-rules'

function changed (type: EventType, id: string, sequence: number, data: object): NewEvent {
  const frame = { id: systemIds.next(), time: start, tenantId: tenant, partitionKey: id, historical: false }
  return { ...frame, type, subject: `person/${id}`, sequence, data } as NewEvent
}
const available = (personId: string, version: number, fields: object): NewEvent =>
  changed('dueline.availability.changed.v1', personId, version, {
    availability: { personId, state: null, until: null, capacityPoints: null, version, ...fields }
  })

void t.test('a ticket that nobody was given goes to somebody by a rule, which says why', async (t) => {
  const service = await startTicket(t)
  const rule = await service.post(path, desk, manager)
  t.match(rule, { status: 201, etag: '"1"', body: { ...desk, active: true, choice: 'least_loaded', condition: null } })
  await publish(service, available(people.second.id, 1, { state: 'busy' }))
  const [ticket, given] = [
    await service.open(),
    await service.post('/tickets', {
      subject: 'x',
      customerId: people.customer.id,
      assigneeId: people.manager.id
    })
  ]
  await service.clearOutbox()
  await looked(service)
  t.match((await service.get(`/tickets/${ticket.id}`)).body, {
    assigneeId: people.agent.id,
    teamId: teams.blue,
    version: 2
  })
  t.equal(await assigneeOf(service, given.body), people.manager.id)
  const ruleId = rule.body.id
  t.match(await service.outbox(), [{
    type: 'ticket.assigned',
    data: { ruleId, reason: 'Desk: least loaded, 0 of 20 points', actor: { kind: 'system' } }
  }])
  t.match((await service.get(`/tickets/${ticket.id}/timeline`)).body.items[1], {
    kind: 'assigned',
    ruleId,
    reason: /^Desk/
  })
  t.match((await service.get(`/tickets/${ticket.id}/timeline`, { as: 'customer' })).body.items[1], {
    ruleId: null,
    reason: null
  })
  const explanation = await service.get(`/tickets/${ticket.number}/assignment-explanation`)
  t.match(explanation.body, {
    carriedOut: true,
    assigneeId: people.agent.id,
    ruleId,
    rules: [{
      outcome: 'chosen',
      candidates: [
        { personId: people.agent.id, verdict: 'chosen', facts: { load: 0, capacity: 20, availability: 'available' } },
        { personId: people.second.id, verdict: 'not_available', facts: { availability: 'busy', reason: 'set' } }
      ]
    }]
  })
  await service.patch(`${path}/${ruleId}`, { active: false }, '"1"', manager)
  t.same(
    (await service.get(`/tickets/${ticket.id}/assignment-explanation`)).body,
    explanation.body,
    'what was known then explains it, whatever has changed since'
  )
  t.match(await service.get(`/tickets/${ticket.id}/assignment-explanation`, { as: 'customer' }), { status: 403 })
  t.match(await service.get(`/tickets/${ticket.id}/assignment-explanation`, { tenant: other }), { status: 404 })
})

void t.test('once somebody has assigned the ticket by hand, the rule has not given it', async (t) => {
  const service = await startTicket(t)
  await service.post(path, { ...desk, pool: { kind: 'person', personId: people.agent.id } }, manager)
  const ticket = await service.open()
  await looked(service)
  const explained = async () => (await service.get(`/tickets/${ticket.id}/assignment-explanation`)).body
  t.match(await explained(), { carriedOut: true, assigneeId: people.agent.id })
  for (const assigneeId of [people.second.id, people.agent.id]) {
    const { status } = await service.post(`/tickets/${ticket.id}/assignments`, { assigneeId }, manager)
    t.ok(status < 300, String(status))
    t.match(await explained(), { carriedOut: false })
  }
  t.equal(await assigneeOf(service, ticket), people.agent.id, 'to the same person again')
})

void t.test('what waits is taken when there is room again, nearest due first', async (t) => {
  const service = await startTicket(t)
  await service.post(path, { ...desk, pool: { kind: 'person', personId: people.agent.id } }, manager)
  const points = { P0: 1, P1: 1, P2: 1, P3: 1 }
  const capacity = { points, defaultCapacityPoints: 1, version: 1 }
  await publish(service, changed('dueline.capacity.changed.v1', people.agent.id, 1, { capacity }))
  const first = await service.open()
  await looked(service)
  t.equal(await assigneeOf(service, first), people.agent.id)
  const [late, soon] = [await service.open(), await service.open()]
  await service.database.pool.query(
    `insert into ticket_sla (tenant_id, ticket_id, clock_id, metric, state, due_at, breached, sequence, as_of)
     values ($1, $2, $2, 'resolution', 'running', $4, false, 1, $6),
       ($1, $3, $3, 'resolution', 'running', $5, false, 1, $6)`,
    [tenant, late.id, soon.id, formatInstant(start + 2 * HOUR), formatInstant(start + HOUR), formatInstant(start)]
  )
  await looked(service)
  t.same([await assigneeOf(service, late), await assigneeOf(service, soon)], [null, null])
  t.match((await service.get(`/tickets/${soon.id}/assignment-explanation`)).body, {
    carriedOut: false,
    assigneeId: null,
    rules: [{ outcome: 'nobody_free', candidates: [{ verdict: 'no_capacity', facts: { load: 1, capacity: 1 } }] }]
  })
  await service.post(`/tickets/${first.id}/transitions`, { to: 'resolved' })
  await looked(service)
  t.same([await assigneeOf(service, late), await assigneeOf(service, soon)], [null, people.agent.id])
  await publish(service, available(people.agent.id, 1, { capacityPoints: 2 }))
  await looked(service)
  t.equal(await assigneeOf(service, late), people.agent.id)
})

void t.test('absences, responsibilities and empty pools: rules pass on what they cannot give', async (t) => {
  const service = await startTicket(t)
  const product = '01900000-0000-7000-8000-00000000a001'
  const own = (id: string, productId: string) => ({
    id,
    productId,
    moduleId: null,
    personId: people.second.id,
    teamId: null
  })
  const [responsibility, absence] = [systemIds.next(), systemIds.next()]
  await publish(
    service,
    changed('dueline.catalogue.changed.v1', product, 1, {
      item: { kind: 'product', id: product, name: 'Mail', productId: null, moduleId: null, active: true, version: 1 }
    }),
    changed('dueline.responsibility.changed.v1', responsibility, 1, {
      responsibility: { ...own(responsibility, product), version: 1 },
      deleted: false
    }),
    changed('dueline.absence.changed.v1', absence, 1, {
      absence: {
        id: absence,
        personId: people.agent.id,
        from: formatInstant(start - HOUR),
        to: formatInstant(start + HOUR),
        substituteId: null,
        version: 1
      },
      deleted: false
    })
  )
  await service.post(path, { name: 'Owners', rank: 1, pool: { kind: 'responsibility' } }, manager)
  await service.post(path, { ...desk, pool: { kind: 'person', personId: people.agent.id } }, manager)
  const [about, other] = [await service.open({ productId: product }), await service.open()]
  await looked(service)
  t.equal(await assigneeOf(service, about), people.second.id)
  t.match((await service.get(`/tickets/${other.id}/assignment-explanation`)).body, {
    assigneeId: null,
    rules: [
      { ruleName: 'Owners', outcome: 'empty_pool', candidates: [] },
      {
        ruleName: 'Desk',
        outcome: 'nobody_free',
        candidates: [{ verdict: 'not_available', facts: { reason: 'absence' } }]
      }
    ]
  })
  service.clock.advance(HOUR)
  await looked(service)
  t.equal(await assigneeOf(service, other), people.agent.id, 'the end of an absence is no part of it')
})

void t.test('rules are refused that can never match or name nobody; changes need the version', async (t) => {
  const service = await startTicket(t)
  const fault = (pointer: string, message: RegExp) => ({ status: 400, body: { errors: [{ pointer, message }] } })
  const p0 = { field: 'ticket.priority', op: 'eq', value: 'P0' }
  const wrong = [
    [{ condition: { all: [p0, { not: p0 }] } }, '/condition', /never/],
    [{ condition: { ...p0, value: 'P9' } }, '/condition/value', /one of/],
    [{ pool: { kind: 'team', teamId: teams.gone } }, '/pool/teamId', /not active/],
    [{ pool: { kind: 'team', teamId: people.agent.id } }, '/pool/teamId', /no such team/],
    [{ pool: { kind: 'person', personId: people.customer.id } }, '/pool/personId', /customer/],
    [{ pool: { kind: 'person', personId: teams.blue } }, '/pool/personId', /no such person/],
    [{ rank: -1 }, '/rank', /./]
  ] as const
  for (const [change, pointer, message] of wrong) {
    t.match(await service.post(path, { ...desk, ...change }, manager), fault(pointer, message), pointer)
  }
  t.match(await service.post(path, desk, { as: 'agent' }), { status: 403 })
  const { body: { id } } = await service.post(path, { ...desk, condition: p0 }, manager)
  t.match(await service.patch(`${path}/${id}`, { rank: 3 }, '"7"', manager), { status: 412 })
  t.match(await service.patch(`${path}/${id}`, { rank: 3 }, '"1"', manager), {
    status: 200,
    etag: '"2"',
    body: { rank: 3 }
  })
  t.match((await service.get(path)).body.items, [{ id, rank: 3, condition: p0 }])
  const ticket = await service.open()
  t.match((await service.post(`${path}/simulate`, { ticketId: ticket.id }, manager)).body, {
    assigneeId: null,
    rules: []
  })
  t.match((await service.post(`${path}/simulate`, { ticketId: ticket.id, rules: [desk] }, manager)).body, {
    assigneeId: people.agent.id,
    carriedOut: false
  })
  t.equal((await service.get(`/tickets/${ticket.id}`)).body.version, 1)
  const gone = { ...desk, pool: { kind: 'team', teamId: teams.gone } }
  t.match(
    await service.post(`${path}/simulate`, { ticketId: ticket.id, rules: [desk, gone] }, manager),
    fault('/rules/1/pool/teamId', /not active/)
  )
  const remove = async (ifMatch: string) =>
    await service.call('DELETE', `${path}/${id}`, { ...manager, headers: { 'if-match': ifMatch } })
  t.match(await remove('"1"'), { status: 412 })
  t.match(await remove('"2"'), { status: 204 })
  await service.post(`/tickets/${ticket.id}/assignments`, { assigneeId: people.agent.id })
  const alone = { ...desk, pool: { kind: 'person', personId: people.agent.id } }
  t.match((await service.post(`${path}/simulate`, { ticketId: ticket.id, rules: [alone] }, manager)).body, {
    assigneeId: people.agent.id,
    rules: [{ candidates: [{ facts: { load: 0 } }] }]
  }, 'a ticket that somebody has is no part of the load')
  t.match(await service.get(`${path}/${id}`), { status: 404 })
})

void t.test('two who ask a team for its next ticket get two tickets, the nearest due first', async (t) => {
  const service = await startTicket(t)
  const make = async () =>
    (await service.post('/tickets', { subject: 'x', customerId: people.customer.id, teamId: teams.blue })).body
  const made = [await make(), await make(), await make()]
  const queue = async () => (await service.get(`/teams/${teams.blue}/queue?limit=2`)).body
  t.match((await queue()).items.map(({ id }: { id: string }) => id), made.slice(0, 2).map(({ id }) => id))
  t.match(await service.get(`/teams/${teams.blue}/queue?limit=2&cursor=${(await queue()).nextCursor}`), {
    body: { items: [{ id: made[2].id }], nextCursor: null }
  })
  const next = async (as: 'agent' | 'second' | 'customer') =>
    await service.post(`/teams/${teams.blue}/next`, {}, { as })
  const taken = await Promise.all([next('agent'), next('second'), next('agent'), next('second')])
  const ids = taken.map(({ body }) => body.ticket?.id ?? null)
  t.same(ids.filter((id) => id !== null).sort(), made.map(({ id }) => id).sort())
  t.same((await queue()).items, [])
  t.match(await next('customer'), { status: 403 })
  const inactive = { pointer: '/teamId', message: /not active/ }
  t.match(await service.post(`/teams/${teams.gone}/next`, {}), { status: 400, body: { errors: [inactive] } })
  await service.changePerson(people.second.id, { role: 'customer' })
  t.match(await service.post(`/teams/${teams.blue}/next`, {}, { as: 'second', roles: ['agent'] }), {
    status: 403,
    body: { code: 'forbidden', detail: /is a customer/ }
  })
  await service.database.pool.query('delete from person where id = $1', [people.admin.id])
  t.match(await service.post(`/teams/${teams.blue}/next`, {}, { as: 'admin' }), {
    status: 403,
    body: { code: 'person_unknown', detail: /an administrator links it/ }
  })
  t.match(await service.get(`/teams/${people.agent.id}/queue`), { status: 404 })
})

void t.test('a team that is deleted is gone as soon as its last version has come', async (t) => {
  const service = await startTicket(t)
  const open = async () =>
    await service.post('/tickets', { subject: 'x', customerId: people.customer.id, teamId: teams.blue })
  t.equal((await open()).status, 201, 'the team is remembered')
  const team = {
    id: teams.blue,
    name: 'blue',
    leadId: null,
    memberIds: [],
    calendarId: null,
    productIds: [],
    moduleIds: [],
    active: false,
    version: 2
  }
  await publish(service, changed('dueline.team.changed.v1', teams.blue, 2, { team, deleted: true }))
  t.match(await open(), { status: 400, body: { errors: [{ pointer: '/teamId', message: /no such team/ }] } })
  t.match(await service.get(`/teams/${teams.blue}/queue`), { status: 404 })
  t.match(await service.post(`/teams/${teams.blue}/next`, {}), { status: 404 })
})

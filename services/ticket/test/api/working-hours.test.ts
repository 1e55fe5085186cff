// People work by calendars: outside of them no rule gives them anything, and their tickets may go back.
import type { CalendarSpec } from '@dueline/business-time'
import type { EventType, NewEvent, TeamSnapshot } from '@dueline/contracts'
import { systemIds } from '@dueline/runtime'
import t from 'tap'
import { assigneeOf, looked } from './assignment-support.ts'
import { people, start, startTicket, teams, tenant } from './harness.ts'
import { HOUR, publish } from './sla-events.ts'

const { agent, second, customer, manager: lead } = people
const manager = { as: 'manager' } as const
const desk = { name: 'Desk', rank: 10, pool: { kind: 'team', teamId: teams.blue } }

function changed (type: EventType, data: object): NewEvent {
  const id = systemIds.next()
  const frame = { id, time: start, tenantId: tenant, partitionKey: id, historical: false, sequence: 1 }
  return { ...frame, type, subject: `test/${id}`, data } as NewEvent
}
/** A calendar that is open on Mondays; tests begin on one, at eight. */
const published = (id: string, version: number, ...mon: Array<[string, string]>): NewEvent => {
  const spec: CalendarSpec = { timezone: 'UTC', weekly: { mon } }
  return changed('dueline.calendar.published.v1', { calendar: { id, version, name: 'Shift', spec } })
}
const team = (fields: Partial<TeamSnapshot>): NewEvent =>
  changed('dueline.team.changed.v1', {
    team: {
      id: teams.red,
      name: 'red',
      leadId: null,
      memberIds: [second.id],
      calendarId: null,
      productIds: [],
      moduleIds: [],
      active: true,
      version: 2,
      ...fields
    },
    deleted: false
  })

void t.test('who is outside of the working hours gets nothing by a rule, which says so', async (t) => {
  const service = await startTicket(t)
  const [early, late] = [systemIds.next(), systemIds.next()]
  await publish(service, published(early, 1, ['07:00', '09:00']), published(late, 1, ['09:00', '17:00']))
  await service.changePerson(agent.id, { calendarId: late })
  await service.changePerson(second.id, { calendarId: early })
  await service.post('/assignment-rules', desk, manager)
  const first = await service.open()
  await looked(service)
  t.equal(await assigneeOf(service, first), second.id)
  t.match((await service.get(`/tickets/${first.id}/assignment-explanation`)).body, {
    carriedOut: true,
    rules: [{
      candidates: [
        { personId: agent.id, verdict: 'not_available', facts: { availability: 'off', reason: 'calendar' } },
        { personId: second.id, verdict: 'chosen', facts: { availability: 'available', reason: 'calendar' } }
      ]
    }]
  })
  await publish(service, published(early, 2, ['07:00', '07:30']))
  const next = await service.open()
  await looked(service)
  t.equal(await assigneeOf(service, next), null, 'the newest version of the calendar counts')
  t.match((await service.get(`/people/${agent.id}/profile`)).body, {
    availability: { state: 'off', reason: 'calendar' }
  })
  t.match((await service.get(`/people/${lead.id}/team-overview`, manager)).body, { totals: { available: 0 } })
  service.clock.advance(HOUR)
  await looked(service)
  t.equal(await assigneeOf(service, next), agent.id, 'the first instant of the day is part of it')
  service.clock.advance(8 * HOUR)
  const evening = await service.open()
  await looked(service)
  t.equal(await assigneeOf(service, evening), null, 'its end is not')
})

void t.test('who has no calendar works by that of the oldest team that has one, else at all times', async (t) => {
  const service = await startTicket(t)
  const [own, shift] = [systemIds.next(), systemIds.next()]
  await publish(service, published(own, 1, ['07:00', '09:00']), published(shift, 1, ['12:00', '13:00']))
  const stateOf = async (id: string) => {
    const { body: { availability: { state, reason } } } = await service.get(`/people/${id}/profile`, { as: 'admin' })
    return [state, reason]
  }
  t.same(await stateOf(second.id), ['available', 'none'])
  await publish(service, team({ calendarId: shift }))
  t.same(await stateOf(second.id), ['off', 'calendar'])
  await service.changePerson(second.id, { calendarId: own })
  t.same(await stateOf(second.id), ['available', 'calendar'], 'their own goes before')
  await service.changePerson(second.id, { calendarId: null })
  await publish(service, team({ calendarId: shift, active: false, version: 3 }))
  t.same(await stateOf(second.id), ['available', 'none'], 'a team that is not active says nothing')
  await service.changePerson(second.id, { calendarId: systemIds.next() })
  t.same(await stateOf(second.id), ['available', 'none'], 'nor does a calendar that has not arrived')
})

void t.test('at the end of a shift tickets stay or go back, nearest due first, as the tenant says', async (t) => {
  const service = await startTicket(t)
  const shift = systemIds.next()
  await publish(service, published(shift, 1, ['07:00', '09:00']))
  await publish(service, team({ id: teams.blue, calendarId: shift, memberIds: [agent.id], version: 2 }))
  const give = async (assigneeId: string) =>
    (await service.post('/tickets', { subject: 'x', customerId: customer.id, assigneeId, teamId: teams.red })).body
  const [mine, others] = [await give(agent.id), await give(second.id)]
  const set = async (version: number, settings: object) =>
    await service.call('PUT', '/assignment-settings', {
      ...manager,
      headers: { 'if-match': `"${version}"` },
      payload: settings
    })
  const seen = async () => {
    await looked(service)
    return [await assigneeOf(service, mine), await assigneeOf(service, others)]
  }
  t.match(await set(0, { whenAbsent: 'return', whenShiftEnds: 'keep' }), {
    status: 200,
    body: { whenShiftEnds: 'keep' }
  })
  t.match(await set(1, { whenAbsent: 'keep', whenShiftEnds: 'sell' }), {
    status: 400,
    body: { errors: [{ pointer: '/whenShiftEnds' }] }
  })
  service.clock.advance(HOUR)
  t.same(await seen(), [agent.id, second.id], 'they stay')
  await set(1, { whenAbsent: 'keep', whenShiftEnds: 'return' })
  await service.clearOutbox()
  t.same(await seen(), [null, second.id], 'of whoever works by no calendar they stay')
  t.match(await service.outbox(), [{
    data: { to: { assigneeId: null, teamId: teams.red }, reason: 'the working hours of its assignee are over' }
  }])
  await service.post(`/tickets/${mine.id}/assignments`, { assigneeId: agent.id })
  t.match(await set(2, { whenAbsent: 'return' }), { body: { whenShiftEnds: null } })
  t.same(await seen(), [null, second.id], 'where nothing is said of shifts, their end is an absence')
  await service.post(`/tickets/${mine.id}/assignments`, { assigneeId: agent.id })
  await set(3, { whenAbsent: 'keep' })
  t.same(await seen(), [agent.id, second.id])
  await service.changePerson(second.id, { calendarId: shift })
  await set(4, { whenAbsent: 'keep', whenShiftEnds: 'return' })
  t.same(await seen(), [null, null], 'the own calendar of a person ends a shift as that of a team does')
})

void t.test('a rule that finds nobody as things stand is saved, and says why', async (t) => {
  const service = await startTicket(t)
  const closed = systemIds.next()
  await publish(service, published(closed, 1), team({ memberIds: [] }))
  const save = async (fields: object) => await service.post('/assignment-rules', { ...desk, ...fields }, manager)
  const warned = async (fields: object, ...warnings: Array<[pointer: string, message: RegExp]>) => {
    const { status, body } = await save(fields)
    t.equal(status, 201)
    t.match(body.warnings, warnings.map(([pointer, message]) => ({ pointer, message })), JSON.stringify(fields))
    t.equal(body.warnings.length, warnings.length, JSON.stringify(body.warnings))
    return body
  }
  const capacity = (capacityPoints: number, version: number): NewEvent =>
    changed('dueline.availability.changed.v1', {
      availability: { personId: agent.id, state: null, until: null, capacityPoints, version }
    })
  const alone = { pool: { kind: 'person', personId: agent.id } }
  await warned({})
  await warned(alone)
  await warned({ pool: { kind: 'responsibility' } })
  await warned({ rank: 1, pool: { kind: 'team', teamId: teams.red } }, ['/pool', /nobody now/])
  const ticket = await service.open()
  t.match((await service.get(`/tickets/${ticket.id}/assignment-explanation`)).body, {
    rules: [{ outcome: 'empty_pool', candidates: [] }, { outcome: 'chosen' }]
  }, 'a team without members falls through, and says so')
  await publish(service, capacity(0, 1))
  await warned(alone, ['/pool', /capacity/])
  await warned({})
  await publish(service, capacity(1, 2))
  await warned(alone)
  await service.changePerson(agent.id, { calendarId: closed })
  await warned(alone, ['/pool', /calendar/])
  const weights = [{ personId: lead.id, weight: 2 }]
  await warned({ choice: 'round_robin', weights }, ['/weights/0/personId', /not in the pool/])
  await warned({ weights: [{ personId: second.id, weight: 2 }] }, ['/weights', /round_robin/])
  const about = (value: string) => ({ condition: { field: 'ticket.customerId', op: 'eq', value } })
  await warned(about(customer.id))
  const { id } = await warned(about(closed), ['/condition', /nothing here/])
  t.match((await service.patch(`/assignment-rules/${id}`, { condition: null }, '"1"', manager)).body.warnings, [])
  t.match((await service.patch(`/assignment-rules/${id}`, alone, '"2"', manager)).body, {
    warnings: [{ pointer: '/pool', message: /calendar/ }]
  })
})

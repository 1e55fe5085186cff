import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseInstant } from '@dueline/business-time'
import { fakeClock, testEvent, type TestContext } from '@dueline/testkit'
import t from 'tap'
import { faultsOf, startDirectory, tenant, weekdays } from './harness.ts'

const monday = '2026-11-30T12:00:00.000000Z'
const at = (time: string) => `2026-11-30T${time}:00.000000Z`

async function start (t: TestContext, config = {}) {
  const clock = fakeClock(parseInstant(monday))
  const service = await startDirectory(t, { config, clock })
  const { call } = service
  return {
    ...service,
    clock,
    go: (text: string) => clock.set(parseInstant(text)),
    /** What makes a person's state, and until when. */
    async stateOf (id: string, query = '') {
      const { body } = await call('GET', `/people/${id}/availability${query}`, { as: 'agent' })
      return [body.state, body.reason, body.until]
    },
    set: async (id: string, body: object, options = {}) =>
      await call('PUT', `/people/${id}/availability`, { body, as: 'agent', person: id, ...options })
  }
}

t.test('by hand beats absence beats calendar, and nothing is written when a state ends', async (t) => {
  const { call, person, calendar, go, stateOf, set, outbox } = await start(t)
  const [ann, bob] = [await person(), await person({ screenName: 'Bob' })]
  t.same(await stateOf(ann), ['available', 'none', null])
  const own = await person({ calendarId: await calendar() })
  t.same(await stateOf(own), ['available', 'calendar', at('17:00')], 'a calendar of its own')
  const calendarId = await calendar()
  const team = (await call('POST', '/teams', { body: { name: 'A', memberIds: [bob, ann], calendarId } })).body.id
  t.same(await stateOf(ann), ['available', 'calendar', at('17:00')])
  t.same(await stateOf(ann, `?at=${at('20:00')}`), ['off', 'calendar', '2026-12-01T09:00:00.000000Z'])

  const absence = { personId: ann, from: at('13:00'), to: at('15:00'), substituteId: bob, reason: 'Dentist' }
  const planned = await call('POST', '/absences', { body: absence, as: 'agent', person: ann })
  t.match(planned, { status: 201, etag: '"1"', body: { ...absence, version: 1 } })
  t.same(await stateOf(ann, `?at=${at('14:00')}`), ['away', 'absence', at('15:00')])
  go(at('14:00'))
  const away = (await call('GET', `/people/${ann}/availability`)).body
  t.match(away, { absenceId: planned.body.id, substituteId: bob, set: null, version: 0, capacityPoints: null })

  t.match(await set(ann, { state: 'busy', until: '2026-11-30T14:30:00Z' }), {
    status: 200,
    etag: '"1"',
    body: { personId: ann, state: 'busy', until: at('14:30'), version: 1 }
  })
  t.same(await stateOf(ann), ['busy', 'set', at('14:30')])
  t.match((await call('GET', `/people/${ann}/availability`)).body.substituteId, null, 'it works all the same')
  t.same(await stateOf(ann, `?at=${at('14:30')}`), ['away', 'absence', at('15:00')])
  go(at('16:00'))
  t.same(await stateOf(ann), ['available', 'calendar', at('17:00')])
  t.match((await call('GET', `/people/${ann}/availability`)).body.set, { state: 'busy', until: at('14:30') })
  await set(ann, { state: 'off' })
  t.same(await stateOf(ann), ['off', 'set', null], 'with an open end')
  t.match(await set(ann, { state: 'off' }), { etag: '"2"' }, 'the same again is no change')
  t.match(await set(ann, { state: null }), { etag: '"3"' })
  t.same(await stateOf(ann), ['available', 'calendar', at('17:00')])

  const list = (await call('GET', `/teams/${team}/availability`, { as: 'agent' })).body.items
  t.same(list.map((each: any) => [each.personId, each.screenName, each.state]), [
    [bob, 'Bob', 'available'],
    [ann, 'Ann', 'available']
  ])
  const events = (await outbox()).filter(({ type }) => /availability|absence/.test(type))
  const { reason: _, ...period } = absence
  t.same(events.map(({ type, subject, sequence, data }) => [type, subject, sequence, data]), [
    ['dueline.absence.changed.v1', `absence/${planned.body.id}`, 1, {
      absence: { id: planned.body.id, ...period, version: 1 },
      deleted: false
    }],
    ...[['busy', at('14:30')], ['off', null], [null, null]].map(([state, until], index) => [
      'dueline.availability.changed.v1',
      `person/${ann}`,
      index + 1,
      { availability: { personId: ann, state, until, capacityPoints: null, version: index + 1 } }
    ])
  ], 'why somebody is absent is not in the event')
})

t.test('who may say it, of whom, and what is refused', async (t) => {
  const { call, person, set, ids } = await start(t)
  const [ann, customer] = [await person(), await person({ role: 'customer' })]
  const busy = { state: 'busy' }
  t.match(await set(ann, busy, { person: ids.next() }), { status: 403, body: { code: 'forbidden' } }, 'another agent')
  t.equal((await set(ann, busy, { as: 'manager', person: ids.next() })).status, 200)
  t.equal((await set(ann, busy, { as: 'customer' })).status, 403)
  t.equal((await set(ann, busy, { as: 'integrator', person: ids.next() })).status, 403)
  for (const id of [customer, ids.next(), await person({ tenantId: 'globex' })]) {
    t.equal((await set(id, busy, { as: 'admin' })).status, 404)
    t.equal((await call('PUT', `/people/${id}/capacity`, { body: { capacityPoints: 1 } })).status, 404)
    t.equal((await call('GET', `/people/${id}/availability`)).status, 404)
  }
  t.same(faultsOf(await set(ann, { state: 'busy', until: monday })), ['/until must be in the future'])
  t.equal((await set(ann, { state: 'busy', until: '2026-11-30T12:00:00.000001Z' })).status, 200)
  t.same(faultsOf(await set(ann, { state: null, until: at('13:00') })), ['/until must be null where state is'])
  t.match(faultsOf(await set(ann, { state: 'busy', until: '2026-02-30T12:00:00Z' })), [/^\/until must be an instant/])
  for (const body of [{}, { state: 'asleep' }, { state: 'busy', until: 'soon' }, { state: 'busy', why: 'x' }]) {
    t.equal((await set(ann, body)).status, 400, JSON.stringify(body))
  }
  t.equal((await set(ann, busy, { ifMatch: '"1"' })).status, 412)
  t.equal((await set(ann, busy, { ifMatch: '"2"' })).status, 200)
  t.match(faultsOf(await call('GET', `/people/${ann}/availability?at=2026-02-30T00:00:00Z`)), [/^\/at /])
})

t.test('absences: what cannot be, and their ends', async (t) => {
  const { call, person, ids } = await start(t)
  const [ann, bob] = [await person(), await person()]
  const add = async (change: object, options = {}) =>
    await call('POST', '/absences', {
      body: { personId: ann, from: at('13:00'), to: at('15:00'), ...change },
      ...options
    })
  const faults = async (change: object) => faultsOf(await add(change))
  t.same(await faults({ to: at('13:00') }), ['/to must be after from'])
  t.same(await faults({ to: at('12:59') }), ['/to must be after from'])
  t.same(await faults({ substituteId: ann }), ['/substituteId must be somebody else'])
  t.same(await faults({ substituteId: await person({ role: 'customer' }) }), ['/substituteId is a customer'])
  t.same(await faults({ substituteId: await person({ tenantId: 'globex' }) }), ['/substituteId no such person'])
  t.same(await faults({ substituteId: await person({ active: false }) }), ['/substituteId is not active'])
  t.same(await faults({ personId: await person({ role: 'customer' }) }), ['/personId is a customer'])
  t.same(await faults({ personId: ids.next() }), ['/personId no such person'])
  t.match(await faults({ from: '2026-02-30T00:00:00Z' }), [/^\/from must be an instant/])
  t.match(await faults({ reason: ' ' }), [/^\/reason /])
  t.same((await call('GET', '/absences')).body.items, [], 'nothing was stored')

  const first = await add({ substituteId: bob, reason: 'Dentist' }, { as: 'agent', person: ann })
  t.equal(first.status, 201)
  for (const [from, to] of [['12:00', '13:01'], ['14:59', '16:00'], ['13:30', '14:00'], ['12:00', '16:00']] as const) {
    t.match(await add({ from: at(from), to: at(to) }), { status: 409, body: { code: 'absence_overlaps' } }, from)
  }
  const before = await add({ from: at('12:00'), to: at('13:00') })
  const after = await add({ from: at('15:00'), to: at('16:00') })
  t.same([before.status, after.status], [201, 201], 'one may end where the next begins')
  t.equal((await add({ personId: bob })).status, 201, 'another person')

  const path = `/absences/${first.body.id}`
  const patch = async (body: object, options = {}) => await call('PATCH', path, { body, ifMatch: '"1"', ...options })
  t.match(await patch({ to: at('15:01') }), { status: 409, body: { code: 'absence_overlaps' } })
  t.same(faultsOf(await patch({ from: at('15:00') })), ['/to must be after from'])
  t.same(faultsOf(await patch({ substituteId: ann })), ['/substituteId must be somebody else'])
  t.equal((await patch({ personId: bob })).status, 400, 'it stays of the same person')
  t.equal((await patch({ to: at('14:00') }, { as: 'agent', person: bob })).status, 403)
  t.match(await patch({ to: at('14:00') }, { as: 'agent', person: ann }), { status: 200, body: { to: at('14:00') } })

  const seenBy = async (options: object) => (await call('GET', path, options)).body.reason
  t.equal(await seenBy({ as: 'agent', person: ann }), 'Dentist')
  t.equal(await seenBy({ as: 'manager' }), 'Dentist')
  t.equal(await seenBy({ as: 'agent', person: bob }), null, 'why is not for everybody')
  const idsBy = async (query: string) =>
    (await call('GET', `/absences?personId=${ann}${query}`)).body.items.map(({ id }: { id: string }) => id)
  const [one, two, three] = [first, before, after].map(({ body }) => body.id)
  t.same(await idsBy(''), [one, two, three])
  t.same(await idsBy(`&endsAfter=${at('13:00')}&startsBefore=${at('15:00')}`), [one], 'both ends are open')
  t.same(await idsBy(`&substituteId=${bob}`), [one])
  t.equal((await call('DELETE', path, { as: 'agent', person: bob })).status, 403)
  t.equal((await call('DELETE', path, { ifMatch: '"1"' })).status, 412, 'another has changed it')
  t.equal((await call('DELETE', path, { as: 'agent', person: ann, ifMatch: '"2"' })).status, 204)
  t.equal((await call('GET', path)).status, 404)
  t.equal((await call('GET', `/absences/${two}`, { tenant: 'globex' })).status, 404)
})

t.test('of absences planned at once that overlap, one stays', async (t) => {
  const { call, person, database } = await start(t)
  for (let round = 0; round < 2; round++) {
    const personId = await person()
    const answers = await Promise.all(
      Array.from(
        { length: 6 },
        async (_, index) =>
          await call('POST', '/absences', { body: { personId, from: at(`13:0${index}`), to: at('15:00') } })
      )
    )
    t.same(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409])
  }
  const { rows } = await database.pool.query(`
    select a.id from absence a join absence b on b.person_id = a.person_id and b.id > a.id
      and a.from_at < b.to_at and b.from_at < a.to_at`)
  t.same(rows, [])
})

t.test('substitutes of substitutes, circles, and who has left', async (t) => {
  const { call, person, go } = await start(t)
  const [ann, bob, cem] = [await person(), await person(), await person()]
  const add = async (personId: string, substituteId: string | null) =>
    await call('POST', '/absences', { body: { personId, from: at('13:00'), to: at('15:00'), substituteId } })
  await add(ann, bob)
  const second = await add(bob, cem)
  go(at('14:00'))
  const substitute = async (id: string) => (await call('GET', `/people/${id}/availability`)).body.substituteId
  t.same([await substitute(ann), await substitute(bob), await substitute(cem)], [cem, cem, null])
  t.equal((await call('GET', `/people/${ann}/availability?at=${at('15:00')}`)).body.substituteId, null)
  const third = await add(cem, ann)
  t.equal(third.status, 201, 'plans may close a circle')
  t.same(
    [await substitute(ann), await substitute(bob), await substitute(cem)],
    [null, null, null],
    'and nobody is there'
  )
  await call('DELETE', `/absences/${third.body.id}`)
  await call('PATCH', `/people/${cem}`, { body: { active: false }, ifMatch: '*' })
  t.same([await substitute(ann), await substitute(bob)], [null, null])
  t.match((await call('GET', `/people/${cem}/availability`)).body, { state: 'off', reason: 'inactive' })
  await call('DELETE', `/absences/${second.body.id}`)
  t.equal(await substitute(ann), bob)
})

t.test('capacity of people and the rules of the tenant', async (t) => {
  const { call, person, set, outbox } = await start(t)
  const ann = await person()
  const put = async (capacityPoints: unknown, options = {}) =>
    await call('PUT', `/people/${ann}/capacity`, { body: { capacityPoints }, as: 'manager', ...options })
  await set(ann, { state: 'busy' })
  t.match(await put(0), { status: 200, body: { state: 'busy', capacityPoints: 0, version: 2 } }, 'takes none')
  t.match((await call('GET', `/people/${ann}/availability`)).body, { state: 'busy', capacityPoints: 0 })
  t.match(await put(100_000), { status: 200, body: { capacityPoints: 100_000 } })
  t.match(await put(null), { status: 200, body: { capacityPoints: null, version: 4 } })
  for (const wrong of [-1, 0.5, 100_001, '3', undefined]) t.equal((await put(wrong)).status, 400, String(wrong))
  t.equal((await put(3, { as: 'agent', person: ann })).status, 403, 'not for oneself')

  const rules = { points: { P0: 8, P1: 4, P2: 1, P3: 0 }, defaultCapacityPoints: 0 }
  const set0 = await call('GET', '/capacity-rules', { as: 'agent' })
  t.match(set0, { etag: '"0"', body: { points: { P0: 4, P3: 1 }, defaultCapacityPoints: 20, version: 0 } })
  const putRules = async (body: object, ifMatch: string) => await call('PUT', '/capacity-rules', { body, ifMatch })
  t.match(await putRules(rules, '"0"'), { status: 200, etag: '"1"', body: { ...rules, version: 1 } })
  t.match(await putRules(rules, '"1"'), { status: 200, etag: '"1"' }, 'nothing changed')
  t.equal((await putRules(rules, '"0"')).status, 412)
  const points = { ...rules.points, P4: 1 }
  t.match(faultsOf(await putRules({ ...rules, points }, '"1"')), [/^\/points\/P4 /])
  t.match(faultsOf(await putRules({ ...rules, points: { P0: 1 } }, '"1"')).length, 3, 'each priority')
  t.equal((await call('GET', '/capacity-rules', { tenant: 'globex' })).body.version, 0)

  const events = await outbox()
  t.same(events.filter(({ type }) => type === 'dueline.capacity.changed.v1').map(({ data }) => data), [
    { capacity: { ...rules, version: 1 } }
  ])
  t.same(events.filter(({ type }) => type === 'dueline.availability.changed.v1').map(({ data }) => data.availability), [
    { personId: ann, state: 'busy', until: null, capacityPoints: null, version: 1 },
    { personId: ann, state: 'busy', until: null, capacityPoints: 0, version: 2 },
    { personId: ann, state: 'busy', until: null, capacityPoints: 100_000, version: 3 },
    { personId: ann, state: 'busy', until: null, capacityPoints: null, version: 4 }
  ])
})

t.test('changes of a person at once: each counts, in versions without gaps', async (t) => {
  const { person, set, outbox } = await start(t)
  const ann = await person()
  const states = ['available', 'busy', 'away', 'off']
  const answers = await Promise.all(
    Array.from(
      { length: 12 },
      async (_, index) => await set(ann, { state: states[index % 4], until: at(`13:${10 + index}`) })
    )
  )
  t.ok(answers.every(({ status }) => status === 200))
  t.same((await outbox()).map(({ sequence }) => sequence), Array.from({ length: 12 }, (_, index) => index + 1))
})

t.test('a calendar comes from its event, or once from its owner', async (t) => {
  const asked: string[] = []
  const owner = createServer((request, response) => {
    asked.push(request.url!)
    const id = request.url!.split('/').at(-1)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id, name: 'Nights', version: 3, spec: { timezone: 'UTC', weekly: {} } }))
  })
  await new Promise<void>((resolve) => owner.listen(0, '127.0.0.1', resolve))
  t.teardown(() => owner.close())
  const { port } = owner.address() as AddressInfo
  const { call, person, stateOf, ids, consuming } = await start(t, { SLA_POLICY_URL: `http://127.0.0.1:${port}` })
  const deliver = await consuming()
  const [ann, calendarId] = [await person(), ids.next()]
  await call('POST', '/teams', { body: { name: 'A', memberIds: [ann], calendarId } })
  t.same(await stateOf(ann), ['off', 'calendar', null], 'never open')
  t.same(await stateOf(ann), ['off', 'calendar', null])
  t.same(asked, [`/v1/calendars/${calendarId}`], 'asked once')
  const published = { calendar: { id: calendarId, version: 4, name: 'Days', spec: weekdays } }
  await deliver(testEvent('dueline.calendar.published.v1', published, { tenantid: tenant }))
  t.same(await stateOf(ann), ['available', 'calendar', at('17:00')], 'the newest version counts')
})

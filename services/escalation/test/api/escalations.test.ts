import { systemClock } from '@dueline/runtime'
import t from 'tap'
import { clockEvent, HOUR, id, staffEvents, ticketEvent, ticketSummary } from '../events.ts'
import { startEscalation } from './harness.ts'

const agent = { as: 'ann', roles: ['agent' as const] }
type Started = Awaited<ReturnType<typeof startEscalation>>

/** One open escalation of a clock named `name`, with level 1 of the preset reached. */
async function open ({ deliver, fired, call }: Started, name = 'clock', ticket = 'ticket'): Promise<any> {
  const due = systemClock.now() - 2 * HOUR
  const before = fired.all.length
  await deliver(
    clockEvent(
      'breached',
      2,
      { id: id(name), ticketId: id(ticket), dueAt: due, breachedAt: due },
      ticketSummary({ id: id(ticket) })
    )
  )
  await fired.atLeast(before + 1)
  return (await call('GET', `/escalations?ticketId=${id(ticket)}`)).body.items[0]
}

t.test('acknowledge: the assignee, whom a level addressed, managers, the ceo and admins; nobody else', async (t) => {
  const service = await startEscalation(t)
  const { call, deliver } = service
  await deliver(...staffEvents(), ticketEvent(1))
  const { id: escalationId } = await open(service)
  const path = `/escalations/${escalationId}/acknowledge`
  t.equal((await call('POST', path, {}, { anonymous: true })).status, 401)
  t.equal((await call('POST', path, {}, { as: 'kim', roles: ['customer'] })).status, 403)
  t.equal((await call('POST', path, {}, { as: 'sal', roles: ['sales'] })).status, 403)
  t.match(
    await call('POST', path, {}, { as: 'bob', roles: ['agent'] }),
    { status: 403, body: { code: 'forbidden' } },
    'an agent of another ticket'
  )
  t.equal((await call('POST', path, {}, { ...agent, tenant: 'globex' })).status, 404)
  t.equal((await call('POST', `/escalations/${id('none')}/acknowledge`, {}, agent)).status, 404)
  t.equal((await call('POST', '/escalations/42/acknowledge', {}, agent)).status, 400)
  t.equal((await call('POST', path, { note: 7, colour: 'red' }, agent)).body.errors.length, 2)
  t.equal((await call('POST', path, 'note', { ...agent, headers: { 'content-type': 'text/csv' } })).status, 415)
  t.equal((await call('POST', path, { note: 'x'.repeat(1_100_000) }, agent)).status, 413)
  t.equal((await call('GET', `/escalations/${escalationId}`)).body.state, 'open')

  const keyed = { ...agent, headers: { 'idempotency-key': 'a' } }
  const first = await call('POST', path, { note: null }, keyed)
  t.match(first, {
    status: 200,
    body: { state: 'acknowledged', acknowledgedBy: { id: id('ann'), screenName: 'Screen ann' }, acknowledgedAt: String }
  })
  t.match(await call('POST', path, { note: null }, keyed), { status: 200, headers: { 'idempotency-replayed': 'true' } })
  t.match(await call('POST', path, { note: 'again' }, keyed), { status: 409, body: { code: 'idempotency_key_reused' } })
  const over = await call('POST', path, { note: 'I take over' }, { as: 'max', roles: ['manager'] })
  t.match(over, {
    status: 200,
    body: { acknowledgedBy: { id: id('max') }, closedAt: first.body.closedAt, history: { length: 4 } }
  }, 'somebody else may take it over')
  t.match(await call('POST', `/escalations/${escalationId}/raise`, { reason: 'x' }), {
    status: 409,
    body: { code: 'escalation_closed', state: 'acknowledged' }
  })

  for (const role of ['manager', 'ceo', 'admin'] as const) {
    const other = await open(service, role, `t${role}`)
    t.equal(
      (await call('POST', `/escalations/${other.id}/acknowledge`, {}, { as: 'zoe', roles: [role] })).status,
      200,
      role
    )
  }

  const max = await open(service, 'told', 'ttold')
  t.equal(
    (await call('POST', `/escalations/${max.id}/acknowledge`, {}, { as: 'max', roles: ['sales'] })).status,
    200,
    'whom a level addressed, whatever the role'
  )
  const met = await open(service, 'met', 'tmet')
  await deliver(
    clockEvent(
      'met',
      3,
      { id: id('met'), ticketId: id('tmet'), breachedAt: systemClock.now(), state: 'met' },
      ticketSummary({ id: id('tmet') })
    )
  )
  t.match(await call('POST', `/escalations/${met.id}/acknowledge`, {}, agent), {
    status: 409,
    body: { code: 'escalation_closed', state: 'stopped' }
  })
})

t.test('raise: the next level now, up to the last', async (t) => {
  const service = await startEscalation(t)
  const { call, deliver, outbox } = service
  await deliver(...staffEvents(), ticketEvent(1))
  const { id: escalationId } = await open(service)
  const path = `/escalations/${escalationId}/raise`
  t.equal((await call('POST', path, { reason: 'x' }, { anonymous: true })).status, 401)
  t.equal((await call('POST', path, { reason: 'x' }, agent)).status, 403)
  t.equal((await call('POST', path, { reason: 'x' }, { tenant: 'globex' })).status, 404)
  t.same((await call('POST', path, {})).body.errors.map((fault: any) => fault.pointer), ['/reason'])
  t.equal((await call('POST', path, 'x', { headers: { 'content-type': 'text/csv' } })).status, 415)
  t.equal((await call('POST', path, { reason: 'x'.repeat(1_100_000) })).status, 413)
  t.equal((await outbox()).length, 2)

  const keyed = { headers: { 'idempotency-key': 'r' } }
  const second = await call('POST', path, { reason: 'the customer called' }, keyed)
  t.match(second, {
    status: 200,
    body: {
      level: 2,
      state: 'open',
      nextLevelAt: String,
      history: [{}, {}, {
        kind: 'level_reached',
        reason: 'the customer called',
        actor: { id: id('max'), screenName: 'Screen max' },
        level: { number: 2, last: false }
      }]
    }
  })
  t.match(await call('POST', path, { reason: 'the customer called' }, keyed), { status: 200, body: { level: 2 } })
  t.match(await call('POST', path, { reason: 'another' }, keyed), {
    status: 409,
    body: { code: 'idempotency_key_reused' }
  })
  t.match(await call('POST', path, { reason: 'again' }), { status: 200, body: { level: 3 } })
  t.match(await call('POST', path, { reason: 'again' }), {
    status: 200,
    body: { level: 4, state: 'exhausted', nextLevelAt: null, history: { length: 6 } }
  })
  t.match((await outbox()).slice(-2), [
    {
      type: 'level-reached',
      data: { level: { number: 4, last: true }, targets: [{ personId: id('cleo'), because: 'ceo of the tenant' }] }
    },
    { type: 'exhausted', data: { escalation: { state: 'exhausted', level: 4 } } }
  ])
  t.match(await call('POST', path, { reason: 'more' }), {
    status: 409,
    body: { code: 'escalation_closed', state: 'exhausted' }
  })
  t.match(await call('POST', `/escalations/${escalationId}/acknowledge`, {}), {
    status: 200,
    body: { state: 'acknowledged', level: 4 }
  }, 'the last level asks for it too')
})

t.test('lists and reads', async (t) => {
  const service = await startEscalation(t)
  const { call, deliver } = service
  await deliver(...staffEvents())
  const [a, b, c] = [await open(service, 'a', 'ta'), await open(service, 'b', 'tb'), await open(service, 'c', 'tc')]
  await call('POST', `/escalations/${b.id}/acknowledge`, {})
  await call('POST', `/escalations/${c.id}/raise`, { reason: 'x' })
  const ids = async (query: string): Promise<string[]> =>
    (await call('GET', `/escalations${query}`, undefined, agent)).body.items.map((each: any) => each.id)
  t.same(await ids(''), [c.id, b.id, a.id], 'the newest first')
  t.same(await ids('?state=open'), [c.id, a.id])
  t.same(await ids('?level=2'), [c.id])
  t.same(await ids(`?ticketId=${id('ta')}`), [a.id])
  const page = (await call('GET', '/escalations?limit=2', undefined, agent)).body
  t.same(await ids(`?limit=2&cursor=${page.nextCursor}`), [a.id])
  t.same((await call('GET', '/escalations', undefined, { ...agent, tenant: 'globex' })).body, {
    items: [],
    nextCursor: null
  })
  const { history, ...single } = (await call('GET', `/escalations/${a.id}`, undefined, agent)).body
  t.same(single, a)
  t.equal(history.length, 2)

  for (const path of ['/escalations', `/escalations/${a.id}`]) {
    t.equal((await call('GET', path, undefined, { anonymous: true })).status, 401)
    t.equal((await call('GET', path, undefined, { as: 'kim', roles: ['customer'] })).status, 403)
  }
  t.same(
    (await call('GET', '/escalations?state=lost&level=11&limit=0&colour=red', undefined, agent)).body.errors.length,
    4
  )
  t.equal((await call('GET', '/escalations?cursor=zzz', undefined, agent)).status, 400)
  t.equal((await call('GET', '/escalations/42', undefined, agent)).status, 400)
  t.equal((await call('GET', `/escalations/${a.id}`, undefined, { ...agent, tenant: 'globex' })).status, 404)
})

t.test('operations: health, metrics, document, dead letters', async (t) => {
  const { http, call } = await startEscalation(t)
  t.equal((await http.inject('/health/live')).statusCode, 200)
  t.match((await http.inject('/health/ready')).json(), { status: 'ok' })
  t.equal((await http.inject('/metrics')).statusCode, 200)
  t.same(Object.keys((await http.inject('/openapi.json')).json().paths).sort(), [
    '/v1/escalation-policies',
    '/v1/escalation-policies/presets',
    '/v1/escalation-policies/{escalationPolicyId}',
    '/v1/escalation/dead-letters',
    '/v1/escalation/dead-letters/{deadLetterId}/resend',
    '/v1/escalations',
    '/v1/escalations/{escalationId}',
    '/v1/escalations/{escalationId}/acknowledge',
    '/v1/escalations/{escalationId}/raise'
  ])
  t.match(await call('GET', '/escalation/dead-letters', undefined, { as: 'op', roles: ['operator'] }), {
    status: 200,
    body: { items: [] }
  })
  t.equal((await call('GET', '/escalation/dead-letters')).status, 403)
})

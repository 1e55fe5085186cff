import { ticketStatuses } from '@dueline/contracts'
import t from 'tap'
import { statusMoves } from '../../src/domain/status.ts'
import { other, people, startTicket, teams } from './harness.ts'

const unknown = '01900000-0000-7000-8000-0000000000ff'
const day = 86_400_000_000

void t.test('addMessage', async (t) => {
  const service = await startTicket(t)
  const { id } = await service.open()
  const path = `/tickets/${id}/messages`

  await t.test('201', async (t) => {
    t.match(await service.post(path, { body: 'secret', kind: 'internal' }), {
      status: 201,
      etag: '"2"',
      body: { kind: 'internal' }
    }, 'a note opens nothing')
    t.match(await service.post(path, { body: 'me too' }, { as: 'customer' }), {
      status: 201,
      etag: '"3"',
      body: { author: { kind: 'customer', id: people.customer.id, screenName: 'Carla' }, attachments: [] }
    })
    const long = 'ä'.repeat(499) + '😀tail'
    t.match(await service.post(path, { body: long }), { status: 201, body: { body: long } })
    const [, , , reply] = await service.outbox()
    t.equal(reply!.data.message.excerpt, 'ä'.repeat(499), 'an excerpt never ends in half a character')
    t.equal((await service.get(`/tickets/${id}`)).body.status, 'open', 'the first public reply opens it')
    const machine = { headers: await service.issuer.bearer({ tenant: 'acme', sub: 'svc@clients', roles: ['agent'] }) }
    t.match(await service.post(path, { body: 'checked', kind: 'internal' }, { as: null, ...machine }), {
      status: 201,
      body: { author: { kind: 'agent', id: null } }
    }, 'an agent that is no person')
  })

  await t.test('409: finished too long ago, or cancelled', async (t) => {
    await service.post(`/tickets/${id}/transitions`, { to: 'resolved' })
    service.clock.advance(7 * day)
    t.match(await service.post(path, { body: 'thanks' }), { status: 201 }, 'staff may always write')
    t.equal((await service.get(`/tickets/${id}`)).body.status, 'resolved')
    service.clock.advance(1_000)
    const version = (await service.get(`/tickets/${id}`)).etag
    t.match(await service.post(path, { body: 'again' }, { as: 'customer' }), {
      status: 409,
      body: { code: 'reopen_window_over' }
    })
    t.equal((await service.get(`/tickets/${id}`)).etag, version, 'nothing is stored')
    const cancelled = await service.open()
    await service.post(`/tickets/${cancelled.id}/transitions`, { to: 'cancelled' })
    t.match(await service.post(`/tickets/${cancelled.id}/messages`, { body: 'x' }, { as: 'customer' }), {
      status: 409,
      body: { code: 'ticket_cancelled' }
    })
    t.match(await service.post(`/tickets/${cancelled.id}/messages`, { body: 'x', kind: 'internal' }), { status: 201 })
    const headers = { 'idempotency-key': 'm' }
    await service.post(path, { body: 'one' }, { headers })
    t.match(await service.post(path, { body: 'two' }, { headers }), {
      status: 409,
      body: { code: 'idempotency_key_reused' }
    })
  })

  t.match(await service.post(path, { body: ' ', kind: 'loud', at: 1 }), { status: 400, body: { errors: [{}, {}, {}] } })
  t.match(await service.post(path, { body: 'x'.repeat(65_537) }), { status: 400 })
  t.match(await service.post(path, { body: 'x' }, { as: null }), { status: 401 })
  t.match(await service.post(path, { body: 'x' }, { roles: ['operator'] }), { status: 403 })
  t.match(await service.post(path, { body: 'x', kind: 'internal' }, { as: 'customer' }), { status: 403 })
  t.match(await service.post(path, { body: 'x' }, { as: 'outsider' }), { status: 404 })
  t.match(await service.post(path, { body: 'x' }, { tenant: other }), { status: 404 })
  t.match(await service.post(path, { body: 'x'.repeat(1_100_000) }), { status: 413 })
  t.match(await service.post(path, 'x', { headers: { 'content-type': 'text/csv' } }), { status: 415 })
})

void t.test('listMessages and getTimeline show customers what is theirs', async (t) => {
  const service = await startTicket(t)
  const { id } = await service.open()
  await service.post(`/tickets/${id}/messages`, { body: 'note', kind: 'internal' })
  await service.post(`/tickets/${id}/messages`, { body: 'hello' })
  await service.post(`/tickets/${id}/assignments`, { teamId: teams.blue, reason: 'she shouts' })
  const bodies = async (as: 'agent' | 'customer') =>
    (await service.get(`/tickets/${id}/messages`, { as })).body.items.map(({ body }: any) => body)
  t.same(await bodies('agent'), ['note', 'hello'])
  t.same(await bodies('customer'), ['hello'])
  const kinds = async (as: 'agent' | 'customer') =>
    (await service.get(`/tickets/${id}/timeline`, { as })).body.items.map(({ version, kind, reason }: any) =>
      `${version} ${kind} ${reason}`
    )
  t.same(await kinds('agent'), [
    '1 created null',
    '2 message-added null',
    '3 message-added null',
    '4 status-changed an agent answered',
    '5 assigned she shouts'
  ])
  t.same(await kinds('customer'), [
    '1 created null',
    '3 message-added null',
    '4 status-changed an agent answered',
    '5 assigned null'
  ])
  const text = JSON.stringify((await service.get(`/tickets/${id}/timeline`, { as: 'customer' })).body) +
    JSON.stringify((await service.get(`/tickets/${id}/messages`, { as: 'customer' })).body)
  t.notMatch(text, /Anna|anna@/, 'no name, no address of staff')
  for (const path of [`/tickets/${id}/messages`, `/tickets/${id}/timeline`]) {
    const first = await service.get(`${path}?limit=1`)
    const second = await service.get(`${path}?limit=1&cursor=${first.body.nextCursor}`)
    t.not(first.body.items[0].at, second.body.items[0].at)
    t.match(await service.get(`${path}?cursor=zz`), { status: 400 })
    t.match(await service.get(`${path}?x=1`), { status: 400 })
    t.match(await service.get(path, { as: null }), { status: 401 })
    t.match(await service.get(path, { roles: ['operator'] }), { status: 403 })
    t.match(await service.get(path, { as: 'outsider' }), { status: 404 })
    t.match(await service.get(path, { tenant: other }), { status: 404 })
  }
})

void t.test('moveTicket', async (t) => {
  const service = await startTicket(t)

  await t.test('every pair of statuses is allowed or refused as the table says', async (t) => {
    for (const from of ticketStatuses) {
      for (const to of ticketStatuses) {
        const { id } = await service.open()
        await service.database.pool.query(
          `update ticket set status = $2, resolved_at = updated_at, closed_at = updated_at
            where tenant_id = 'acme' and id = $1`,
          [id, from]
        )
        const { status, body } = await service.post(`/tickets/${id}/transitions`, { to, reason: 'because' })
        if (statusMoves[from].includes(to)) {
          t.match({ status, body }, { status: 200, body: { status: to, version: 2 } }, `${from} → ${to}`)
        } else {t.match({ status, body }, {
            status: 409,
            body: { code: 'ticket_transition_refused', from, allowed: statusMoves[from] }
          }, `${from} → ${to} is refused`)}
      }
    }
  })

  await t.test('a closed ticket can be reopened within the window only', async (t) => {
    const { id } = await service.open()
    const move = (to: string) => service.post(`/tickets/${id}/transitions`, { to })
    await move('resolved')
    t.match((await move('closed')).body, { closedAt: /Z$/, resolvedAt: /Z$/ })
    service.clock.advance(7 * day)
    t.match(await move('open'), { status: 200, body: { reopenCount: 1, closedAt: null, resolvedAt: null } })
    await move('resolved')
    await move('closed')
    service.clock.advance(7 * day + 1_000)
    t.match(await move('open'), { status: 409, body: { allowed: [] } })
    t.match((await service.outbox()).filter(({ subject }) => subject === `ticket/${id}`).map(({ type }) => type), [
      'ticket.created',
      'ticket.status-changed',
      'ticket.status-changed',
      'ticket.reopened',
      'ticket.status-changed',
      'ticket.status-changed'
    ])
  })

  const { id } = await service.open()
  const path = `/tickets/${id}/transitions`
  t.match(await service.post(path, { to: 'gone', because: 1 }), { status: 400, body: { errors: [{}, {}] } })
  t.match(await service.post(path, { to: 'open' }, { as: null }), { status: 401 })
  t.match(await service.post(path, { to: 'open' }, { as: 'customer' }), { status: 403 })
  t.match(await service.post(path, { to: 'open' }, { tenant: other }), { status: 404 })
  t.match(await service.post(path, 'x', { headers: { 'content-type': 'text/csv' } }), { status: 415 })
  t.match(await service.post(path, { to: 'open', reason: 'x'.repeat(1_100_000) }), { status: 413 })
})

void t.test('assignTicket', async (t) => {
  const service = await startTicket(t)
  const { id } = await service.open()
  const path = `/tickets/${id}/assignments`
  t.match(await service.post(path, { assigneeId: people.agent.id, teamId: teams.blue }), {
    status: 200,
    etag: '"2"',
    body: { assigneeId: people.agent.id, teamId: teams.blue }
  })
  t.match(
    await service.post(path, { assigneeId: people.agent.id }),
    { status: 200, etag: '"2"' },
    'no change is no fact'
  )
  t.match(await service.post(path, { assigneeId: null }), {
    status: 200,
    body: { assigneeId: null, teamId: teams.blue, version: 3 }
  })
  t.match(await service.post(path, { assigneeId: people.customer.id }), {
    status: 400,
    body: { errors: [{ pointer: '/assigneeId', message: 'is a customer' }] }
  })
  t.match(await service.post(path, { assigneeId: unknown }), {
    status: 400,
    body: { errors: [{ pointer: '/assigneeId', message: 'no such person' }] }
  })
  await service.changePerson(people.second.id, { active: false })
  t.match(await service.post(path, { assigneeId: people.second.id }), {
    status: 400,
    body: { errors: [{ message: 'is not active' }] }
  })
  for (const [teamId, message] of [['Blue', /^no such team/], [unknown, /^no such team/], [teams.gone, /not active/]]) {
    t.match(await service.post(path, { teamId }), { status: 400, body: { errors: [{ pointer: '/teamId', message }] } })
  }
  t.match(await service.post(path, {}), { status: 400 })
  t.match(await service.post(path, { reason: 'x' }), { status: 400, body: { errors: [{ pointer: '' }] } })
  t.match(await service.post(path, { teamId: 'x' }, { as: null }), { status: 401 })
  t.match(await service.post(path, { teamId: 'x' }, { as: 'customer' }), { status: 403 })
  t.match(await service.post(path, { teamId: 'x' }, { tenant: other }), { status: 404 })
  const headers = { 'idempotency-key': 'a' }
  await service.post(path, { teamId: teams.red }, { headers })
  t.match(await service.post(path, { teamId: teams.blue }, { headers }), { status: 409 })
  t.match(await service.post(path, 'x', { headers: { 'content-type': 'text/csv' } }), { status: 415 })
  t.match(await service.post(path, { teamId: 'x'.repeat(1_100_000) }), { status: 413 })
})

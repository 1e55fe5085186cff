import { formatInstant } from '@dueline/business-time'
import { systemIds } from '@dueline/runtime'
import t from 'tap'
import { other, people, start, startTicket, type TestTicket, teams } from './harness.ts'
import { clockChanged, HOUR, publish } from './sla-events.ts'

/** Tickets that are due after so many hours each; null: nothing is. */
async function dueAfter (service: TestTicket, hours: ReadonlyArray<number | null>): Promise<any[]> {
  const tickets: any[] = []
  for (const hour of hours) {
    const ticket = await service.open({ subject: `due ${hour}` })
    tickets.push(ticket)
    if (hour === null) continue
    const state = { id: systemIds.next(), sequence: 1, dueAt: start + hour * HOUR }
    await publish(service, clockChanged(ticket, hour < 2 ? { ...state, breachedAt: start + hour * HOUR } : state))
  }
  return tickets
}

async function pagesOf (service: TestTicket, query: string, between = async () => {}): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { status, body }: any = await service.get(`/tickets?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    if (status !== 200) throw new Error(JSON.stringify(body))
    ids.push(...body.items.map(({ id }: any) => id))
    cursor = body.nextCursor
    if (cursor !== null) await between()
  }
  return ids
}

void t.test('the most urgent comes first, page by page, and what is not due comes last', async (t) => {
  const service = await startTicket(t)
  const tickets = await dueAfter(service, [3, null, 1, 2, null, 4])
  const ids = tickets.map(({ id }) => id)
  t.same(await pagesOf(service, 'sort=dueAt&limit=2'), [2, 3, 0, 5, 1, 4].map((i) => ids[i]))
  t.same(await pagesOf(service, 'sort=-dueAt&limit=2'), [5, 0, 3, 2, 1, 4].map((i) => ids[i]))
  t.same(await pagesOf(service, 'sort=dueAt&limit=200'), [2, 3, 0, 5, 1, 4].map((i) => ids[i]))
  const at = (hours: number): string => formatInstant(start + hours * HOUR)
  t.same(await pagesOf(service, `sort=dueAt&dueAfter=${at(2)}&dueBefore=${at(4)}`), [ids[3], ids[0]], 'from, until')
  t.same(await pagesOf(service, 'sort=dueAt&breached=true'), [ids[2]])
  t.equal((await pagesOf(service, 'breached=false')).length, 5)
  let moved = false
  const seen = await pagesOf(service, 'sort=dueAt&limit=2', async () => {
    if (moved) return
    moved = true
    await publish(service, clockChanged(tickets[5], { id: systemIds.next(), sequence: 1, dueAt: start + 1 }))
  })
  t.same([...new Set(seen)].sort(), [...ids].sort(), 'what moves to the front meanwhile is on a page all the same')
})

void t.test('lists are narrowed by tag, channel, time of change, ids and me', async (t) => {
  const service = await startTicket(t)
  const mail = await service.open({ channel: 'email' })
  service.clock.advance(1_000_000)
  const tagged = await service.open()
  const since = formatInstant(service.clock.now() + 1)
  service.clock.advance(1_000_000)
  await service.patch(`/tickets/${tagged.id}`, { tags: ['vip', 'paper'] }, '"1"')
  t.same(await pagesOf(service, 'channel=email&channel=chat'), [mail.id])
  t.same(await pagesOf(service, 'tag=vip&tag=other'), [tagged.id])
  t.same(await pagesOf(service, `updatedAfter=${since}`), [tagged.id])
  t.same(await pagesOf(service, `ids=${mail.id}&status=new`), [mail.id])
  const mine = (as: 'customer' | 'agent') => service.get('/tickets?customerId=me', { as })
  t.equal((await mine('customer')).body.items.length, 2)
  t.equal((await mine('agent')).body.items.length, 0)
  t.match(await service.get('/tickets?tag=vip', { as: 'customer' }), {
    status: 400,
    body: { errors: [{ pointer: '/tag' }] }
  })
})

void t.test('what cannot be answered is refused with what would be right', async (t) => {
  const service = await startTicket(t)
  const tickets = await dueAfter(service, [1, 2])
  const refused = async (
    query: string,
    pointer: string,
    message: RegExp,
    as: 'agent' | 'customer' | 'outsider' = 'agent'
  ) =>
    t.match(
      await service.get(`/tickets?${query}`, { as }),
      { status: 400, body: { errors: [{ pointer, message }] } },
      query
    )
  await refused('expand=everything', '/expand/0', /customer, assignee, team, clocks, messages/)
  await refused('expand=messages&limit=21', '/limit', /at most 20/)
  await refused(`dueAfter=${formatInstant(start)}&dueBefore=${formatInstant(start)}`, '/dueAfter', /before dueBefore/)
  await refused('assigneeId=none&assigneeActive=true', '/assigneeActive', /send one of them/)
  const { body } = await service.get('/tickets?sort=dueAt&limit=1')
  await refused(`sort=-createdAt&cursor=${body.nextCursor}`, '/cursor', /sort=dueAt/)
  await refused(`ids=${systemIds.next()}`, '/ids/0', /no such ticket/)
  await refused(`ids=${tickets[0].id}`, '/ids/0', /no such ticket/, 'outsider')
  await refused(Array.from({ length: 201 }, () => `ids=${tickets[0].id}`).join('&'), '/ids', /at most 200/)
  const foreign = await service.get(`/tickets?ids=${tickets[0].id}`, { tenant: other })
  t.match(foreign, { status: 400, body: { errors: [{ pointer: '/ids/0', message: 'no such ticket' }] } })
  t.match(await service.get('/tickets?expand=messages&limit=20'), { status: 200 })
})

void t.test('one call shows a ticket with its people, clocks and messages', async (t) => {
  const service = await startTicket(t)
  const [ticket] = await dueAfter(service, [1])
  await publish(service, clockChanged(ticket, { id: systemIds.next(), sequence: 1, kind: 'ola', dueAt: start + 5 }))
  await service.post(`/tickets/${ticket.number}/assignments`, { assigneeId: people.agent.id, teamId: teams.blue })
  const written = await service.post(`/tickets/${ticket.number}/messages`, { body: 'first' })
  t.match(written, {
    status: 201,
    body: { ticketVersion: 3, ticket: { status: 'open', version: 4, sla: { version: 1 } } }
  })
  await service.post(`/tickets/${ticket.id}/messages`, { body: 'secret', kind: 'internal' })
  const all = 'expand=customer&expand=assignee&expand=clocks&expand=messages&expand=team'
  const page = await service.get(`/tickets/${ticket.number}?${all}`)
  t.match(page, {
    status: 200,
    body: {
      id: ticket.id,
      customer: { name: 'Carla Customer' },
      assignee: { name: 'Anna Agent' },
      team: { id: teams.blue, name: 'blue', active: true },
      clocks: [{ kind: 'ola' }, { kind: 'sla', metric: 'resolution', target: 'PT4H' }],
      messages: [{ body: 'first', author: { screenName: 'Support A' } }, { body: 'secret' }]
    }
  })
  const own = await service.get(`/tickets/${ticket.number}?${all}`, { as: 'customer' })
  t.match(own.body, { customer: { name: 'Carla Customer' }, assignee: null, team: null, clocks: [{ kind: 'sla' }] })
  t.equal(own.body.clocks.length, 1)
  t.same(own.body.messages.map(({ body, author }: any) => [body, author.id]), [['first', null]], 'nothing internal')
  t.match((await service.get(`/tickets?${all}`)).body.items, [{ id: ticket.id, clocks: [{}, {}], messages: [{}, {}] }])
  t.match(await service.get('/tickets/T-999999'), { status: 404 })
  t.match(await service.get(`/tickets/${ticket.number}`, { as: 'outsider' }), { status: 404 })
  t.match(await service.get('/tickets/T-1'), { status: 400, body: { errors: [{ in: 'path', message: /T-000123/ }] } })
})

void t.test('customers resolve and cancel their own tickets, and nothing else', async (t) => {
  const service = await startTicket(t)
  const ticket = await service.open()
  const move = (to: string, as: 'customer' | 'outsider') =>
    service.post(`/tickets/${ticket.id}/transitions`, { to }, { as })
  t.match(await move('open', 'customer'), { status: 403 })
  t.match(await move('cancelled', 'outsider'), { status: 404 })
  t.match(await move('resolved', 'customer'), { status: 200, body: { status: 'resolved', tags: [], teamId: null } })
  t.match(await move('cancelled', 'customer'), { status: 409, body: { from: 'resolved', allowed: [] } })
})

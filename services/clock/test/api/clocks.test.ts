import t from 'tap'
import { agentId, calendarPublished, customerId, other, TestTicket } from '../support/events.ts'
import { HOUR, MINUTE, start, startClock } from '../support/harness.ts'

t.test('GET /clocks and GET /clocks/{clockId}', async (t) => {
  const { receive, call, clock } = await startClock(t)
  const urgent = new TestTicket(start, { priority: 'P0' })
  const calm = new TestTicket(start, {
    priority: 'P3',
    assigneeId: agentId,
    customerId: '01900000-0000-7000-8000-0000000000c2'
  })
  const paused = new TestTicket(start)
  await receive(urgent.created(start), urgent.agreement(start, { targets: { resolution: 'PT1H' } }))
  await receive(calm.created(start), calm.agreement(start, { targets: { resolution: 'PT8H', first_response: 'PT4H' } }))
  await receive(
    paused.created(start),
    paused.agreement(start, { targets: { resolution: 'PT2H' } }),
    paused.status(start + MINUTE, 'waiting_on_customer')
  )
  clock.set(start + 90 * MINUTE)
  await receive(urgent.assigned(start + 89 * MINUTE, agentId))

  const list = async (query = '', options = {}) => (await call('GET', `/clocks${query}`, options)).body
  const tickets = (body: any) =>
    body.items.map((item: any) =>
      `${({ [urgent.id]: 'urgent', [calm.id]: 'calm', [paused.id]: 'paused' } as any)[item.ticketId]} ${item.metric}`
    )

  t.test('200', async (t) => {
    const all = await list()
    t.same(
      tickets(all),
      ['urgent resolution', 'calm first_response', 'calm resolution', 'paused resolution'],
      'by deadline, none last'
    )
    t.match(all.items[0], {
      state: 'running',
      consumed: 'PT1H30M',
      remaining: '-PT30M',
      overdue: 'PT30M',
      dueAt: '2026-03-02T09:00:00.000000Z',
      breachedAt: '2026-03-02T09:00:00.000000Z',
      serverTime: '2026-03-02T09:30:00.000000Z'
    })
    t.match(all.items[3], {
      state: 'paused',
      pausedFor: ['waiting_on_customer'],
      dueAt: null,
      consumed: 'PT1M',
      remaining: 'PT1H59M'
    })
    t.same(tickets(await list('?sort=-dueAt')), [
      'calm resolution',
      'calm first_response',
      'urgent resolution',
      'paused resolution'
    ])
    t.equal((await list('?sort=startedAt')).items.length, 4)
    t.same(tickets(await list(`?ticketId=${calm.id}&metric=resolution`)), ['calm resolution'])
    t.same(tickets(await list('?state=paused')), ['paused resolution'])
    t.same(tickets(await list('?breached=true')), ['urgent resolution'])
    t.equal((await list('?breached=false')).items.length, 3)
    t.equal((await list('?priority=P3&priority=P0')).items.length, 3)
    t.same(tickets(await list(`?assigneeId=${agentId}&metric=resolution`)), ['urgent resolution', 'calm resolution'])
    t.same(tickets(await list('?dueAfter=2026-03-02T09:00:00Z&dueBefore=2026-03-02T12:00:00Z')), ['urgent resolution'])
    t.same((await list('?kind=ola')).items, [])
    t.same((await list('', { of: other })).items, [], 'another tenant sees nothing')
  })

  t.test('200 page by page, in each order', async (t) => {
    for (const sort of ['dueAt', '-dueAt', 'startedAt']) {
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page: any = await list(`?sort=${sort}&limit=1${cursor === null ? '' : `&cursor=${cursor}`}`)
        seen.push(...tickets(page))
        cursor = page.nextCursor
      } while (cursor !== null)
      t.same(seen, tickets(await list(`?sort=${sort}`)), sort)
    }
  })

  t.test('200 for a customer: own tickets only', async (t) => {
    const own = await list('', { as: customerId, roles: ['customer'] })
    t.same(tickets(own), ['urgent resolution', 'paused resolution'])
    t.same((await list('', { as: 'not-a-uuid', roles: ['customer'] })).items, [])
    const mine = own.items[0].id
    t.equal((await call('GET', `/clocks/${mine}`, { as: customerId, roles: ['customer'] })).status, 200)
    const others = (await list(`?ticketId=${calm.id}`)).items[0].id
    t.equal((await call('GET', `/clocks/${others}`, { as: customerId, roles: ['customer'] })).status, 404)
    t.equal((await call('GET', `/clocks/${mine}/ledger`, { as: customerId, roles: ['customer'] })).status, 403)
    t.equal((await call('GET', `/clocks/${others}/explanation`, { as: customerId, roles: ['customer'] })).status, 404)
  })

  t.test('400', async (t) => {
    const refused = async (query: string, pointer: string) => {
      const { status, body } = await call('GET', `/clocks${query}`)
      t.equal(status, 400, query)
      t.ok(body.errors.some((each: any) => each.pointer === pointer), `${query}: ${JSON.stringify(body.errors)}`)
    }
    await refused('?state=resting', '/state/0')
    await refused('?dueBefore=2026-02-31T00:00:00Z', '/dueBefore')
    await refused('?waitFor=1', '/waitFor')
    await refused('?cursor=abc', '/cursor')
    await refused('?colour=red', '/colour')
    const { nextCursor } = await list('?limit=1')
    await refused(`?sort=startedAt&cursor=${nextCursor}`, '/cursor')
    const position = JSON.parse(Buffer.from(nextCursor, 'base64url').toString())
    await refused(
      `?cursor=${Buffer.from(JSON.stringify({ ...position, at: 2 ** 60 })).toString('base64url')}`,
      '/cursor'
    )
    await refused('?ticketId=01900000-0000-7000-8000-000000000001&waitFor=1e300', '/waitFor')
  })

  t.test('401, 403, 404', async (t) => {
    const { id } = (await list()).items[0]
    for (const path of ['/clocks', `/clocks/${id}`, `/clocks/${id}/ledger`, `/clocks/${id}/explanation`]) {
      t.equal((await call('GET', path, { anonymous: true })).status, 401, path)
      t.equal((await call('GET', path, { roles: ['operator'] })).status, 403, path)
    }
    for (const path of ['', '/ledger', '/explanation']) {
      const foreign = await call('GET', `/clocks/${id}${path}`, { of: other })
      const unknown = await call('GET', `/clocks/01900000-0000-7000-8000-000000000fff${path}`)
      t.equal(foreign.status, 404)
      t.equal(unknown.status, 404)
      t.same({ ...foreign.body, instance: 0, requestId: 0 }, { ...unknown.body, instance: 0, requestId: 0 })
      t.equal((await call('GET', `/clocks/x${path}`)).status, 400)
    }
  })

  t.test('200 ledger and explanation', async (t) => {
    const { items: [item] } = await list(`?ticketId=${urgent.id}`)
    const ledger = (await call('GET', `/clocks/${item.id}/ledger`)).body
    t.match(ledger, {
      nextCursor: null,
      items: [
        {
          from: '2026-03-02T08:00:00.000000Z',
          to: '2026-03-02T09:29:00.000000Z',
          state: 'running',
          cause: 'created',
          holder: { kind: 'queue', id: null },
          consumed: 'PT1H29M',
          factId: urgent.events[0]!.id
        },
        {
          from: '2026-03-02T09:29:00.000000Z',
          to: null,
          state: 'running',
          cause: 'assigned',
          holder: { kind: 'agent', id: agentId },
          consumed: 'PT1M'
        }
      ]
    })
    const { body } = await call('GET', `/clocks/${item.id}/explanation`)
    t.match(body, {
      clockId: item.id,
      target: 'PT1H',
      extendedBy: 'PT0S',
      consumed: 'PT1H30M',
      remaining: '-PT30M',
      dueAt: item.dueAt,
      calendar: null,
      agreement: { rowName: 'Built-in P1', origin: 'built_in' },
      segments: [{}, {}]
    })
    t.match(body, { language: 'en', timeZone: 'UTC' })
    t.same(body.lines, [
      'The resolution target is 1 hour, set by "Built-in P1" (built-in defaults).',
      'Time counts around the clock.',
      'From Mar 2, 2026, 8:00:00 AM UTC to Mar 2, 2026, 9:29:00 AM UTC it ran (created): ' +
      '1 hour, 29 minutes of open time.',
      'From Mar 2, 2026, 9:29:00 AM UTC on it ran (assigned): 1 minute of open time up to Mar 2, 2026, 9:30:00 AM UTC.',
      'Together 1 hour, 30 minutes of 1 hour are used: 30 minutes too much.',
      'So the deadline is Mar 2, 2026, 9:00:00 AM UTC. The target was missed at Mar 2, 2026, 9:00:00 AM UTC.'
    ])
    const { body: dubai } = await call('GET', `/clocks/${item.id}/explanation?timeZone=Asia/Dubai&language=ar`)
    t.match(dubai, { language: 'ar', timeZone: 'Asia/Dubai', dueAt: item.dueAt, segments: body.segments })
    t.match(dubai.lines.at(-1), /[1١]:[0٠]{2}:[0٠]{2} م غرينتش\+[4٤]/)
    const wrong: Array<[query: string, pointer: string]> = [
      ['timeZone=Mars/Olympus', '/timeZone'],
      ['timeZone=%2B04:00', '/timeZone'],
      ['timeZone=', '/timeZone'],
      ['language=fr', '/language'],
      ['zone=UTC', '/zone']
    ]
    for (const [query, pointer] of wrong) {
      t.match(await call('GET', `/clocks/${item.id}/explanation?${query}`), {
        status: 400,
        body: { code: 'validation_failed', errors: [{ in: 'query', pointer }] }
      })
    }
  })
})

t.test('a customer reads how a deadline came about, without the names of rules', async (t) => {
  const { receive, call, clock } = await startClock(t)
  const calendarId = '01900000-0000-7000-8000-0000000000ca'
  const weekly = { mon: [['00:00', '24:00']] }
  await receive(calendarPublished(calendarId, { timezone: 'Asia/Riyadh', weekly } as never, start))
  const ticket = new TestTicket(start)
  const row = { targets: { resolution: 'PT1H' }, calendarId, calendarVersion: 1, rowName: 'Difficult customers' }
  await receive(ticket.created(start), ticket.agreement(start, row), ticket.agreement(start, { ...row, kind: 'ola' }))
  await receive(ticket.assigned(start + MINUTE, agentId), ticket.message(start + 2 * MINUTE, 'agent', 'internal'))
  clock.set(start + 10 * MINUTE)
  const as = { as: customerId, roles: ['customer' as const] }
  const { items } = (await call('GET', '/clocks', as)).body
  t.same(items.map(({ kind }: any) => kind), ['sla'])
  const path = `/clocks/${items[0].id}/explanation`
  const own = await call('GET', path, as)
  t.equal(own.status, 200)
  const { body: staffs } = await call('GET', path)
  t.match(staffs, { agreement: { rowName: 'Difficult customers' }, calendar: { name: /./ } })
  t.strictSame(own.body, {
    ...staffs,
    agreement: { ...staffs.agreement, rowId: null, rowName: null },
    calendar: { ...staffs.calendar, name: null },
    lines: [
      'The resolution target is 1 hour.',
      'Time counts in business hours.',
      ...staffs.lines.slice(2)
    ]
  }, 'all else is the same')
  for (const hidden of ['Difficult', agentId, 'internal']) t.notMatch(JSON.stringify(own.body), hidden)
  const ola = (await call('GET', '/clocks?kind=ola')).body.items[0].id
  t.equal((await call('GET', `/clocks/${ola}/explanation`, as)).status, 404, 'what staff agree among themselves')
  t.equal((await call('GET', path, { ...as, as: agentId })).status, 404, 'another customer')
  t.equal((await call('GET', `/clocks/${items[0].id}/ledger`, as)).status, 403, 'the ledger is for staff')
})

t.test('GET /clocks/{clockId}/ledger page by page', async (t) => {
  const { receive, call, clock } = await startClock(t)
  const ticket = new TestTicket(start)
  await receive(ticket.created(start), ticket.agreement(start, { targets: { resolution: 'PT1H' } }))
  for (let i = 1; i <= 210; i++) ticket.assigned(start + i * MINUTE, i % 2 === 0 ? agentId : null)
  await receive(...ticket.events.slice(2))
  clock.set(start + 4 * HOUR)
  const { id } = (await call('GET', `/clocks?ticketId=${ticket.id}`)).body.items[0]
  const page = async (query: string) => (await call('GET', `/clocks/${id}/ledger${query}`)).body
  const first = await page('')
  t.equal(first.items.length, 200, 'small ledgers are one page')
  const second = await page(`?cursor=${first.nextCursor}`)
  t.equal(second.items.length, 10)
  t.equal(second.nextCursor, null)
  t.match(second.items.at(-1), { to: null })
  const all = [...first.items, ...second.items]
  const small: unknown[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const next: any = await page(`?limit=50${cursor === '' ? '' : `&cursor=${cursor}`}`)
    t.ok(next.items.length <= 50)
    small.push(...next.items)
    cursor = next.nextCursor
  }
  t.same(small, all)
  for (
    const query of [
      '?limit=0',
      '?limit=201',
      '?cursor=abc',
      `?cursor=${Buffer.from('{"from":-1}').toString('base64url')}`,
      '?page=2'
    ]
  ) {
    t.equal((await call('GET', `/clocks/${id}/ledger${query}`)).status, 400, query)
  }
  const { body } = await call('GET', `/clocks/${id}/explanation`)
  t.equal(body.segmentCount, 210)
  t.equal(body.segments.length, 200)
})

t.test('an explanation is in the zone of the calendar for who names none', async (t) => {
  const { receive, call } = await startClock(t)
  const calendarId = '01900000-0000-7000-8000-0000000000ca'
  const ticket = new TestTicket(start)
  const weekly = { mon: [['09:00', '17:00']] }
  await receive(calendarPublished(calendarId, { timezone: 'Europe/Berlin', weekly } as never, start))
  await receive(
    ticket.created(start),
    ticket.agreement(start, { targets: { resolution: 'PT1H' }, calendarId, calendarVersion: 1 })
  )
  const { body: { items: [item] } } = await call('GET', `/clocks?ticketId=${ticket.id}`)
  t.equal(item.timeZone, 'Europe/Berlin')
  const { body } = await call('GET', `/clocks/${item.id}/explanation`)
  t.match(body, { timeZone: 'Europe/Berlin', dueAt: '2026-03-02T09:00:00.000000Z' })
  t.equal(body.lines.at(-1), 'So the deadline is Mar 2, 2026, 10:00:00 AM GMT+1.')
})

t.test('GET /clocks?waitFor', async (t) => {
  const { receive, call } = await startClock(t)
  const ticket = new TestTicket(start)
  const wait = async (version: number) => await call('GET', `/clocks?ticketId=${ticket.id}&waitFor=${version}`)
  const created = wait(1)
  await receive(ticket.created(start))
  await receive(ticket.agreement(start))
  t.equal((await created).body.items.length, 2, 'answered with the clocks of the agreement')
  t.equal((await wait(1)).body.items.length, 2, 'at once when all is there')

  const asked = ticket.updated(start + MINUTE, { priority: 'P0' })
  await receive(asked)
  t.equal(
    (await call('GET', `/clocks?ticketId=${ticket.id}`)).body.items[0].ticketVersion,
    1,
    'the agreement for version 2 is still to come'
  )
  const raised = wait(2)
  await receive(
    ticket.agreement(start + MINUTE, { version: 2, targets: { resolution: 'PT30M', first_response: 'PT2H' } })
  )
  t.match((await raised).body.items[0], { metric: 'resolution', target: 'PT30M', ticketVersion: 2 })
  await receive(ticket.updated(start + HOUR, { subject: 'Still burning' }))
  t.equal((await wait(3)).status, 200, 'a change that decides no agreement needs none')

  const thanks = new TestTicket(start, { type: 'appreciation' })
  await receive(thanks.created(start))
  const { status, body } = await call('GET', `/clocks?ticketId=${thanks.id}&waitFor=1`)
  t.equal(status, 200)
  t.same(body.items, [], 'an appreciation gets no agreement')
})

t.test('after the longest wait GET /clocks?waitFor answers with what there is', async (t) => {
  const { receive, call } = await startClock(t, { waitForMs: 100 })
  const ticket = new TestTicket(start)
  await receive(ticket.created(start), ticket.agreement(start))
  const { status, body } = await call('GET', `/clocks?ticketId=${ticket.id}&waitFor=2`)
  t.equal(status, 200)
  t.equal(body.items.length, 2)
  t.same(
    (await call('GET', `/clocks?ticketId=${ticket.id}&waitFor=1`, { as: 'somebody', roles: ['customer'] })).body.items,
    [],
    'to others as if there were none'
  )
})

import type { Agreement } from '@dueline/contracts'
import t from 'tap'
import { TestTicket } from '../support/events.ts'
import { HOUR, start, startClock, words } from '../support/harness.ts'

const both: Partial<Agreement> = {
  targets: { first_response: 'PT99H', resolution: 'PT1H' },
  reminders: [{ percent: 50 }]
}
const responseOnly: Partial<Agreement> = { version: 2, targets: { first_response: 'PT99H' }, reminders: [] }

for (const effect of ['retroactive', 'from_now'] as const) {
  t.test(`a clock that loses its target (${effect}) ends, and keeps what was used, warned of and missed`, async (t) => {
    const { receive, sent, clock, fireUntil, call } = await startClock(t)
    const ticket = new TestTicket(start)
    await receive(ticket.created(start), ticket.agreement(start, both))
    await fireUntil(start + HOUR)
    await sent()
    clock.set(start + 2 * HOUR)
    await receive(
      ticket.updated(start + 2 * HOUR, { priority: 'P3' }),
      ticket.agreement(start + 2 * HOUR, { ...responseOnly, effect })
    )
    const ended = await sent()
    t.same(words(ended), ['first_response 1 replanned', 'resolution 1 cancelled'], 'what was said stays said')
    const { id } = ended[1]!.data.clock
    const expected = {
      state: 'cancelled',
      target: 'PT1H',
      consumed: 'PT2H',
      overdue: 'PT1H',
      stoppedAt: '2026-03-02T10:00:00.000000Z',
      breachedAt: '2026-03-02T09:00:00.000000Z',
      warnedAt: '2026-03-02T08:30:00.000000Z'
    }
    clock.set(start + 5 * HOUR)
    t.match((await call('GET', `/clocks/${id}`)).body, expected)
    t.match((await call('GET', `/clocks?ticketId=${ticket.id}&breached=true`)).body.items, [{ id, ...expected }])
    t.match((await call('GET', `/clocks/${id}/ledger`)).body.items, [
      { state: 'running', consumed: 'PT2H' },
      { state: 'stopped', cause: 'agreement without this target', consumed: 'PT0S' }
    ])
    t.match((await call('GET', `/clocks/${id}/explanation`)).body, {
      target: 'PT1H',
      breachedAt: expected.breachedAt,
      consumed: 'PT2H'
    })
    t.equal((await call('POST', `/clocks/${id}/recompute`, { roles: ['manager'] })).status, 200)
    t.same(await sent(), [])

    await receive(ticket.agreement(start + 5 * HOUR, { ...both, version: 3, effect }))
    const back = await sent()
    t.same(words(back), ['first_response 1 replanned', 'resolution 1 resumed'], 'the same clock goes on')
    t.match(back[1]!.data.clock, { id, state: 'running', breachedAt: expected.breachedAt })
  })
}

t.test('an agreement that is withdrawn, and made again without the target, erases no miss', async (t) => {
  const { receive, sent, clock, fireUntil, call } = await startClock(t)
  const ticket = new TestTicket(start)
  await receive(ticket.created(start), ticket.agreement(start, both))
  await fireUntil(start + HOUR)
  clock.set(start + 2 * HOUR)
  await receive(
    ticket.withdrawn(start + 2 * HOUR, 2),
    ticket.agreement(start + 3 * HOUR, { ...responseOnly, version: 3 })
  )
  t.notOk(words(await sent()).some((word) => word.includes('withdrawn')))
  const { body } = await call('GET', `/clocks?ticketId=${ticket.id}&metric=resolution`)
  t.match(body.items, [{
    state: 'cancelled',
    stoppedAt: '2026-03-02T10:00:00.000000Z',
    breachedAt: '2026-03-02T09:00:00.000000Z'
  }])
})

t.test('how a reopening was treated is not changed afterwards', async (t) => {
  const { receive, sent, clock, fireUntil, call } = await startClock(t)
  const ticket = new TestTicket(start)
  await receive(ticket.created(start), ticket.agreement(start, { ...both, reopen: 'new_cycle' }))
  await receive(ticket.status(start + HOUR / 2, 'resolved'), ticket.status(start + HOUR, 'open'))
  await fireUntil(start + 2 * HOUR)
  clock.set(start + 3 * HOUR)
  await sent()
  await receive(ticket.agreement(start + 3 * HOUR, { ...both, version: 2, reopen: 'keep_closed' }))
  t.same(words(await sent()), ['first_response 1 replanned', 'resolution 1 replanned', 'resolution 2 replanned'])
  const { body } = await call('GET', `/clocks?ticketId=${ticket.id}&metric=resolution&breached=true`)
  t.match(body.items, [{ cycle: 2, state: 'running', breachedAt: '2026-03-02T10:00:00.000000Z' }])
})

t.test('a cycle that never was, as a late fact proves, is withdrawn', async (t) => {
  const { receive, sent, clock, fireUntil, call } = await startClock(t)
  const ticket = new TestTicket(start)
  await receive(ticket.created(start), ticket.agreement(start, { targets: { next_response: 'PT1H' }, reminders: [] }))
  await receive(ticket.message(start + HOUR, 'customer'))
  await fireUntil(start + 2 * HOUR)
  clock.set(start + 3 * HOUR)
  const { id } = (await sent()).at(-1)!.data.clock
  await receive(ticket.status(start + HOUR - 1, 'resolved'))
  const disproved = await sent()
  t.same(
    words(disproved),
    ['next_response 1 breach-withdrawn', 'next_response 1 cancelled'],
    'the customer wrote to a resolved ticket'
  )
  t.match(disproved[0]!.data.withdrawn, {
    dueAt: '2026-03-02T10:00:00.000000Z',
    breachedAt: '2026-03-02T10:00:00.000000Z'
  })
  t.equal((await call('GET', `/clocks/${id}`)).status, 404)
  t.same((await call('GET', `/clocks?ticketId=${ticket.id}`)).body.items, [])
})

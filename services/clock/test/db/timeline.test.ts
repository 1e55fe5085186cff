import t from 'tap'
import { TestTicket } from '../support/events.ts'
import { HOUR, MINUTE, start, startClock, words } from '../support/harness.ts'

t.test('the main timeline: started, warned, breached, met', async (t) => {
  const { receive, fireUntil, sent, clock, database } = await startClock(t)
  const ticket = new TestTicket(start)
  await receive(ticket.created(start))
  t.same(await sent(), [], 'nothing is agreed yet')
  await receive(ticket.agreement(start))
  const started = await sent()
  t.same(words(started), ['first_response 1 started', 'resolution 1 started'])
  t.match(started[1], {
    type: 'dueline.clock.started.v1',
    subject: `ticket/${ticket.id}`,
    historical: false,
    sequence: 1,
    data: {
      cause: { kind: 'agreement' },
      clock: { state: 'running', target: 'PT4H', remaining: 'PT4H', dueAt: '2026-03-02T12:00:00.000000Z' }
    }
  })

  await receive(ticket.message(start + HOUR))
  t.same(words(await sent()), ['first_response 1 met'])

  clock.set(start + 4 * HOUR + 3000)
  t.equal(await fireUntil(start + 4 * HOUR + 3000), 1, 'one timer announced the warning and the breach')
  const marks = await sent()
  t.same(words(marks), ['resolution 1 warned', 'resolution 1 breached'])
  t.match(marks[1], {
    time: '2026-03-02T12:00:00.000000Z',
    data: {
      mark: { key: 'breach', dueAt: '2026-03-02T12:00:00.000000Z', urgent: true },
      lateness: 'PT0.003S',
      catchUp: false,
      cause: { kind: 'timer', id: null },
      clock: { breachedAt: '2026-03-02T12:00:00.000000Z', remaining: '-PT0.003S' }
    }
  })
  t.equal(await fireUntil(start + 9 * HOUR), 0)

  clock.set(start + 5 * HOUR)
  await receive(ticket.status(start + 5 * HOUR - MINUTE, 'resolved'))
  const met = await sent()
  t.same(words(met), ['resolution 1 met'])
  t.match(met[0]!.data.clock, { state: 'met', consumed: 'PT4H59M', remaining: '-PT59M', overdue: 'PT59M', sequence: 4 })
  const { rows } = await database.pool.query('select count(*)::int as n from timer')
  t.equal(rows[0].n, 0)
})

t.test('after downtime everything due is said once, oldest first, as catch-up', async (t) => {
  const { receive, fireUntil, sent } = await startClock(t)
  const ticket = new TestTicket(start)
  await receive(
    ticket.created(start),
    ticket.agreement(start, {
      targets: { resolution: 'PT4H' },
      reminders: [{ percent: 80 }, { before: 'PT10M' }, { after: 'PT1H' }]
    })
  )
  await sent()
  t.equal(await fireUntil(start + 4 * HOUR + MINUTE, { catchUp: true }), 1)
  const announced = await sent()
  t.same(words(announced), ['resolution 1 warned', 'resolution 1 reminded', 'resolution 1 breached'])
  t.match(announced.map(({ data }) => data.lateness), ['PT49M', 'PT11M', 'PT1M'])
  t.ok(announced[0]!.data.catchUp)
  await fireUntil(start + 5 * HOUR)
  const [after] = await sent()
  t.match(after, { type: 'dueline.clock.overdue.v1', data: { catchUp: false, mark: { key: 'after:PT1H' } } })
})

import t from 'tap'
import { TestTicket } from '../support/events.ts'
import { HOUR, MINUTE, start, startClock, type Sent } from '../support/harness.ts'

const DAY = 24 * HOUR
const reminders = [{ percent: 50 }, { percent: 90, urgent: true }, { after: 'PT1H' }]

/** What became of each mark: `resolution breach announced`. */
function marks (events: readonly Sent[]): string[] {
  return events.flatMap(({ data: { clock, mark } }) =>
    mark === undefined
      ? []
      : [`${clock.metric} ${mark.key} ${mark.recordedOnly ?? 'announced'}${mark.attachedLate ? ' late' : ''}`]
  )
}

t.test('a finished ticket gets a shorter agreement: the figures change, nobody is notified', async (t) => {
  const { receive, sent, clock, database } = await startClock(t)
  const ticket = new TestTicket(start, { priority: 'P2' })
  await receive(
    ticket.created(start),
    ticket.agreement(start, { targets: { first_response: 'PT8H', resolution: 'PT9H' }, reminders })
  )
  await receive(
    ticket.message(start + 2 * HOUR),
    ticket.status(start + 3 * HOUR, 'resolved'),
    ticket.status(start + 3 * HOUR, 'closed')
  )
  await sent()
  clock.set(start + DAY)
  await receive(
    ticket.updated(start + DAY, { priority: 'P0' }),
    ticket.agreement(start + DAY, { version: 2, targets: { first_response: 'PT1H', resolution: 'PT1H' }, reminders })
  )
  const announced = marks(await sent())
  t.equal(announced.length, 7)
  t.same(announced.filter((word) => !word.endsWith(' over late')), [])
  const { rows } = await database.pool.query(
    'select metric, breached_at is not null as breached from clock order by metric'
  )
  t.same(
    rows,
    [{ metric: 'first_response', breached: true }, { metric: 'resolution', breached: true }],
    'the figures are kept'
  )
  const { rows: stored } = await database.pool.query('select distinct recorded_only as why from clock_mark')
  t.same(stored, [{ why: 'over' }])
  clock.set(start + DAY + HOUR)
  await receive(ticket.status(start + DAY + HOUR, 'open'))
  const resumed = (await sent()).filter(({ type }) => type === 'dueline.clock.resumed.v1')
  t.match(
    resumed,
    [{ data: { clock: { metric: 'resolution', state: 'running', breachedAt: /T09:00:00/ } } }],
    'reopened, the clock that runs on says that it is in breach'
  )
})

t.test('an appreciation becomes a complaint: a closed one is history, an open one is missed once', async (t) => {
  const { receive, sent, clock, fireUntil } = await startClock(t)
  const targets = { first_response: 'PT1H', resolution: 'PT4H' }
  for (const closed of [true, false]) {
    clock.set(start)
    const ticket = new TestTicket(start, { type: 'appreciation' })
    await receive(
      ticket.created(start),
      ...(closed ? [ticket.status(start + HOUR, 'resolved'), ticket.status(start + HOUR, 'closed')] : [])
    )
    clock.set(start + DAY)
    await receive(
      ticket.updated(start + DAY, { type: 'complaint' }),
      ticket.agreement(start + DAY, { targets, reminders })
    )
    const announced = marks(await sent()).filter((word) => word.includes('announced'))
    t.same(announced, closed ? [] : ['resolution breach announced late'])
  }
  const thanks = new TestTicket(start + 2 * DAY)
  await receive(
    thanks.created(start + 2 * DAY),
    thanks.agreement(start + 2 * DAY, { targets: { resolution: 'PT1H' }, reminders: [] })
  )
  await receive(thanks.updated(start + 2 * DAY, { type: 'appreciation' }))
  await sent()
  await fireUntil(start + 2 * DAY + HOUR)
  t.same(marks(await sent()), ['resolution breach over'], 'its agreement has not been withdrawn yet')
  const [made, changed] = [start + 3 * DAY, start + 3 * DAY + 2 * HOUR]
  const again = new TestTicket(made)
  await receive(again.created(made), again.agreement(made, { targets: { resolution: 'PT1H' }, reminders: [] }))
  clock.set(changed)
  await receive(again.updated(changed, { type: 'appreciation' }))
  t.same(marks(await sent()), ['resolution breach over'], 'missed before, and nobody had looked')
})

t.test('an imported ticket under an agreement published now: one miss, and then what is still to come', async (t) => {
  const { receive, sent, clock, fireUntil } = await startClock(t)
  clock.set(start + 21 * DAY)
  const ticket = new TestTicket(start)
  ticket.historical = true
  await receive(ticket.created(start), ticket.agreement(start, { targets: { resolution: 'PT9000H' } }))
  ticket.historical = false
  await sent()
  await receive(
    ticket.agreement(start + 21 * DAY, {
      version: 2,
      targets: { first_response: 'PT4H', resolution: 'PT24H' },
      reminders
    })
  )
  const events = await sent()
  t.same(marks(events).filter((word) => word.includes('announced')), ['resolution breach announced late'])
  t.match(events.find(({ data }) => data.mark?.recordedOnly === null), {
    historical: false,
    time: '2026-03-03T08:00:00.000000Z'
  })
  await receive(
    ticket.agreement(start + 21 * DAY, {
      version: 3,
      targets: { resolution: 'PT505H' },
      reminders: [{ before: 'PT30M' }]
    })
  )
  await sent()
  await fireUntil(start + 21 * DAY + 30 * MINUTE)
  t.same(marks(await sent()), ['resolution before:PT30M announced'])
})

t.test('a breach that is withdrawn says which, and who was notified of it', async (t) => {
  const { receive, sent, clock, fireUntil } = await startClock(t)
  const shorter = { targets: { first_response: 'PT1H', resolution: 'PT1H' }, reminders: [] }
  const longer = { version: 2, targets: { first_response: 'PT90H', resolution: 'PT90H' }, reminders: [] }
  const withdrawals = async () =>
    (await sent()).flatMap(({ data: { withdrawn, clock } }) =>
      withdrawn === undefined
        ? []
        : [
          `${clock.metric} ${withdrawn.dueAt.slice(11, 19)} ${withdrawn.breachedAt.slice(11, 19)} ` +
          `${withdrawn.recordedOnly ?? 'announced'}`
        ]
    )
  for (const end of [null, 'resolved'] as const) {
    clock.set(start)
    const ticket = new TestTicket(start)
    await receive(ticket.created(start), ticket.agreement(start, shorter))
    await fireUntil(start + HOUR)
    clock.set(start + 2 * HOUR)
    if (end !== null) await receive(ticket.status(start + 2 * HOUR, end))
    await receive(ticket.agreement(start + 2 * HOUR, longer))
    const why = end === null ? 'announced' : 'over'
    t.same(
      await withdrawals(),
      ['first_response 09:00:00 09:00:00 superseded', `resolution 09:00:00 09:00:00 ${why}`],
      String(end)
    )
  }
  clock.set(start)
  const moved = new TestTicket(start)
  await receive(moved.created(start), moved.agreement(start, { targets: { resolution: 'PT2H' }, reminders: [] }))
  await fireUntil(start + 2 * HOUR)
  clock.set(start + 3 * HOUR)
  await receive(moved.agreement(start + 3 * HOUR, { version: 2, targets: { resolution: 'PT1H' }, reminders: [] }))
  await receive(moved.agreement(start + 3 * HOUR, { ...longer, version: 3 }))
  t.same(await withdrawals(), ['resolution 10:00:00 09:00:00 announced'], 'the deadline is the one that was announced')
})

t.test('what fell due unnoticed: people are notified of the gravest mark of each ticket', async (t) => {
  const { receive, sent, fireUntil } = await startClock(t)
  const tickets = [new TestTicket(start), new TestTicket(start)]
  for (const ticket of tickets) {
    await receive(
      ticket.created(start),
      ticket.agreement(start, { targets: { first_response: 'PT1H', resolution: 'PT4H' }, reminders })
    )
  }
  await sent()
  await fireUntil(start + 5 * HOUR, { catchUp: true })
  const events = await sent()
  for (const { id } of tickets) {
    const own = events.filter(({ data }) => data.ticket.id === id)
    t.equal(own.length, 8)
    t.same(marks(own).filter((word) => word.includes('announced')), ['resolution breach announced'])
  }
})

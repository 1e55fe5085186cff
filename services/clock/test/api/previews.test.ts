import t from 'tap'
import { calendarPublished, other, TestTicket } from '../support/events.ts'
import { HOUR, start, startClock } from '../support/harness.ts'

const calendarId = '01900000-0000-7000-8000-0000000000ca'
const strangeId = '01900000-0000-7000-8000-0000000000ff'
const terms = (changes: object = {}) => (
  {
    targets: { resolution: 'PT1H' },
    pauseRules: {},
    reminders: [],
    reopen: 'continue',
    calendarId: null,
    calendarVersion: 0,
    ...changes
  }
)
const agreed = (ticketId: string, place: number | null = 0, kind = 'sla') => (
  { ticketId, agreements: [{ kind, ticketVersion: 1, terms: place }] }
)

t.test('POST /clock-previews', async (t) => {
  const { call, receive, clock, database } = await startClock(t)
  const tickets = [1, 2, 3].map(() => new TestTicket(start))
  const [late, saved, done] = tickets as [TestTicket, TestTicket, TestTicket]
  const foreign = new TestTicket(start, {}, other)
  for (const ticket of [late, done, foreign]) {
    await receive(
      ticket.created(start),
      ticket.agreement(start, { targets: { resolution: 'PT9H' }, reminders: [] })
    )
  }
  await receive(
    saved.created(start),
    saved.agreement(start, { targets: { resolution: 'PT30M' }, reminders: [] }),
    done.status(start + HOUR / 2, 'resolved')
  )
  clock.set(start + 3 * HOUR)
  await receive(late.message(start + 2 * HOUR), saved.message(start + 2 * HOUR))
  const preview = async (body: object, options = {}) =>
    await call(
      'POST',
      '/clock-previews',
      {
        payload: {
          policyVersion: 1,
          effect: 'retroactive',
          terms: [terms(), terms({ targets: { resolution: 'PT9H' } })],
          ...body
        },
        roles: ['sales'],
        ...options
      }
    )
  const before = await database.pool.query(
    `select (select count(*) from agreement_version) + (select count(*) from clock_mark)
       + (select count(*) from outbox) as n`
  )

  t.test('200', async (t) => {
    const { status, body } = await preview(
      {
        tickets: [
          agreed(late.id),
          agreed(saved.id, 1),
          agreed(done.id),
          agreed(foreign.id),
          agreed(strangeId)
        ]
      }
    )
    t.equal(status, 200, JSON.stringify(body))
    const resolution = { kind: 'sla', metric: 'resolution', cycle: 1 }
    t.same(body, {
      tickets: [
        { ticketId: late.id, breaches: [resolution], savedBreaches: [], warningsPassed: 0, notices: 1 },
        { ticketId: saved.id, breaches: [], savedBreaches: [resolution], warningsPassed: 0, notices: 1 },
        { ticketId: done.id, breaches: [], savedBreaches: [], warningsPassed: 0, notices: 0 }
      ],
      uncounted: [foreign.id, strangeId],
      breaches: 1,
      savedBreaches: 1,
      warningsPassed: 0,
      notices: 2
    })
    const after = await database.pool.query(
      `select (select count(*) from agreement_version) + (select count(*) from clock_mark)
       + (select count(*) from outbox) as n`
    )
    t.same(after.rows, before.rows, 'nothing was touched')
  })

  t.test('200: from_now, withdrawals, other kinds and calendars', async (t) => {
    t.match(
      (await preview({ effect: 'from_now', at: '2026-03-02T08:30:00Z', tickets: [agreed(late.id)] })).body,
      { breaches: 1 }
    )
    t.match(
      (await preview({ tickets: [agreed(late.id, null)] })).body,
      { breaches: 0, notices: 0 },
      'no agreement any more'
    )
    t.match(
      (await preview({ tickets: [agreed(late.id, 0, 'ola')] })).body,
      { tickets: [{ breaches: [{ kind: 'ola' }] }] }
    )
    const office = { tickets: [agreed(late.id)], terms: [terms({ calendarId, calendarVersion: 1 })] }
    t.match(
      (await preview(office)).body,
      { tickets: [], uncounted: [late.id], breaches: 0 },
      'a calendar that has not arrived'
    )
    await receive(calendarPublished(calendarId, { timezone: 'UTC', weekly: { fri: [['09:00', '17:00']] } }, start))
    t.match((await preview(office)).body, { tickets: [{ ticketId: late.id }], uncounted: [], breaches: 0 })
  })

  t.test('200: a ticket with very many facts is not counted', async (t) => {
    await database.pool.query(
      `insert into fact (tenant_id, ticket_id, id, at, sequence, kind, data)
      select 'acme', $1, gen_random_uuid(), now(), n, 'odd', '{}' from generate_series(1, 4999) as n`,
      [late.id]
    )
    t.match((await preview({ tickets: [agreed(late.id)] })).body, { tickets: [], uncounted: [late.id] }, '5,001')
    await database.pool.query("delete from fact where kind = 'odd' and sequence = 1")
    t.match((await preview({ tickets: [agreed(late.id)] })).body, { uncounted: [], breaches: 1 }, '5,000')
  })

  t.test('400', async (t) => {
    const pointers = async (body: object) =>
      (await preview(body)).body.errors.map(
        ({ pointer }: { pointer: string }) => pointer
      )
    t.same(await pointers({ tickets: [agreed(late.id, 2)] }), ['/tickets/0/agreements/0/terms'])
    t.same(await pointers({ tickets: [agreed(late.id), agreed(late.id)] }), ['/tickets'])
    t.same(await pointers({ tickets: [agreed(late.id)], terms: [terms({ targets: {} })] }), ['/terms/0/targets'])
    t.same(
      await pointers({ tickets: [agreed(late.id)], terms: [terms({ reminders: [{ before: 'PT0S' }] })] }),
      ['/terms/0/reminders/0/before']
    )
    t.same(await pointers({ tickets: [agreed(late.id)], at: '2026-02-30T08:00:00Z' }), ['/at'])
    t.same(await pointers({ tickets: [] }), ['/tickets'])
    t.same(await pointers({ tickets: [agreed(late.id)], effect: 'new_tickets' }), ['/effect'])
    t.same(await pointers({ tickets: Array(501).fill(agreed(late.id)) }), ['/tickets'])
  })

  t.test('401, 403', async (t) => {
    t.equal((await preview({ tickets: [agreed(late.id)] }, { anonymous: true })).status, 401)
    for (const role of ['customer', 'agent', 'manager', 'integrator']) {
      t.equal(
        (await preview({ tickets: [agreed(late.id)] }, { roles: [role] })).status,
        403,
        role
      )
    }
  })
})

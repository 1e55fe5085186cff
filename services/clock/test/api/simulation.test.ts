import t from 'tap'
import { startClock } from '../support/harness.ts'

const calendar = { timezone: 'Europe/Berlin', weekly: { mon: [['09:00', '17:00']], tue: [['09:00', '17:00']] } }
const facts = [
  { at: '2026-03-02T13:00:00Z', kind: 'status', to: 'waiting_on_customer' },
  { at: '2026-03-02T10:00:00Z', kind: 'created' },
  { at: '2026-03-02T14:00:00Z', kind: 'status', to: 'open' },
  { at: '2026-03-03T09:00:00Z', kind: 'message', visibility: 'public', author: 'agent' },
  { at: '2026-03-03T11:00:00Z', kind: 'status', to: 'resolved' }
]

t.test('POST /clock-simulations', async (t) => {
  const { call, database } = await startClock(t)
  const simulate = async (payload: object, options = {}) =>
    await call('POST', '/clock-simulations', { payload, roles: ['sales'], ...options })
  const body = {
    agreement: {
      targets: { resolution: 'PT6H' },
      reminders: [{ percent: 50 }, { before: 'PT1H', urgent: true }, { after: 'PT30M' }],
      calendar
    },
    facts,
    asOf: '2026-03-04T00:00:00Z'
  }

  t.test('200', async (t) => {
    const { status, body: result } = await simulate(body)
    t.equal(status, 200, JSON.stringify(result))
    // open 08:00 to 16:00 in UTC: 3 h before the pause, 2 h after it, the sixth hour next morning
    t.same(
      result.events.map((each: any) =>
        `${each.time.slice(5, 16)} ${each.type.split('.')[2]}${each.mark === null ? '' : ` ${each.mark.key}`}`
      ),
      [
        '03-02T10:00 started',
        '03-02T13:00 paused',
        '03-02T14:00 resumed',
        '03-02T14:00 warned percent:50',
        '03-02T16:00 reminded before:PT1H',
        '03-03T09:00 breached breach',
        '03-03T09:30 overdue after:PT30M',
        '03-03T11:00 met'
      ]
    )
    t.match(result.events[5].mark, { key: 'breach', recordedOnly: null, attachedLate: false })
    t.match(result.events[1].clock, { state: 'paused', dueAt: null, consumed: 'PT3H' })
    t.match(result.clocks, [{
      metric: 'resolution',
      state: 'met',
      consumed: 'PT8H',
      remaining: '-PT2H',
      breachedAt: '2026-03-03T09:00:00.000000Z'
    }])
    t.same(result.clocks[0].ledger.map((line: any) => `${line.state} ${line.consumed}`), [
      'running PT3H',
      'paused PT0S',
      'running PT2H',
      'closed PT0S',
      'running PT3H',
      'stopped PT0S'
    ])
    const { rows } = await database.pool.query(
      `select (select count(*) from clock)::int + (select count(*) from outbox)::int +
        (select count(*) from ticket_case)::int as n`
    )
    t.equal(rows[0].n, 0, 'nothing was touched')
  })

  t.test('200 with commands, around the clock, only what has happened by asOf', async (t) => {
    const { body: result } = await simulate({
      agreement: { targets: { resolution: 'PT1H' }, pauseRules: { resolution: ['manual'] } },
      facts: [
        { at: '2026-03-02T10:00:00Z', kind: 'created', status: 'open' },
        { at: '2026-03-02T10:10:00Z', kind: 'pause', metric: 'resolution', until: '2026-03-02T10:40:00Z' },
        { at: '2026-03-02T10:20:00Z', kind: 'resume', metric: 'resolution', cycle: 1 },
        { at: '2026-03-02T10:30:00Z', kind: 'extend', metric: 'resolution', by: 'PT1H' },
        { at: '2026-03-02T10:40:00Z', kind: 'assigned', assigneeId: 'anna', teamId: null },
        { at: '2026-03-02T10:50:00Z', kind: 'waive', metric: 'resolution' },
        { at: '2026-03-02T11:30:00Z', kind: 'status', to: 'resolved' }
      ],
      asOf: '2026-03-02T11:00:00Z'
    })
    t.same(result.events.map((each: any) => each.type.split('.')[2]), [
      'started',
      'paused',
      'resumed',
      'extended',
      'waived'
    ])
  })

  t.test('200: while the first response is owed no next one is, unless it says so', async (t) => {
    const said = { kind: 'message', visibility: 'public', author: 'customer' }
    const metrics = async (nextResponse?: string) => {
      const { body: result } = await simulate({
        agreement: {
          targets: { first_response: 'PT4H', next_response: 'PT1H' },
          ...(nextResponse === undefined ? {} : { nextResponse })
        },
        facts: [
          { at: '2026-07-01T08:00:00Z', kind: 'created' },
          { at: '2026-07-01T08:00:00Z', ...said },
          { at: '2026-07-01T08:01:00Z', ...said }
        ],
        asOf: '2026-07-01T10:00:00Z'
      })
      return result.clocks.map(({ metric, startedAt }: any) => `${metric} ${startedAt.slice(11, 16)}`)
    }
    t.same(await metrics(), ['first_response 08:00'])
    t.same(await metrics('after_first'), ['first_response 08:00'])
    t.same(await metrics('always'), ['first_response 08:00', 'next_response 08:00'])
  })

  t.test('400', async (t) => {
    const wrong: [object, string][] = [
      [{ ...body, asOf: '2026-02-31T00:00:00Z' }, '/asOf'],
      [{ ...body, facts: facts.filter(({ kind }) => kind !== 'created') }, '/facts'],
      [{ ...body, facts: [{ at: '2026-02-31T00:00:00Z', kind: 'created' }] }, '/facts/0/at'],
      [
        { ...body, agreement: { ...body.agreement, calendar: { ...calendar, timezone: 'Mars/Base' } } },
        '/agreement/calendar/timezone'
      ],
      [
        { ...body, agreement: { ...body.agreement, calendar: { ...calendar, weekly: { mon: [['09:00', '09:00']] } } } },
        '/agreement/calendar/weekly/mon/0'
      ],
      [{ ...body, agreement: { targets: { resolution: '6h' } } }, '/agreement/targets/resolution'],
      [{ ...body, agreement: { ...body.agreement, nextResponse: 'never' } }, '/agreement/nextResponse'],
      [{ ...body, agreement: { targets: { pizza: 'PT1H' } } }, '/agreement/targets/pizza']
    ]
    for (const [payload, pointer] of wrong) {
      const { status, body } = await simulate(payload)
      t.equal(status, 400, pointer)
      t.ok(
        body.errors.some((each: any) => each.pointer.startsWith(pointer)),
        `${pointer}: ${JSON.stringify(body.errors)}`
      )
    }
    t.equal((await simulate({ ...body, facts: [{ at: '2026-03-02T10:00:00Z', kind: 'dance' }] })).status, 400)
  })

  t.test('401, 403', async (t) => {
    t.equal((await simulate(body, { anonymous: true })).status, 401)
    t.equal((await simulate(body, { roles: ['customer'] })).status, 403)
    t.equal((await simulate(body, { roles: ['integrator'] })).status, 403)
  })
})

import t from 'tap'
import { startClock } from '../support/harness.ts'

const created = { at: '2026-03-02T10:00:00Z', kind: 'created' }
const body = { agreement: { targets: { resolution: 'PT6H' } }, facts: [created], asOf: '2026-03-04T00:00:00Z' }
const later = (hours: number) => new Date(Date.UTC(2026, 2, 2, 10 + hours)).toISOString()
const announced = (result: any) =>
  result.events.map((each: any) => `${each.time.slice(8, 16)} ${each.clock.kind} ${each.type.split('.')[2]}`)

async function withSimulate (t: Parameters<typeof startClock>[0]) {
  const { call } = await startClock(t)
  return async (payload: object) => await call('POST', '/clock-simulations', { payload, roles: ['sales'] })
}

t.test('agreements that come to hold later, and other kinds of agreement', async (t) => {
  const simulate = await withSimulate(t)
  const sooner = (fact: object) => ({
    ...body,
    asOf: later(5),
    facts: [created, { at: later(2), kind: 'agreement', ...fact }]
  })

  const retroactive = (await simulate(sooner({ agreement: { targets: { resolution: 'PT1H' } } }))).body
  t.same(
    announced(retroactive),
    ['02T10:00 sla started', '02T12:00 sla replanned', '02T11:00 sla breached'],
    'for the whole history'
  )
  const fromNow = (await simulate(sooner({ effect: 'from_now', agreement: { targets: { resolution: 'PT1H' } } }))).body
  t.same(
    announced(fromNow),
    ['02T10:00 sla started', '02T12:00 sla replanned', '02T12:00 sla breached'],
    'what was consumed is over the new target at once'
  )
  t.match(fromNow.clocks[0], { agreementId: '00000000-0000-0000-0000-000000000001', target: 'PT1H' })

  const withdrawn = (await simulate({ ...body, facts: [created, { at: later(2), kind: 'withdrawal' }] })).body
  t.same(announced(withdrawn), ['02T10:00 sla started', '02T12:00 sla cancelled'])

  const kinds = (await simulate({
    ...body,
    asOf: later(9),
    facts: [
      { ...created, assigneeId: 'anna' },
      { at: later(1), kind: 'agreement', agreement: { kind: 'ola', targets: { resolution: 'PT2H' } } },
      { at: later(1), kind: 'extend', agreementKind: 'ola', metric: 'resolution', by: 'PT1H' },
      { at: later(1), kind: 'waive', agreementKind: 'underpinning', metric: 'resolution' },
      {
        at: later(1),
        kind: 'agreement',
        agreement: { kind: 'underpinning', targets: { resolution: 'PT5H' }, calendar: null }
      }
    ]
  })).body
  t.same(
    kinds.clocks.map(({ kind, state, target, breachedAt }: any) =>
      `${kind} ${state} ${target} ${breachedAt?.slice(8, 16)}`
    ),
    [
      'ola running PT3H 02T13:00',
      'sla running PT6H 02T16:00',
      'underpinning waived PT5H undefined'
    ],
    'the first of a kind holds from the beginning'
  )
  t.match(kinds.clocks[0].ledger[0].holder, { kind: 'agent', id: 'anna' })

  const office = { timezone: 'UTC', weekly: { mon: [['09:00', '17:00']], tue: [['09:00', '17:00']] } }
  const due = async (calendar?: object | null) =>
    (await simulate({
      ...sooner({ agreement: { targets: { resolution: 'PT8H' }, ...(calendar === undefined ? {} : { calendar }) } }),
      agreement: { ...body.agreement, calendar: office }
    })).body.clocks[0].dueAt.slice(8, 16)
  t.equal(await due(), '03T10:00', 'in the calendar of the first agreement')
  t.equal(await due(null), '02T18:00', 'or around the clock')
  t.equal(await due({ ...office, weekly: { mon: [['10:00', '24:00']] } }), '02T18:00', 'or in its own')
})

t.test('what a row of the SLA table refuses, and what no ticket could go through', async (t) => {
  const simulate = await withSimulate(t)
  const terms = (changes: object) => ({ ...body, agreement: { ...body.agreement, ...changes } })
  const facts = (...more: object[]) => ({ ...body, facts: [created, ...more] })
  const agreements = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ at: later(i), kind: 'agreement', agreement: body.agreement }))
  const messages = (count: number) =>
    Array.from({ length: count }, () => ({ at: later(1), kind: 'message', visibility: 'public', author: 'agent' }))
  const extend = (by: string) => ({ at: later(1), kind: 'extend', metric: 'resolution', by })
  const date = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10)
  const closures = (count: number) => ({
    timezone: 'UTC',
    weekly: {},
    holidays: Array.from({ length: count }, (_, day) => date(day))
  })
  const wrong: [object, string][] = [
    [terms({ targets: { resolution: 'PT0S' } }), '/agreement/targets/resolution'],
    [terms({ targets: { resolution: 'PT100001H' } }), '/agreement/targets/resolution'],
    [terms({ targets: {} }), '/agreement/targets'],
    [terms({ reminders: [{ before: 'PT0S' }] }), '/agreement/reminders/0/before'],
    [terms({ reminders: [{ percent: 50 }, { percent: 50, urgent: true }] }), '/agreement/reminders/1'],
    [terms({ reminders: [{ after: 'PT60M' }, { after: 'PT1H' }] }), '/agreement/reminders/1'],
    [terms({ reminders: Array.from({ length: 21 }, (_, i) => ({ percent: i + 1 })) }), '/agreement/reminders'],
    [terms({ calendar: closures(3_000) }), '/agreement/calendar'],
    [
      facts({ at: later(1), kind: 'agreement', agreement: { targets: { resolution: 'PT0S' } } }),
      '/facts/1/agreement/targets/resolution'
    ],
    [facts({ at: later(1), kind: 'agreement', agreement: body.agreement, effect: 'new_tickets' }), '/facts/1/effect'],
    [facts({ at: '2026-02-31T00:00:00Z', kind: 'withdrawal' }), '/facts/1/at'],
    [facts(...agreements(21)), '/facts/21'],
    [facts({ at: later(1), kind: 'pause', metric: 'resolution', until: later(1) }), '/facts/1/until'],
    [facts(extend('PT0S')), '/facts/1/by'],
    [facts(extend('PT60000H'), extend('PT60000H')), '/facts/2/by'],
    [facts(...messages(500)), '/facts'],
    [{ ...body, skip: { events: -1 } }, '/skip/events']
  ]
  for (const [payload, pointer] of wrong) {
    const { status, body } = await simulate(payload)
    t.equal(status, 400, pointer)
    t.same(body.errors.map((each: any) => each.pointer), [pointer])
  }
  const right: object[] = [
    terms({ targets: { resolution: 'PT0.000001S' } }),
    terms({ targets: { resolution: 'PT100000H' } }),
    terms({ reminders: Array.from({ length: 20 }, (_, i) => ({ percent: i + 1 })) }),
    terms({ calendar: closures(2_000) }),
    facts(...agreements(20)),
    facts({ at: later(1), kind: 'pause', metric: 'resolution', until: later(2) }),
    facts(extend('PT60000H'), extend('PT40000H')),
    facts(...messages(499))
  ]
  for (const payload of right) {
    const { status, body } = await simulate(payload)
    t.equal(status, 200, JSON.stringify(body.errors))
  }
  const faults = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`x${i}`, 1]))
  t.equal((await simulate(terms({ calendar: faults }))).body.errors.length, 100, 'of many faults the first hundred')
})

t.test('a deadline after the last instant there is', async (t) => {
  const simulate = await withSimulate(t)
  const { status, body: result } = await simulate({
    ...body,
    agreement: { targets: { resolution: 'PT100000H' } },
    facts: [{ at: '2250-01-01T00:00:00Z', kind: 'created' }],
    asOf: '2250-01-02T00:00:00Z'
  })
  t.equal(status, 200)
  t.match(result.clocks, [{ state: 'running', dueAt: null, target: 'PT100000H' }])
})

t.test('a long answer is cut, says so, and goes on where it was cut', async (t) => {
  const simulate = await withSimulate(t)
  const minute = (i: number) => new Date(Date.UTC(2026, 2, 2, 10, i)).toISOString()
  const turns = Array.from({ length: 499 }, (_, i) => (
    { at: minute(i + 1), kind: 'message', visibility: 'public', author: i % 2 === 0 ? 'customer' : 'agent' }
  ))
  const long = {
    agreement: { targets: { next_response: 'PT1S', periodic_update: 'PT1S' }, reminders: [{ after: 'PT1S' }] },
    facts: [created, ...turns],
    asOf: minute(500)
  }
  const first = (await simulate(long)).body
  t.match(first, { clockCount: 499, eventCount: 499 * 4 - 2 })
  t.equal(first.clocks.length, 200)
  t.equal(first.events.length, 500)
  const lines = first.clocks.reduce((sum: number, { ledger }: any) => sum + ledger.length, 0)
  t.ok(lines <= 1_000 && first.clocks.every(({ ledgerComplete }: any) => ledgerComplete))
  const clocks = [...first.clocks]
  const events = [...first.events]
  while (clocks.length < first.clockCount || events.length < first.eventCount) {
    const next = (await simulate({ ...long, skip: { clocks: clocks.length, events: events.length } })).body
    clocks.push(...next.clocks)
    events.push(...next.events)
  }
  t.equal(clocks.length, 499)
  t.equal(events.length, first.eventCount)
  t.equal(new Set(clocks.map(({ kind, metric, cycle }: any) => `${kind} ${metric} ${cycle}`)).size, 499)
  const seen = new Map<string, number>()
  for (const { clock: { metric, cycle }, sequence } of events) {
    t.equal(sequence, (seen.get(`${metric} ${cycle}`) ?? 0) + 1)
    seen.set(`${metric} ${cycle}`, sequence)
  }

  const office = {
    timezone: 'UTC',
    weekly: { mon: [['09:00', '17:00']], wed: [['09:00', '17:00']], fri: [['09:00', '17:00']] }
  }
  const years =
    (await simulate({ ...body, agreement: { ...body.agreement, calendar: office }, asOf: '2036-03-02T10:00:00Z' })).body
  t.match(years.clocks, [{ ledgerComplete: false }])
  t.equal(years.clocks[0].ledger.length, 1_000)
})

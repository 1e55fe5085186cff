import assert from 'node:assert/strict'
import type { DuelineEvent } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { textOf } from '../../src/store/keys.ts'
import { readClocks, readMarks } from '../../src/store/clock-store.ts'
import { calendarPublished, TestTicket } from '../support/events.ts'
import { HOUR, MINUTE, start, startClock, words, type Sent } from '../support/harness.ts'

const calendarId = '01900000-0000-7000-8000-0000000000ca'
const office = {
  timezone: 'Europe/Berlin',
  weekly: { mon: [['09:00', '17:00']], tue: [['09:00', '17:00']], wed: [['09:00', '17:00']] }
} as never

type Step = (ticket: TestTicket, at: number) => void
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom('open', 'waiting_on_customer', 'waiting_on_vendor', 'resolved', 'cancelled').map(
    (to): Step => (ticket, at) => {
      ticket.status(at, to as never)
    }
  ),
  fc.constantFrom('customer', 'agent').map((who): Step => (ticket, at) => {
    ticket.message(at, who as never)
  }),
  fc.constant<Step>((ticket, at) => {
    ticket.assigned(at, null)
  }),
  fc.tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom('from_now', 'retroactive')).map(
    ([hours, effect]): Step => (ticket, at) => {
      const version = ticket.events.filter(({ type }) => type.includes('agreement')).length + 1
      ticket.agreement(at, {
        version,
        effect: effect as never,
        targets: { resolution: `PT${hours}H`, next_response: 'PT1H' },
        calendarId,
        calendarVersion: 1
      })
    }
  )
)
const timelines = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 * 40 }), step), { maxLength: 9 })

t.test('late, repeated, reordered delivery ends in the clocks, ledger and breaches of timely delivery', async (t) => {
  const { receive, database, fireUntil, clock, call } = await startClock(t)
  const end = start + 48 * HOUR

  function write (timeline: ReadonlyArray<readonly [number, Step]>): TestTicket {
    const ticket = new TestTicket(start)
    ticket.created(start)
    ticket.agreement(start, {
      targets: { first_response: 'PT2H', next_response: 'PT1H', resolution: 'PT6H' },
      reminders: [{ percent: 50 }, { after: 'PT30M' }],
      calendarId,
      calendarVersion: 1
    })
    for (const [minute, machine] of [...timeline].sort((a, b) => a[0] - b[0])) machine(ticket, start + minute * MINUTE)
    return ticket
  }

  async function timely (events: readonly DuelineEvent[]): Promise<void> {
    for (const each of events) {
      const at = Date.parse(each.time) * 1000
      await fireUntil(at - 1)
      clock.set(at)
      await receive(each)
    }
    await fireUntil(end)
  }

  async function resultOf (ticket: TestTicket) {
    const key = { tenantId: ticket.tenantId, ticketId: ticket.id }
    const clocks = (await readClocks(database.read, [key])).get(textOf(key)) ?? []
    const marks = await readMarks(database.read, clocks)
    const present = clocks.filter(({ voided }) => !voided).sort((a, b) =>
      `${a.metric} ${a.cycle}` < `${b.metric} ${b.cycle}` ? -1 : 1
    )
    const anonymous = new Map(ticket.events.map(({ id }, index) => [id, `event ${index}`]))
    const agreements = new Map(ticket.events.flatMap(({ data }, index) => {
      const made = (data as any).agreement
      return made === undefined ? [] : [[made.id, `agreement ${index}`] as const]
    }))
    return await Promise.all(
      present.map(async ({ id, ticketId, sequence, withdrawals, planned, agreementId, ...rest }) => ({
        ...rest,
        agreement: agreements.get(agreementId),
        planned: planned.map(({ said, ...mark }) => mark),
        breaches: (marks.get(id) ?? []).filter(({ key, round }) => key === 'breach' && round === withdrawals).length,
        ledger: (await call('GET', `/clocks/${id}/ledger`)).body.items.map((line: any) => ({
          ...line,
          factId: anonymous.get(line.factId) ?? agreements.get(line.factId) ?? null
        }))
      }))
    )
  }

  await receive(calendarPublished(calendarId, office, start))
  const seeds = fc.tuple(
    timelines,
    fc.array(fc.nat(), { minLength: 30, maxLength: 30 }),
    fc.integer({ min: 1, max: 5 })
  )
  await fc.assert(
    fc.asyncProperty(seeds, async ([timeline, order, size]) => {
      const onTime = write(timeline)
      await timely(onTime.events)
      clock.set(end)
      const late = write(timeline)
      // every event twice, in an order that the seed decides, a few per transaction
      const shuffled = [...late.events, ...late.events].map((each, index) => ({ each, key: order[index] ?? index }))
        .sort((a, b) => a.key - b.key).map(({ each }) => each)
      for (let i = 0; i < shuffled.length; i += size) await receive(...shuffled.slice(i, i + size))
      const result = await resultOf(late)
      assert.deepEqual(result, await resultOf(onTime))
      const standing = result.filter(({ breachedAt, breaches }) => breaches !== (breachedAt === null ? 0 : 1))
      assert.deepEqual(standing, [], 'one breach that stands for each breached cycle, none for the others')
    }),
    { numRuns: 25 }
  )
  t.pass()
})

t.test('an agreement whose calendar is on its way is folded when that arrives', async (t) => {
  const { receive, sent, call, database } = await startClock(t, { waitForMs: 300 })
  const ticket = new TestTicket(start)
  await receive(
    ticket.created(start),
    ticket.agreement(start, { targets: { resolution: 'PT1H' }, calendarId, calendarVersion: 1 })
  )
  t.same(await sent(), [])
  t.same(
    (await call('GET', `/clocks?ticketId=${ticket.id}&waitFor=1`)).body.items,
    [],
    'and waitFor does not say that it is done'
  )
  await receive(calendarPublished(calendarId, office, start, 'globex'))
  t.same(await sent(), [], "another tenant's calendar is another one")
  await receive(calendarPublished(calendarId, office, start))
  const announced = await sent()
  t.same(words(announced), ['resolution 1 started'])
  t.match(announced[0]!.data, {
    cause: { kind: 'calendar' },
    clock: { dueAt: '2026-03-02T09:00:00.000000Z', calendarId, calendarVersion: 1, timeZone: 'Europe/Berlin' }
  })
  const { rows } = await database.pool.query(
    'select (select count(*)::int from awaited_calendar) as n, awaiting from ticket_case'
  )
  t.same(rows, [{ n: 0, awaiting: false }])
})

t.test('an imported history: computed as if it had run then, announced as the past, then live', async (t) => {
  const { receive, sent, database, clock, fireUntil, call } = await startClock(t, { waitForMs: 100 })
  clock.set(start + 100 * HOUR)
  const ticket = new TestTicket(start, { importing: true })
  ticket.historical = true
  ticket.created(start)
  ticket.agreement(start, { targets: { resolution: 'PT4H', first_response: 'PT200H' } })
  ticket.status(start + HOUR, 'open')
  await receive(...ticket.events)
  t.same(await sent(), [], 'nothing is announced while more facts follow')
  t.same((await call('GET', `/clocks?ticketId=${ticket.id}&waitFor=1`)).body.items, [], 'and nothing is done')
  await receive(ticket.status(start + 6 * HOUR, 'resolved'))
  ticket.snapshot = { ...ticket.snapshot, importing: false }
  t.equal((await database.pool.query('select 1 from timer')).rowCount, 0)
  await receive(ticket.status(start + 7 * HOUR, 'open'))
  const announced = await sent()
  const about = (metric: string) => words(announced).filter((word) => word.startsWith(metric))
  t.same(about('resolution'), ['resolution 1 started', 'resolution 1 warned', 'resolution 1 breached'])
  t.same(about('first_response'), ['first_response 1 started'], 'what is due after now is not due yet')
  t.match((await call('GET', `/clocks?ticketId=${ticket.id}&metric=resolution&waitFor=4`)).body.items, [{
    ticketVersion: 4,
    consumed: 'PT99H'
  }])
  t.ok(announced.every(({ historical }) => historical))
  t.match(announced.find(({ type }) => type.includes('breached')), { time: '2026-03-02T12:00:00.000000Z' })
  t.equal((await database.pool.query('select 1 from timer')).rowCount, 1, 'from now on its marks are live')
  await fireUntil(start + 300 * HOUR)
  const live = await sent()
  t.same(words(live), ['first_response 1 warned', 'first_response 1 breached'])
  t.ok(live.every(({ historical, data }) => !historical && data.catchUp === false))
})

t.test('a priority change: another target for the same history, and a breach that it disproves', async (t) => {
  const { receive, sent, clock, fireUntil } = await startClock(t)
  const ticket = new TestTicket(start)
  await receive(ticket.created(start), ticket.agreement(start, { targets: { resolution: 'PT1H' }, reminders: [] }))
  await fireUntil(start + HOUR)
  clock.set(start + 2 * HOUR)
  await sent()
  await receive(
    ticket.updated(start + 2 * HOUR, { priority: 'P3' }),
    ticket.agreement(start + 2 * HOUR, { version: 2, targets: { resolution: 'PT8H' }, reminders: [{ percent: 20 }] })
  )
  const longer = await sent()
  t.same(words(longer), ['resolution 1 breach-withdrawn', 'resolution 1 replanned', 'resolution 1 warned'])
  t.match(longer[0]!.data, {
    ticket: { priority: 'P3' },
    clock: { breachedAt: null, target: 'PT8H', consumed: 'PT2H', dueAt: '2026-03-02T16:00:00.000000Z' }
  })
  t.match(longer[2]!.data, { mark: { dueAt: '2026-03-02T09:36:00.000000Z' }, catchUp: true })
  await fireUntil(start + 8 * HOUR)
  const again: Sent[] = await sent()
  t.same(words(again), ['resolution 1 breached'], 'a breach that was taken back may happen again')
  clock.set(start + 9 * HOUR)
  await receive(ticket.updated(start + 9 * HOUR, { type: 'appreciation' }), ticket.withdrawn(start + 9 * HOUR, 3))
  t.same(words(await sent()), ['resolution 1 cancelled'], 'an appreciation carries no agreement')
})

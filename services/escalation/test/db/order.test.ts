import { formatInstant } from '@dueline/business-time'
import type { DuelineEvent } from '@dueline/contracts'
import { readInstant } from '@dueline/postgres'
import fc from 'fast-check'
import t from 'tap'
import { clockEvent, HOUR, id, personEvent, staffEvents, ticketEvent, ticketSummary } from '../events.ts'
import { startBench } from './bench.ts'

const due = 1_790_000_000_000_000
const histories: Record<string, DuelineEvent[]> = {
  met: [
    clockEvent('started', 1, { dueAt: due }),
    clockEvent('warned', 2, { dueAt: due }),
    clockEvent('breached', 3, { dueAt: due, breachedAt: due }),
    clockEvent('met', 4, { dueAt: due, breachedAt: due, state: 'met' })
  ],
  paused: [
    clockEvent('started', 1, { dueAt: due }),
    clockEvent('breached', 2, { dueAt: due, breachedAt: due }),
    clockEvent('paused', 3, { breachedAt: due, state: 'paused' })
  ],
  running: [
    clockEvent('started', 1, { dueAt: due }),
    clockEvent('paused', 2, { state: 'paused' }),
    clockEvent('resumed', 3, { dueAt: due + HOUR }),
    clockEvent('breached', 4, { dueAt: due + HOUR, breachedAt: due + HOUR }),
    clockEvent('overdue', 5, { dueAt: due + HOUR, breachedAt: due + HOUR }),
    clockEvent('paused', 6, { breachedAt: due + HOUR, state: 'paused' }, undefined, {
      time: formatInstant(due + 2 * HOUR)
    }),
    clockEvent('resumed', 7, { dueAt: due + HOUR, breachedAt: due + HOUR }, undefined, {
      time: formatInstant(due + 4 * HOUR)
    })
  ],
  withdrawn: [
    clockEvent('breached', 2, { dueAt: due, breachedAt: due }),
    clockEvent('breach-withdrawn', 3, { dueAt: due + 9 * HOUR })
  ],
  over: [
    clockEvent('replanned', 2, { dueAt: due, breachedAt: due }),
    clockEvent('breached', 3, { dueAt: due, breachedAt: due, recordedOnly: 'over' })
  ],
  late: [
    clockEvent('breached', 2, { dueAt: due, breachedAt: due, attachedLateAt: due + 9 * HOUR }),
    clockEvent('replanned', 3, { dueAt: due - 3 * HOUR, breachedAt: due - 3 * HOUR })
  ],
  cycle: [
    clockEvent('breached', 2, { dueAt: due, breachedAt: due }),
    clockEvent('started', 3, { dueAt: due + 9 * HOUR, cycle: 2 })
  ]
}
const others = [
  ticketEvent(1, { assigneeId: null }),
  ticketEvent(2, { priority: 'P0' }),
  ticketEvent(3, { priority: 'P1', assigneeId: id('bob') }),
  personEvent('ann', 'agent', 'max'),
  personEvent('ann', 'agent', 'mia', { version: 2 }),
  personEvent('ann', 'manager', 'mia', { version: 3, active: false })
]

t.test('duplicates, lateness and order do not matter, in whatever batches', async (t) => {
  const { receive, rows, reset } = await startBench(t)
  const essence = async (): Promise<unknown> => ({
    cases: await rows('select * from escalation_case'),
    timers: await rows('select owner_id, due_at from timer'),
    ticket: await rows('select version, summary from ticket'),
    person: await rows('select id, role, manager_id, active, version from person order by id')
  })
  for (const [name, history] of Object.entries(histories)) {
    const events = [...history, ...others]
    await reset()
    for (const event of events) await receive(event)
    const expected = await essence()
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...events, ...events], { minLength: 2 * events.length }),
        fc.integer({ min: 1, max: 8 }),
        async (shuffled, size) => {
          await reset()
          for (let i = 0; i < shuffled.length; i += size) await receive(...shuffled.slice(i, i + size))
          const actual = await essence()
          if (JSON.stringify(actual) !== JSON.stringify(expected)) t.same(actual, expected, name)
          return JSON.stringify(actual) === JSON.stringify(expected)
        }
      ),
      { numRuns: 8 }
    )
    t.pass(name)
  }
})

t.test('what a breach is announced with decides whether and when its levels come', async (t) => {
  const { receive, rows, reset, wake, sent } = await startBench(t)
  const timers = async (): Promise<unknown> =>
    (await rows('select due_at from timer')).map(({ due_at: dueAt }) => (readInstant(dueAt) - due) / HOUR)
  await receive(...histories.over!)
  t.same(await timers(), [], 'nobody has to act on the breach of a ticket that is over')
  await reset()
  await receive(...histories.late!)
  t.same(await timers(), [11], 'one that is attached late counts from when it was announced')
  await reset()
  await receive(clockEvent('breached', 2, { dueAt: due, breachedAt: due, recordedOnly: 'superseded' }))
  t.same(await timers(), [2], 'one that people know of by a graver one is escalated all the same')
  await receive(...staffEvents())
  await wake(due + 2 * HOUR, id('clock'))
  await receive(clockEvent('replanned', 3, { dueAt: due - 99 * HOUR, breachedAt: due - 99 * HOUR }))
  t.same(await timers(), [8], 'the next level counts from the deadline that was missed')
  t.same(await sent(), ['opened', 'level-reached'])
})

t.test('repeated events stop an open escalation once', async (t) => {
  const { receive, wake, sent } = await startBench(t)
  await receive(...staffEvents(), ...histories.met!.slice(0, 3))
  await wake(due + 2 * HOUR, id('clock'))
  await receive(...histories.met!)
  await receive(...[...histories.met!].reverse())
  t.same(await sent(), ['opened', 'level-reached', 'stopped'])
})

t.test('the imported past is ignored, and so is a breach in it', async (t) => {
  const { receive, rows, wake, sent } = await startBench(t)
  await receive(...[...histories.running!, ticketEvent(1)].map((event) => ({ ...event, historical: true })))
  t.same(
    [await rows('select from escalation_case'), await rows('select from ticket'), await rows('select from timer')],
    [[], [], []]
  )
  await receive(clockEvent('replanned', 9, { dueAt: due, breachedAt: due }))
  t.same(await rows('select from timer'), [], 'a live fact about an old breach does not escalate it')
  await wake(due + 99 * HOUR, id('clock'))
  t.same(await sent(), [])
})

t.test('an import that goes on with a ticket ends what is open, and opens nothing', async (t) => {
  const past = (event: DuelineEvent): DuelineEvent => ({ ...event, historical: true })
  for (const batches of [[1, 1], [2]]) {
    const { receive, wake, sent, reset } = await startBench(t)
    await reset()
    await receive(...staffEvents(), ...histories.met!.slice(0, 3))
    await wake(due + 2 * HOUR, id('clock'))
    const met = histories.met![3] as DuelineEvent<'dueline.clock.met.v1'>
    const replanned = clockEvent('replanned', 4, { dueAt: due, breachedAt: due })
    const rest = [
      past(replanned),
      past({
        ...met,
        sequence: 5,
        data: { ...met.data, clock: { ...met.data.clock, sequence: 5 } }
      })
    ]
    for (const size of batches) await receive(...rest.splice(0, size))
    t.same(await sent(), ['opened', 'level-reached', 'stopped'])
  }
  const { receive, wake, sent, rows } = await startBench(t)
  await receive(
    ...staffEvents(),
    clockEvent('started', 1, { dueAt: due }),
    past(clockEvent('breached', 2, { dueAt: due, breachedAt: due }))
  )
  await wake(due + 99 * HOUR, id('clock'))
  t.same(
    [await sent(), await rows('select from timer')],
    [[], []],
    'a breach that only an import reports is acted on by nobody'
  )
})

t.test("a clock's event brings its ticket along until the ticket's own come", async (t) => {
  const { receive, rows } = await startBench(t)
  await receive(clockEvent('started', 2, { dueAt: due }, ticketSummary({ priority: 'P1' })))
  t.match(await rows('select version, summary from ticket'), [{ version: 0, summary: { priority: 'P1' } }])
  await receive(ticketEvent(1, { priority: 'P3' }))
  await receive(clockEvent('replanned', 3, { dueAt: due + HOUR }, ticketSummary({ priority: 'P0' })))
  t.match(await rows('select version, summary from ticket'), [{ version: 1, summary: { priority: 'P3' } }])
})

import { compileCalendar, formatInstant } from '@dueline/business-time'
import { reopenRules } from '@dueline/contracts'
import t from 'tap'
import { fold } from '../../src/domain/fold.ts'
import type { Promised } from '../../src/domain/agreements.ts'
import { replay } from '../../src/domain/replay.ts'
import { consumedAt } from '../../src/domain/snapshot.ts'
import {
  at,
  clockOf,
  HOUR,
  MINUTE,
  nine,
  promise,
  resolution,
  roundTheClock,
  SECOND,
  Story,
  withdrawn
} from './story-builder.ts'

const responses = { first_response: HOUR, next_response: HOUR, periodic_update: 2 * HOUR, resolution: 4 * HOUR }

t.test('late means strictly after the deadline', async (t) => {
  const story = () => new Story().created()
  t.equal(clockOf(story().status(at(4), 'resolved'), promise(), at(9)).breachedAt, null, 'met exactly at the deadline')
  t.equal(clockOf(story().status(at(4) + 1, 'resolved'), promise(), at(9)).breachedAt, at(4), 'a microsecond later')
  t.equal(
    clockOf(story().status(at(4), 'waiting_on_customer'), promise(), at(9)).breachedAt,
    null,
    'paused exactly at the deadline'
  )
  const resumed = clockOf(story().status(at(4), 'waiting_on_customer').status(at(6), 'open'), promise(), at(6))
  t.equal(resumed.breachedAt, at(6), 'going on with nothing left')
  t.equal(
    clockOf(story().status(at(4), 'waiting_on_customer').status(at(6), 'resolved'), promise(), at(9)).breachedAt,
    null,
    'resolved out of that pause'
  )
  t.equal(clockOf(story(), promise(), at(4) - 1).breachedAt, null)
  t.equal(clockOf(story(), promise(), at(4)).breachedAt, at(4), 'the last stretch is open: it has come to the deadline')
})

t.test('a deadline at a close', async (t) => {
  const calendar = compileCalendar({
    timezone: 'UTC',
    weekly: { mon: [['09:00', '13:00']], tue: [['09:00', '13:00']] }
  })
  const calendars = () => calendar
  const clock = (end: number) =>
    clockOf(new Story().created().status(end, 'resolved'), promise({ calendarId: 'c' }), at(48), { calendars })
  t.match(clock(at(4)), { breachedAt: null, dueAt: at(4) })
  t.match(clock(at(5)), { breachedAt: at(4), dueAt: at(4) }, 'resolved after the close that was the deadline')
  const handedOver = new Story().created().assign(at(5), 'agent-2')
  t.match(
    clockOf(handedOver, promise({ calendarId: 'c' }), at(6), { calendars }),
    { breachedAt: at(4), dueAt: at(4) },
    'handed over after it: it stays'
  )
  const pausedAfterIt = new Story().created().status(at(5), 'waiting_on_customer').status(at(25), 'open')
  t.match(clockOf(pausedAfterIt, promise({ calendarId: 'c' }), at(25), { calendars }), {
    state: 'running',
    breachedAt: at(4),
    dueAt: at(4)
  }, 'paused after it, with nothing consumed since: it stays')
  const never = compileCalendar({ timezone: 'UTC', weekly: {} })
  t.match(clockOf(new Story().created(), promise({ calendarId: 'c' }), at(900), { calendars: () => never }), {
    state: 'running',
    dueAt: null,
    breachedAt: null,
    planned: []
  }, 'never open')
})

t.test('a clock that has stopped belongs to nobody', async (t) => {
  const stopped = () => new Story().created().status(nine, 'cancelled')
  const again = (story: Story) => clockOf(story.status(at(3), 'open').status(at(3), 'cancelled'), promise(), at(9))
  t.match(again(stopped()), { state: 'cancelled', stoppedAt: nine }, 'reopened and stopped in one instant: as if never')
  t.match(
    again(stopped().assign(at(1), 'agent-1')),
    { state: 'cancelled', stoppedAt: nine },
    'whoever was handed the ticket meanwhile'
  )
})

t.test('what meets a first response', async (t) => {
  const told = (story: Story) =>
    clockOf(story, promise({ targets: responses }), at(0, 30), { metric: 'first_response' })
  t.match(
    told(
      new Story().created().automatic(at(0, 1)).note(at(0, 2)).customer(at(0, 3)).status(
        at(0, 4),
        'waiting_on_customer'
      )
    ),
    { state: 'running', dueAt: at(1) }
  )
  t.match(told(new Story().created().agent(at(0, 5))), { state: 'met', stoppedAt: at(0, 5), dueAt: at(1) })
  t.match(told(new Story().created().status(at(0, 5), 'resolved')), { state: 'cancelled', stoppedAt: at(0, 5) })
  t.match(told(new Story().created().status(at(0, 5), 'resolved').status(at(0, 15), 'open')), {
    state: 'running',
    dueAt: at(1, 10)
  })
  t.match(told(new Story().created().status(at(0, 5), 'resolved').agent(at(0, 10)).status(at(0, 15), 'open')), {
    state: 'cancelled'
  })
})

t.test('next responses and periodic updates', async (t) => {
  const story = new Story().created().customer(at(1)).customer(at(1, 30)).agent(at(1, 40)).agent(at(2)).customer(at(3))
    .status(at(4), 'resolved').customer(at(5)).status(at(6), 'open')
  const always = promise({ targets: responses, nextResponse: 'always' })
  const next = (cycle: number) => clockOf(story, always, at(6, 30), { metric: 'next_response', cycle })
  t.match(next(1), { startedAt: at(1), state: 'met', stoppedAt: at(1, 40) }, 'several in a row are one wait')
  t.match(next(2), { startedAt: at(3), state: 'cancelled', breachedAt: null })
  t.match(
    next(3),
    { startedAt: at(6), state: 'running', dueAt: at(7) },
    'a message on a resolved ticket counts once that is reopened'
  )
  t.throws(() => next(4))
  const update = (cycle: number) =>
    clockOf(story, promise({ targets: responses }), at(6, 30), { metric: 'periodic_update', cycle })
  t.match(update(1), { startedAt: at(1, 40), state: 'met', stoppedAt: at(2) })
  t.match(update(2), { startedAt: at(2), state: 'cancelled', stoppedAt: at(4) })
  const asked = new Story().created().agent(at(1)).status(at(2), 'waiting_on_customer').status(at(5), 'open')
  t.match(
    clockOf(asked, promise({ targets: responses }), at(5), { metric: 'periodic_update' }),
    { dueAt: at(6) },
    'not owed while the customer is asked'
  )
})

t.test('while the first response is owed no next response is', async (t) => {
  const both = { first_response: 4 * HOUR, next_response: HOUR }
  const next = (story: Story, promises: Promised | Promised[] = promise({ targets: both }), asOf = at(3)) =>
    fold({ facts: story.facts, promises: [promises].flat(), calendars: roundTheClock, asOf }).clocks
      .filter(({ metric }) => metric === 'next_response').map(({ cycle, state, startedAt }) =>
        `${cycle} ${state} ${formatInstant(startedAt).slice(11, 16)}`
      )
  const wrote = () => new Story().created().customer(nine).customer(at(1))
  t.same(next(wrote()), [], 'also a message dated at the creation')
  t.same(next(wrote().agent(at(1, 30))), [], 'the first answer answers all of them')
  t.same(next(wrote().agent(at(1, 30)).customer(at(2))), ['1 running 11:00'])
  t.same(next(wrote(), promise({ targets: both, nextResponse: 'always' })), ['1 running 09:00'])
  t.same(
    next(wrote(), promise({ targets: { next_response: HOUR } })),
    ['1 running 09:00'],
    'no first response is promised'
  )
  const waive = { kind: 'sla', metric: 'first_response', cycle: 1 } as const
  t.same(next(wrote().waive(at(1, 30), waive)), [], 'waived with the messages before')
  t.same(next(wrote().waive(at(1, 30), waive).customer(at(2))), ['1 running 11:00'])
  t.same(
    next(wrote().waive(at(1, 30), { ...waive, metric: 'next_response' }).customer(at(2))),
    [],
    'there was nothing to waive'
  )
  const resolved = () => wrote().status(at(1, 10), 'resolved')
  t.same(next(resolved().status(at(1, 30), 'open').customer(at(2))), [], 'reopened: the first response is owed again')
  t.same(next(resolved().customer(at(1, 20)).status(at(1, 30), 'open')), [])
  t.same(
    next(resolved().agent(at(1, 20)).customer(at(1, 25)).status(at(1, 30), 'open')),
    ['1 running 10:30'],
    'answered meanwhile'
  )
  const dropped = promise({ version: 2, madeAt: at(2), targets: { next_response: HOUR } })
  t.same(
    next(wrote(), [promise({ targets: both }), dropped]),
    ['1 running 11:00'],
    'the first response is not promised any more'
  )
  t.same(next(wrote().agent(at(1, 30)), [promise({ targets: both }), dropped]), [], 'it was given')
  t.same(next(wrote().status(at(1, 30), 'resolved'), [promise({ targets: both }), dropped]), [], 'nobody waits')
  const added = promise({ version: 2, madeAt: at(2), targets: both })
  t.same(
    next(wrote(), [promise({ targets: { next_response: HOUR } }), added]),
    ['1 running 09:00'],
    'what has begun goes on'
  )
})

t.test('reopening, as the agreement says', async (t) => {
  const story = new Story().created().status(at(1), 'resolved').status(at(3), 'open')
  const told = Object.fromEntries(reopenRules.map((reopen) => {
    const promises = [promise({ reopen })]
    return [reopen, fold({ facts: story.facts, promises, calendars: roundTheClock, asOf: at(4) }).clocks]
  }))
  t.match(told['continue'], [{ state: 'running', dueAt: at(6), consumedBefore: HOUR }])
  t.match(told['restart'], [{ state: 'running', dueAt: at(7), consumedBefore: 0 }])
  t.match(told['new_cycle'], [{ cycle: 1, state: 'met', dueAt: at(4) }, {
    cycle: 2,
    state: 'running',
    startedAt: at(3),
    dueAt: at(7)
  }])
  t.match(told['keep_closed'], [{ state: 'met', stoppedAt: at(1) }])
})

t.test('pauses: several reasons, what pauses what, a pause by hand that ends by itself', async (t) => {
  const both = new Story().created().status(at(1), 'waiting_on_vendor').pause(at(2), at(3)).status(at(2, 30), 'open')
  t.match(clockOf(both, promise(), at(2, 30)).segments.map(({ reasons }) => reasons.join()), [
    '',
    'waiting_on_vendor',
    'waiting_on_vendor,manual',
    'manual'
  ])
  t.match(clockOf(both, promise(), at(2, 45)), {
    state: 'paused',
    pausedFor: ['manual'],
    pauseEndsAt: at(3),
    dueAt: null
  })
  t.match(clockOf(both, promise(), at(4)), { state: 'running', dueAt: at(6), runningSince: at(3), pauseEndsAt: null })
  t.match(clockOf(both, promise({ pauseRules: { resolution: [] } }), at(4)), { state: 'running', dueAt: at(4) })
  const early = new Story().created().pause(at(1), at(9)).resume(at(2))
  t.match(clockOf(early, promise(), at(3)), { state: 'running', dueAt: at(5) })
  const other = new Story().created().pause(at(1), at(9), { ...resolution, cycle: 2 })
  t.match(clockOf(other, promise(), at(3)), { state: 'running' }, 'another cycle was meant')
})

t.test('another target: for all of the history, or from now on', async (t) => {
  const story = new Story().created().status(at(1), 'waiting_on_customer').status(at(2), 'open')
  const change = (effect: 'from_now' | 'retroactive', hours: number) =>
    clockOf(
      story,
      [promise(), promise({ version: 2, madeAt: at(3), effect, targets: { resolution: hours * HOUR } })],
      at(12)
    )
  t.match(
    change('retroactive', 1),
    { breachedAt: at(2), agreementId: 'agreement-2' },
    'missed in the past: nothing was left when it went on'
  )
  t.match(change('from_now', 1), { breachedAt: at(3), dueAt: at(3) }, 'missed when it was shortened')
  t.match(change('from_now', 8), { breachedAt: at(9), dueAt: at(9) }, 'what was consumed and paused is kept')
  const late = clockOf(new Story().created(), [
    promise({ targets: { resolution: HOUR } }),
    promise({ version: 2, madeAt: at(2), effect: 'from_now', targets: { resolution: 8 * HOUR } })
  ], at(3))
  t.match(late, { breachedAt: at(1), dueAt: at(8) }, 'a breach under the promise of then stays')
  t.match(clockOf(story, [promise(), withdrawn(2, at(3))], at(9)), { state: 'cancelled', stoppedAt: at(3) })
  t.match(clockOf(story, [promise(), withdrawn(2, at(3)), promise({ version: 3, madeAt: at(5) })], at(4)), {
    state: 'running',
    dueAt: at(5)
  }, 'promised again')
  t.match(
    clockOf(story, [
      promise({ targets: { first_response: HOUR } }),
      promise({ version: 2, madeAt: at(3), effect: 'from_now' })
    ], at(4)),
    { startedAt: at(3), dueAt: at(7) },
    'promised only from now on'
  )
})

t.test('extended and waived by hand', async (t) => {
  t.match(clockOf(new Story().created().extend(at(1), HOUR), promise(), at(2)), {
    target: 5 * HOUR,
    extended: HOUR,
    dueAt: at(5)
  })
  t.match(clockOf(new Story().created().extend(at(4, 30), HOUR), promise(), at(4, 30)), {
    breachedAt: at(4),
    dueAt: at(5)
  }, 'too late to undo the breach')
  t.match(
    clockOf(new Story().created().waive(at(1)).status(at(2), 'resolved').status(at(3), 'open'), promise(), at(9)),
    { state: 'waived', stoppedAt: at(1), breachedAt: null }
  )
})

t.test('marks: percent, before, after, each once', async (t) => {
  const marks = [
    { percent: 50, urgent: false },
    { percent: 50, urgent: true },
    { before: 30 * MINUTE, urgent: false },
    { before: 9 * HOUR, urgent: false },
    { after: HOUR, urgent: false }
  ] as const
  const { reached } = clockOf(new Story().created(), promise({ marks }), at(9))
  t.same(reached.map(({ key, event, urgent, at }) => `${key} ${event} ${urgent} ${formatInstant(at).slice(11, 16)}`), [
    'percent:50 warned true 11:00',
    'before:PT30M reminded false 12:30',
    'breach breached true 13:00',
    'after:PT1H overdue false 14:00'
  ])
  const { planned } = clockOf(new Story().created(), promise({ marks }), at(3))
  t.same(planned.map(({ key }) => key), ['before:PT30M', 'breach', 'after:PT1H'])
})

t.test('facts dated before the creation, in one instant, with unknown kinds, after asOf', async (t) => {
  const before = new Story().created(at(1)).agent(at(0)).status(at(0, 30), 'waiting_on_customer')
  t.match(clockOf(before, promise({ targets: responses }), at(2), { metric: 'first_response' }), {
    state: 'met',
    startedAt: at(1),
    stoppedAt: at(1)
  })
  const odd = new Story().created()
  odd.facts.push({ id: 'x', at: at(1), sequence: 9, kind: 'ticket-sang', data: null })
  t.match(clockOf(odd, promise(), at(2)), { state: 'running', segments: [{}] })
  const instant = new Story().created().status(at(1), 'waiting_on_customer').status(at(1), 'open')
  t.match(clockOf(instant, promise(), at(2)), { state: 'running', runningSince: nine, segments: [{ to: null }] })
  const future = new Story().created().status(at(3), 'waiting_on_customer')
  t.match(clockOf(future, promise(), at(2)), { state: 'paused', consumedBefore: 3 * HOUR })
  t.same(
    fold({ facts: [], promises: [promise()], calendars: roundTheClock, asOf: at(1) }).clocks,
    [],
    'without its creation a ticket has no clocks'
  )
  t.match(clockOf(new Story().created(nine, 'resolved'), promise(), at(1)), {
    state: 'met',
    startedAt: nine,
    stoppedAt: nine
  })
})

t.test('who had it', async (t) => {
  const story = new Story().created().assign(at(1), null, 'net').assign(at(2), 'anna', 'net').status(
    at(2, 30),
    'waiting_on_vendor'
  )
  const clock = clockOf(story, promise(), at(3))
  t.same(clock.segments.map(({ holder: { kind, id } }) => `${kind} ${id}`), [
    'queue null',
    'team net',
    'agent anna',
    'vendor null'
  ])
  t.equal(consumedAt(clock, at(3), roundTheClock), 2.5 * HOUR)
})

t.test('a history lived through in order tells of every turn', async (t) => {
  const story = new Story().created().status(at(1), 'waiting_on_customer').pause(at(2), at(2) + 30 * SECOND).status(
    at(3),
    'open'
  ).extend(at(3, 30), HOUR)
  let count = 0
  const { changes } = replay({
    facts: story.facts,
    promises: [promise({ marks: [{ percent: 50, urgent: false }] })],
    calendars: roundTheClock,
    asOf: at(9),
    newId: () => `c${++count}`
  })
  t.same(changes.map(({ type, time }) => `${type} ${formatInstant(time).slice(11, 19)}`), [
    'started 09:00:00',
    'paused 10:00:00',
    'paused 11:00:00',
    'paused 11:00:30',
    'resumed 12:00:00',
    'extended 12:30:00',
    'warned 13:30:00',
    'breached 16:00:00'
  ])
})

import { formatInstant } from '@dueline/business-time'
import { reopenRules } from '@dueline/contracts'
import t from 'tap'
import { fold } from '../../src/domain/fold.ts'
import type { AgreementVersion } from '../../src/domain/agreements.ts'
import { replay } from '../../src/domain/replay.ts'
import { consumedAt } from '../../src/domain/snapshot.ts'
import {
  at,
  clockOf,
  HOUR,
  MINUTE,
  nine,
  agreementVersion,
  resolution,
  roundTheClock,
  SECOND,
  Timeline,
  withdrawn
} from './timeline-builder.ts'

const responses = { first_response: HOUR, next_response: HOUR, periodic_update: 2 * HOUR, resolution: 4 * HOUR }

t.test('late means strictly after the deadline', async (t) => {
  const timeline = () => new Timeline().created()
  t.equal(
    clockOf(timeline().status(at(4), 'resolved'), agreementVersion(), at(9)).breachedAt,
    null,
    'met exactly at the deadline'
  )
  t.equal(
    clockOf(timeline().status(at(4) + 1, 'resolved'), agreementVersion(), at(9)).breachedAt,
    at(4),
    'a microsecond later'
  )
  t.equal(
    clockOf(timeline().status(at(4), 'waiting_on_customer'), agreementVersion(), at(9)).breachedAt,
    null,
    'paused exactly at the deadline'
  )
  const resumed = clockOf(
    timeline().status(at(4), 'waiting_on_customer').status(at(6), 'open'),
    agreementVersion(),
    at(6)
  )
  t.equal(resumed.breachedAt, at(6), 'going on with nothing left')
  t.equal(
    clockOf(timeline().status(at(4), 'waiting_on_customer').status(at(6), 'resolved'), agreementVersion(), at(9))
      .breachedAt,
    null,
    'resolved out of that pause'
  )
  t.equal(clockOf(timeline(), agreementVersion(), at(4) - 1).breachedAt, null)
  t.equal(
    clockOf(timeline(), agreementVersion(), at(4)).breachedAt,
    at(4),
    'the last segment is open: it has come to the deadline'
  )
})

t.test('a clock that has stopped belongs to nobody', async (t) => {
  const stopped = () => new Timeline().created().status(nine, 'cancelled')
  const again = (timeline: Timeline) =>
    clockOf(timeline.status(at(3), 'open').status(at(3), 'cancelled'), agreementVersion(), at(9))
  t.match(again(stopped()), { state: 'cancelled', stoppedAt: nine }, 'reopened and stopped in one instant: as if never')
  t.match(
    again(stopped().assign(at(1), 'agent-1')),
    { state: 'cancelled', stoppedAt: nine },
    'whoever was handed the ticket meanwhile'
  )
})

t.test('what meets a first response', async (t) => {
  const announced = (timeline: Timeline) =>
    clockOf(timeline, agreementVersion({ targets: responses }), at(0, 30), { metric: 'first_response' })
  t.match(
    announced(
      new Timeline().created().automatic(at(0, 1)).note(at(0, 2)).customer(at(0, 3)).status(
        at(0, 4),
        'waiting_on_customer'
      )
    ),
    { state: 'running', dueAt: at(1) }
  )
  t.match(announced(new Timeline().created().agent(at(0, 5))), { state: 'met', stoppedAt: at(0, 5), dueAt: at(1) })
  t.match(announced(new Timeline().created().status(at(0, 5), 'resolved')), { state: 'cancelled', stoppedAt: at(0, 5) })
  t.match(announced(new Timeline().created().status(at(0, 5), 'resolved').status(at(0, 15), 'open')), {
    state: 'running',
    dueAt: at(1, 10)
  })
  t.match(announced(new Timeline().created().status(at(0, 5), 'resolved').agent(at(0, 10)).status(at(0, 15), 'open')), {
    state: 'cancelled'
  })
})

t.test('next responses and periodic updates', async (t) => {
  const timeline = new Timeline().created().customer(at(1)).customer(at(1, 30)).agent(at(1, 40)).agent(at(2)).customer(
    at(3)
  )
    .status(at(4), 'resolved').customer(at(5)).status(at(6), 'open')
  const always = agreementVersion({ targets: responses, nextResponse: 'always' })
  const next = (cycle: number) => clockOf(timeline, always, at(6, 30), { metric: 'next_response', cycle })
  t.match(next(1), { startedAt: at(1), state: 'met', stoppedAt: at(1, 40) }, 'several in a row are one wait')
  t.match(next(2), { startedAt: at(3), state: 'cancelled', breachedAt: null })
  t.match(
    next(3),
    { startedAt: at(6), state: 'running', dueAt: at(7) },
    'a message on a resolved ticket counts once that is reopened'
  )
  t.throws(() => next(4))
  const update = (cycle: number) =>
    clockOf(timeline, agreementVersion({ targets: responses }), at(6, 30), { metric: 'periodic_update', cycle })
  t.match(update(1), { startedAt: at(1, 40), state: 'met', stoppedAt: at(2) })
  t.match(update(2), { startedAt: at(2), state: 'cancelled', stoppedAt: at(4) })
  const asked = new Timeline().created().agent(at(1)).status(at(2), 'waiting_on_customer').status(at(5), 'open')
  t.match(
    clockOf(asked, agreementVersion({ targets: responses }), at(5), { metric: 'periodic_update' }),
    { dueAt: at(6) },
    'not owed while the customer is asked'
  )
})

t.test('while the first response is owed no next response is', async (t) => {
  const both = { first_response: 4 * HOUR, next_response: HOUR }
  const next = (
    timeline: Timeline,
    agreementVersions: AgreementVersion | AgreementVersion[] = agreementVersion({ targets: both }),
    asOf = at(3)
  ) =>
    fold({ facts: timeline.facts, agreementVersions: [agreementVersions].flat(), calendars: roundTheClock, asOf })
      .clocks
      .filter(({ metric }) => metric === 'next_response').map(({ cycle, state, startedAt }) =>
        `${cycle} ${state} ${formatInstant(startedAt).slice(11, 16)}`
      )
  const wrote = () => new Timeline().created().customer(nine).customer(at(1))
  t.same(next(wrote()), [], 'also a message dated at the creation')
  t.same(next(wrote().agent(at(1, 30))), [], 'the first answer answers all of them')
  t.same(next(wrote().agent(at(1, 30)).customer(at(2))), ['1 running 11:00'])
  t.same(next(wrote(), agreementVersion({ targets: both, nextResponse: 'always' })), ['1 running 09:00'])
  t.same(
    next(wrote(), agreementVersion({ targets: { next_response: HOUR } })),
    ['1 running 09:00'],
    'no first response has a target'
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
  const dropped = agreementVersion({ version: 2, madeAt: at(2), targets: { next_response: HOUR } })
  t.same(
    next(wrote(), [agreementVersion({ targets: both }), dropped]),
    ['1 running 11:00'],
    'the first response has no target any more'
  )
  t.same(next(wrote().agent(at(1, 30)), [agreementVersion({ targets: both }), dropped]), [], 'it was given')
  t.same(
    next(wrote().status(at(1, 30), 'resolved'), [agreementVersion({ targets: both }), dropped]),
    [],
    'nobody waits'
  )
  const added = agreementVersion({ version: 2, madeAt: at(2), targets: both })
  t.same(
    next(wrote(), [agreementVersion({ targets: { next_response: HOUR } }), added]),
    ['1 running 09:00'],
    'what has begun goes on'
  )
})

t.test('reopening, as the agreement says', async (t) => {
  const timeline = new Timeline().created().status(at(1), 'resolved').status(at(3), 'open')
  const announced = Object.fromEntries(reopenRules.map((reopen) => {
    const agreementVersions = [agreementVersion({ reopen })]
    return [reopen, fold({ facts: timeline.facts, agreementVersions, calendars: roundTheClock, asOf: at(4) }).clocks]
  }))
  t.match(announced['continue'], [{ state: 'running', dueAt: at(6), consumedBefore: HOUR }])
  t.match(announced['restart'], [{ state: 'running', dueAt: at(7), consumedBefore: 0 }])
  t.match(announced['new_cycle'], [{ cycle: 1, state: 'met', dueAt: at(4) }, {
    cycle: 2,
    state: 'running',
    startedAt: at(3),
    dueAt: at(7)
  }])
  t.match(announced['keep_closed'], [{ state: 'met', stoppedAt: at(1) }])
})

t.test('pauses: several reasons, what pauses what, a pause by hand that ends by itself', async (t) => {
  const both = new Timeline().created().status(at(1), 'waiting_on_vendor').pause(at(2), at(3)).status(at(2, 30), 'open')
  t.match(clockOf(both, agreementVersion(), at(2, 30)).segments.map(({ reasons }) => reasons.join()), [
    '',
    'waiting_on_vendor',
    'waiting_on_vendor,manual',
    'manual'
  ])
  t.match(clockOf(both, agreementVersion(), at(2, 45)), {
    state: 'paused',
    pausedFor: ['manual'],
    pauseEndsAt: at(3),
    dueAt: null
  })
  t.match(clockOf(both, agreementVersion(), at(4)), {
    state: 'running',
    dueAt: at(6),
    runningSince: at(3),
    pauseEndsAt: null
  })
  t.match(clockOf(both, agreementVersion({ pauseRules: { resolution: [] } }), at(4)), {
    state: 'running',
    dueAt: at(4)
  })
  const early = new Timeline().created().pause(at(1), at(9)).resume(at(2))
  t.match(clockOf(early, agreementVersion(), at(3)), { state: 'running', dueAt: at(5) })
  const other = new Timeline().created().pause(at(1), at(9), { ...resolution, cycle: 2 })
  t.match(clockOf(other, agreementVersion(), at(3)), { state: 'running' }, 'another cycle was meant')
})

t.test('another target: for all of the history, or from now on', async (t) => {
  const timeline = new Timeline().created().status(at(1), 'waiting_on_customer').status(at(2), 'open')
  const change = (effect: 'from_now' | 'retroactive', hours: number) =>
    clockOf(
      timeline,
      [
        agreementVersion(),
        agreementVersion({ version: 2, madeAt: at(3), effect, targets: { resolution: hours * HOUR } })
      ],
      at(12)
    )
  t.match(
    change('retroactive', 1),
    { breachedAt: at(2), agreementId: 'agreement-2' },
    'missed in the past: nothing was left when it went on'
  )
  t.match(change('from_now', 1), { breachedAt: at(3), dueAt: at(3) }, 'missed when it was shortened')
  t.match(change('from_now', 8), { breachedAt: at(9), dueAt: at(9) }, 'what was consumed and paused is kept')
  const late = clockOf(new Timeline().created(), [
    agreementVersion({ targets: { resolution: HOUR } }),
    agreementVersion({ version: 2, madeAt: at(2), effect: 'from_now', targets: { resolution: 8 * HOUR } })
  ], at(3))
  t.match(late, { breachedAt: at(1), dueAt: at(8) }, 'a breach under the agreement of then stays')
  t.match(clockOf(timeline, [agreementVersion(), withdrawn(2, at(3))], at(9)), { state: 'cancelled', stoppedAt: at(3) })
  t.match(
    clockOf(
      timeline,
      [agreementVersion(), withdrawn(2, at(3)), agreementVersion({ version: 3, madeAt: at(5) })],
      at(4)
    ),
    {
      state: 'running',
      dueAt: at(5)
    },
    'agreed again'
  )
  t.match(
    clockOf(timeline, [
      agreementVersion({ targets: { first_response: HOUR } }),
      agreementVersion({ version: 2, madeAt: at(3), effect: 'from_now' })
    ], at(4)),
    { startedAt: at(3), dueAt: at(7) },
    'agreed only from now on'
  )
})

t.test('extended and waived by hand', async (t) => {
  t.match(clockOf(new Timeline().created().extend(at(1), HOUR), agreementVersion(), at(2)), {
    target: 5 * HOUR,
    extended: HOUR,
    dueAt: at(5)
  })
  t.match(clockOf(new Timeline().created().extend(at(4, 30), HOUR), agreementVersion(), at(4, 30)), {
    breachedAt: at(4),
    dueAt: at(5)
  }, 'too late to undo the breach')
  t.match(
    clockOf(
      new Timeline().created().waive(at(1)).status(at(2), 'resolved').status(at(3), 'open'),
      agreementVersion(),
      at(9)
    ),
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
  const { reached } = clockOf(new Timeline().created(), agreementVersion({ marks }), at(9))
  t.same(reached.map(({ key, event, urgent, at }) => `${key} ${event} ${urgent} ${formatInstant(at).slice(11, 16)}`), [
    'percent:50 warned true 11:00',
    'before:PT30M reminded false 12:30',
    'breach breached true 13:00',
    'after:PT1H overdue false 14:00'
  ])
  const { planned } = clockOf(new Timeline().created(), agreementVersion({ marks }), at(3))
  t.same(planned.map(({ key }) => key), ['before:PT30M', 'breach', 'after:PT1H'])
})

t.test('facts dated before the creation, in one instant, with unknown kinds, after asOf', async (t) => {
  const before = new Timeline().created(at(1)).agent(at(0)).status(at(0, 30), 'waiting_on_customer')
  t.match(clockOf(before, agreementVersion({ targets: responses }), at(2), { metric: 'first_response' }), {
    state: 'met',
    startedAt: at(1),
    stoppedAt: at(1)
  })
  const odd = new Timeline().created()
  odd.facts.push({ id: 'x', at: at(1), sequence: 9, kind: 'ticket-sang', data: null })
  t.match(clockOf(odd, agreementVersion(), at(2)), { state: 'running', segments: [{}] })
  const instant = new Timeline().created().status(at(1), 'waiting_on_customer').status(at(1), 'open')
  t.match(clockOf(instant, agreementVersion(), at(2)), {
    state: 'running',
    runningSince: nine,
    segments: [{ to: null }]
  })
  const future = new Timeline().created().status(at(3), 'waiting_on_customer')
  t.match(clockOf(future, agreementVersion(), at(2)), { state: 'paused', consumedBefore: 3 * HOUR })
  t.same(
    fold({ facts: [], agreementVersions: [agreementVersion()], calendars: roundTheClock, asOf: at(1) }).clocks,
    [],
    'without its creation a ticket has no clocks'
  )
  t.match(clockOf(new Timeline().created(nine, 'resolved'), agreementVersion(), at(1)), {
    state: 'met',
    startedAt: nine,
    stoppedAt: nine
  })
})

t.test('who had it', async (t) => {
  const timeline = new Timeline().created().assign(at(1), null, 'net').assign(at(2), 'anna', 'net').status(
    at(2, 30),
    'waiting_on_vendor'
  )
  const clock = clockOf(timeline, agreementVersion(), at(3))
  t.same(clock.segments.map(({ holder: { kind, id } }) => `${kind} ${id}`), [
    'queue null',
    'team net',
    'agent anna',
    'vendor null'
  ])
  t.equal(consumedAt(clock, at(3), roundTheClock), 2.5 * HOUR)
})

t.test('a history lived through in order reports every turn', async (t) => {
  const timeline = new Timeline().created().status(at(1), 'waiting_on_customer').pause(at(2), at(2) + 30 * SECOND)
    .status(
      at(3),
      'open'
    ).extend(at(3, 30), HOUR)
  let count = 0
  const { changes } = replay({
    facts: timeline.facts,
    agreementVersions: [agreementVersion({ marks: [{ percent: 50, urgent: false }] })],
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

t.test('a restart is not lost to what else happens in its instant', async (t) => {
  const timeline = new Timeline().created().status(at(1), 'resolved').status(at(2), 'open').assign(at(2), 'a')
  t.match(clockOf(timeline, agreementVersion({ reopen: 'restart' }), at(3)), { consumedBefore: 0, dueAt: at(6) })
  t.match(clockOf(timeline, agreementVersion({ reopen: 'continue' }), at(3)), { consumedBefore: HOUR, dueAt: at(5) })
})

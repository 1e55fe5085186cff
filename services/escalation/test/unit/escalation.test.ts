import t from 'tap'
import { emptyCase, type CaseState } from '../../src/domain/case.ts'
import { decide, type Decision, type Input } from '../../src/domain/escalation.ts'
import { pinnedPreset } from '../../src/domain/escalation-policy.ts'
import { clock, DUE, HOUR, id, policy, level, staff, ticket, inCharge } from './fixtures.ts'

const three = policy(
  level({ afterDeadline: 'PT1H' }),
  level({ afterDeadline: 'PT2H' }),
  level({ afterDeadline: 'PT3H' })
)
const breached = clock(2, { breachedAt: DUE })

function wake (state: CaseState, now: number): Decision {
  return decide(state, { kind: 'wake', escalationId: id('esc'), ticket, people: staff, inCharge, now })
}
function decidedEvents (state: CaseState, change: ReturnType<typeof clock>, chosen = three): Decision {
  return decide(state, { kind: 'clock', clock: change, policy: chosen })
}
function kinds ({ events }: Decision): string[] {
  return events.map((event) =>
    event.kind === 'level_reached'
      ? `level ${event.number}`
      : 'reason' in event && event.reason !== null
      ? `${event.kind}: ${event.reason}`
      : event.kind
  )
}

const phases: Record<string, CaseState> = {}
phases.unknown = emptyCase
phases.watching = decidedEvents(emptyCase, clock(1)).state
phases.breached = decidedEvents(phases.watching, breached).state
phases.open = wake(phases.breached, DUE + HOUR).state
phases.held = decidedEvents(phases.open, clock(3, { breachedAt: DUE, state: 'paused', dueAt: null })).state
phases.acknowledged = decide(phases.open, { kind: 'acknowledge', note: null }).state
phases.stopped = decidedEvents(phases.open, clock(3, { breachedAt: DUE, state: 'met' })).state
phases.exhausted = wake(phases.open, DUE + 3 * HOUR).state

const inputs: Record<string, Input> = {
  late: { kind: 'clock', clock: clock(0), policy: three },
  running: { kind: 'clock', clock: clock(9, { breachedAt: DUE }), policy: three },
  paused: { kind: 'clock', clock: clock(9, { breachedAt: DUE, state: 'paused', dueAt: null }), policy: three },
  met: { kind: 'clock', clock: clock(9, { breachedAt: DUE, state: 'met' }), policy: three },
  cancelled: { kind: 'clock', clock: clock(9, { breachedAt: DUE, state: 'cancelled' }), policy: three },
  waived: { kind: 'clock', clock: clock(9, { breachedAt: DUE, state: 'waived' }), policy: three },
  withdrawn: { kind: 'clock', clock: clock(9, { breachedAt: null }), policy: three },
  cycle: { kind: 'clock', clock: clock(9, { cycle: 2 }), policy: three },
  early: { kind: 'wake', escalationId: id('esc'), ticket, people: staff, inCharge, now: DUE + HOUR / 2 },
  wake: { kind: 'wake', escalationId: id('esc'), ticket, people: staff, inCharge, now: DUE + 2 * HOUR },
  acknowledge: { kind: 'acknowledge', note: 'mine' },
  raise: { kind: 'raise', reason: 'now', ticket, people: staff, inCharge, now: DUE + HOUR / 2 }
}

// [what happens, when the next level is due in hours after the deadline or null]
const refused = 'refused'
const table: Record<string, Record<string, [string[] | 'refused', number | null]>> = {
  unknown: {
    late: [[], null],
    running: [[], 1],
    paused: [[], null],
    met: [[], null],
    cancelled: [[], null],
    waived: [[], null],
    withdrawn: [[], null],
    cycle: [[], null],
    early: [[], null],
    wake: [[], null],
    acknowledge: [refused, null],
    raise: [refused, null]
  },
  watching: {
    late: [[], null],
    running: [[], 1],
    paused: [[], null],
    met: [[], null],
    cancelled: [[], null],
    waived: [[], null],
    withdrawn: [[], null],
    cycle: [[], null],
    early: [[], null],
    wake: [[], null],
    acknowledge: [refused, null],
    raise: [refused, null]
  },
  breached: {
    late: [[], 1],
    running: [[], 1],
    paused: [[], null],
    met: [[], null],
    cancelled: [[], null],
    waived: [[], null],
    withdrawn: [[], null],
    cycle: [[], null],
    early: [[], 1],
    wake: [['opened', 'level 1', 'level 2'], 3],
    acknowledge: [refused, 1],
    raise: [refused, 1]
  },
  open: {
    late: [[], 2],
    running: [[], 2],
    paused: [[], null],
    met: [['stopped: clock_met'], null],
    cancelled: [['stopped: clock_cancelled'], null],
    waived: [['stopped: clock_waived'], null],
    withdrawn: [['stopped: breach_withdrawn'], null],
    cycle: [['stopped: new_cycle'], null],
    early: [[], 2],
    wake: [['level 2'], 3],
    acknowledge: [['acknowledged: mine'], null],
    raise: [['level 2'], 3]
  },
  held: {
    late: [[], null],
    running: [[], 2],
    paused: [[], null],
    met: [['stopped: clock_met'], null],
    cancelled: [['stopped: clock_cancelled'], null],
    waived: [['stopped: clock_waived'], null],
    withdrawn: [['stopped: breach_withdrawn'], null],
    cycle: [['stopped: new_cycle'], null],
    early: [[], null],
    wake: [[], null],
    acknowledge: [['acknowledged: mine'], null],
    raise: [['level 2'], null]
  },
  acknowledged: {
    late: [[], null],
    running: [[], null],
    paused: [[], null],
    met: [[], null],
    cancelled: [[], null],
    waived: [[], null],
    withdrawn: [[], null],
    cycle: [[], null],
    early: [[], null],
    wake: [[], null],
    acknowledge: [['acknowledged: mine'], null],
    raise: [refused, null]
  },
  stopped: {
    late: [[], null],
    running: [['opened: clock_running_again'], 2],
    paused: [['opened: clock_running_again'], null],
    met: [[], null],
    cancelled: [[], null],
    waived: [[], null],
    withdrawn: [[], null],
    cycle: [[], null],
    early: [[], null],
    wake: [[], null],
    acknowledge: [refused, null],
    raise: [refused, null]
  },
  exhausted: {
    late: [[], null],
    running: [[], null],
    paused: [[], null],
    met: [[], null],
    cancelled: [[], null],
    waived: [[], null],
    withdrawn: [[], null],
    cycle: [[], null],
    early: [[], null],
    wake: [[], null],
    acknowledge: [['acknowledged: mine'], null],
    raise: [refused, null]
  }
}

t.test('every phase with every input', async (t) => {
  t.same(Object.keys(table), Object.keys(phases), 'no phase is left out')
  for (const [phase, row] of Object.entries(table)) {
    t.same(Object.keys(row).sort(), Object.keys(inputs).sort(), `${phase}: no input is left out`)
    for (const [name, [what, wakeHours]] of Object.entries(row)) {
      const outcome = decide(phases[phase]!, inputs[name]!)
      t.same(outcome.refused === true ? refused : kinds(outcome), what, `${phase} + ${name}`)
      t.equal(outcome.wakeAt, wakeHours === null ? null : DUE + wakeHours * HOUR, `${phase} + ${name}: next wake`)
      if (outcome.refused === true) t.same(outcome.state, phases[phase], 'a refusal changes nothing')
    }
  }
})

t.test('levels come one by one, the last says so, then the escalation policy is exhausted', async (t) => {
  const first = wake(phases.breached!, DUE + HOUR)
  t.match(first.events, [
    { kind: 'opened', escalation: { id: id('esc'), level: 0, version: 1, openedAt: DUE + HOUR } },
    {
      kind: 'level_reached',
      number: 1,
      last: false,
      superseded: false,
      dueAt: DUE + HOUR,
      actions: [{ kind: 'notify', personIds: [id('ann')] }],
      escalation: { level: 1, version: 2 }
    }
  ])
  const second = wake(first.state, DUE + 2 * HOUR + 5)
  t.match(second.events, [{ number: 2, dueAt: DUE + 2 * HOUR }])
  const third = wake(second.state, DUE + 3 * HOUR)
  t.match(third.events, [{ number: 3, last: true, escalation: { state: 'open' } }, {
    kind: 'exhausted',
    escalation: { state: 'exhausted', level: 3, version: 5 }
  }])
})

t.test('a level at PT0S opens at the breach, one before the deadline before it', async (t) => {
  const steps = policy(
    level({ beforeDeadline: 'PT1H' }),
    level({ afterDeadline: 'PT0S' }),
    level({ unacknowledgedFor: 'PT30M' })
  )
  const watching = decidedEvents(emptyCase, clock(1), steps)
  t.equal(watching.wakeAt, DUE - HOUR)
  const warned = wake(watching.state, DUE - HOUR)
  t.same(kinds(warned), ['opened', 'level 1'])
  t.equal(warned.wakeAt, null, 'the next waits for the breach to be announced')
  const late = decidedEvents(warned.state, clock(2, { breachedAt: DUE }), steps)
  t.equal(late.wakeAt, DUE)
  const second = wake(late.state, DUE + 7)
  t.equal(second.wakeAt, DUE + 7 + HOUR / 2, 'unacknowledged counts from when the level before was really reached')
})

t.test('after downtime each level that came due is recorded and only the highest notifies', async (t) => {
  const actions = [{ notify: true }, { reassign: 'first_target' }, { raisePriority: 'one_step' }] as const
  const steps = policy(
    level({ afterDeadline: 'PT0S' }, { actions, targets: [{ stepsUp: 1 }] }),
    level({ afterDeadline: 'PT1H' }, { actions: [{ notify: true }, { raisePriority: 'one_step' }] }),
    level({ afterDeadline: 'PT2H' }, { actions, targets: [{ stepsUp: 2 }] }),
    level({ afterDeadline: 'PT9H' })
  )
  const outcome = wake(decidedEvents(emptyCase, breached, steps).state, DUE + 5 * HOUR)
  t.match(outcome.events, [
    { kind: 'opened' },
    {
      number: 1,
      superseded: true,
      dueAt: DUE,
      targets: [{ personId: id('max') }],
      actions: [{ kind: 'raise_priority', priority: 'P1' }]
    },
    { number: 2, superseded: true, dueAt: DUE + HOUR, actions: [{ kind: 'raise_priority', priority: 'P0' }] },
    {
      number: 3,
      superseded: false,
      actions: [{ kind: 'notify', personIds: [id('mia')] }, { kind: 'reassign', assigneeId: id('mia') }]
    }
  ])
  t.equal(outcome.events.length, 4)
  t.equal(outcome.wakeAt, DUE + 9 * HOUR)
})

t.test('levels whose filters refuse the ticket are passed over, for good', async (t) => {
  const steps = policy(
    level({ afterDeadline: 'PT1H' }, { priorities: ['P0'] }),
    level({ unacknowledgedFor: 'PT1H' }),
    level({ afterDeadline: 'PT4H' }, { severities: ['critical'] })
  )
  const first = wake(decidedEvents(emptyCase, breached, steps).state, DUE + HOUR)
  t.same(first.events, [], 'nothing opens')
  t.equal(first.wakeAt, DUE + 2 * HOUR, 'the unacknowledged time counts from when the level was due')
  const second = wake(first.state, DUE + 2 * HOUR)
  t.same(kinds(second), ['opened', 'level 2'])
  t.same(kinds(wake(second.state, DUE + 4 * HOUR)), ['exhausted: no level is left'])
  t.same(kinds(decide(second.state, { kind: 'raise', reason: 'x', ticket, people: staff, inCharge, now: DUE })), [
    'exhausted: no level is left'
  ])
  const skipped = decide(
    wake(
      decidedEvents(
        emptyCase,
        breached,
        policy(
          level({ afterDeadline: 'PT1H' }),
          level({ afterDeadline: 'PT2H' }, { priorities: ['P0'] }),
          level({ afterDeadline: 'PT3H' })
        )
      ).state,
      DUE + HOUR
    ).state,
    { kind: 'raise', reason: 'x', ticket, people: staff, inCharge, now: DUE + HOUR }
  )
  t.same(kinds(skipped), ['level 3', 'exhausted: no level is left'], 'a raise goes over them')
})

t.test('time in which the clock does not run does not count for a level', async (t) => {
  const pause = (
    sequence: number,
    from: number,
    to: number
  ) => [{ sequence, at: from, running: false, over: false }, {
    sequence: sequence + 1,
    at: to,
    running: true,
    over: false
  }]
  const running = (...transitions: ReturnType<typeof pause>) => clock(20, { breachedAt: DUE, transitions })
  t.equal(
    decidedEvents(phases.held!, running(...pause(3, DUE + 1.5 * HOUR, DUE + 4 * HOUR))).wakeAt,
    DUE + 4.5 * HOUR,
    'half an hour was left'
  )
  t.equal(
    decidedEvents(
      phases.held!,
      running(...pause(3, DUE + 1.5 * HOUR, DUE + 4 * HOUR), ...pause(5, DUE + 4.25 * HOUR, DUE + 5 * HOUR))
    ).wakeAt,
    DUE + 5.25 * HOUR,
    'and of each pause'
  )
  t.equal(
    decidedEvents(phases.held!, running(...pause(3, DUE - 5 * HOUR, DUE - HOUR))).wakeAt,
    DUE + 2 * HOUR,
    'a pause before the deadline is in the deadline'
  )
  t.equal(
    decidedEvents(phases.held!, running(...pause(3, DUE + 3 * HOUR, DUE + 4 * HOUR))).wakeAt,
    DUE + 2 * HOUR,
    'one that began later changes nothing'
  )
  t.equal(
    decidedEvents(
      phases.held!,
      running({ sequence: 3, at: DUE + 1.5 * HOUR, running: false, over: false }, {
        sequence: 4,
        at: DUE + 1.75 * HOUR,
        running: false,
        over: false
      }, { sequence: 5, at: DUE + 2 * HOUR, running: true, over: false })
    ).wakeAt,
    DUE + 2.5 * HOUR,
    'paused for a second reason'
  )
  const unack = policy(level({ afterDeadline: 'PT1H' }), level({ unacknowledgedFor: 'PT2H' }))
  const open = wake(decidedEvents(emptyCase, breached, unack).state, DUE + HOUR)
  t.equal(
    decidedEvents(open.state, running(...pause(3, DUE + 1.5 * HOUR, DUE + 9 * HOUR))).wakeAt,
    DUE + 10.5 * HOUR,
    'nor for the unacknowledged time'
  )
})

t.test('after a clock that was met goes on, levels are not repeated; after a withdrawn breach they are', async (t) => {
  const again = decidedEvents(phases.stopped!, clock(5, { breachedAt: DUE, dueAt: DUE + HOUR }))
  t.match(again.state, { cursor: 1, escalation: { id: id('esc'), state: 'open', level: 1 } })
  const withdrawn = decidedEvents(phases.open!, clock(5, { dueAt: DUE + 100 * HOUR }))
  t.match(withdrawn.state, { cursor: 0, escalation: null })
  const anew = decidedEvents(withdrawn.state, clock(6, { dueAt: DUE + 100 * HOUR, breachedAt: DUE + 100 * HOUR }))
  t.equal(anew.wakeAt, DUE + 101 * HOUR)
})

t.test('a breach counts once it was announced live, in whatever order that arrives', async (t) => {
  const imported = decidedEvents(emptyCase, clock(5, { breachedAt: DUE, announced: null }))
  t.equal(imported.wakeAt, null, 'a breach of the imported past')
  t.equal(
    decidedEvents(imported.state, clock(4, { breachedAt: DUE })).wakeAt,
    DUE + HOUR,
    'its announcement comes late'
  )
  t.equal(
    decidedEvents(
      imported.state,
      clock(6, { cycle: 2, breachedAt: DUE, announced: { sequence: 6, cycle: 1, from: DUE } })
    )
      .wakeAt,
    null,
    'that of another cycle'
  )
})

t.test('a clock without an escalation policy is never escalated; a pinned escalation policy stays', async (t) => {
  t.equal(decide(emptyCase, { kind: 'clock', clock: breached, policy: null }).wakeAt, null)
  t.equal(decidedEvents(phases.open!, clock(7, { breachedAt: DUE }), pinnedPreset).state.policy, three)
  t.equal(
    decidedEvents(phases.breached!, clock(7, { breachedAt: DUE }), pinnedPreset).state.policy,
    pinnedPreset,
    'not reached yet: the newest choice'
  )
})

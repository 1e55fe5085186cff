import fc from 'fast-check'
import t from 'tap'
import { emptyCase, type CaseState, type ClockCopy } from '../../src/domain/case.ts'
import { decide, type Decision, type Input } from '../../src/domain/escalation.ts'
import { clock, DUE, HOUR, id, policy, level, staff, ticket, inCharge } from './fixtures.ts'

const three = policy(
  level({ afterDeadline: 'PT1H' }),
  level({ afterDeadline: 'PT2H' }),
  level({ afterDeadline: 'PT3H' })
)

function receive (state: CaseState, change: ClockCopy, chosen = three): Decision {
  return decide(state, { kind: 'clock', clock: change, policy: chosen })
}
function wake (state: CaseState, now: number): Decision {
  return decide(state, { kind: 'wake', escalationId: id(String(now)), ticket, people: staff, inCharge, now })
}
function levels ({ events }: Decision): number[] {
  return events.flatMap((event) => event.kind === 'level_reached' ? [event.number] : [])
}
const acknowledge: Input = { kind: 'acknowledge', note: null }
const resumed = (sequence: number, at: number, change: Partial<ClockCopy> = {}): ClockCopy =>
  clock(sequence, { breachedAt: DUE, transitions: [{ sequence, at, running: true, over: false }], ...change })
const met = (sequence: number, at: number): ClockCopy =>
  clock(sequence, { breachedAt: DUE, state: 'met', transitions: [{ sequence, at, running: false, over: true }] })

t.test('levels count from the deadline that was missed, wherever the deadline goes afterwards', async (t) => {
  const first = wake(receive(receive(emptyCase, clock(1)).state, clock(2, { breachedAt: DUE })).state, DUE + HOUR)
  t.same(levels(first), [1])
  for (const dueAt of [DUE - 100 * HOUR, DUE + HOUR / 2, DUE + 100 * HOUR]) {
    const moved = receive(first.state, clock(3, { dueAt, breachedAt: dueAt, announced: null }))
    t.equal(moved.wakeAt, DUE + 2 * HOUR, `deadline moved by ${(dueAt - DUE) / HOUR} h`)
    t.same(levels(wake(moved.state, DUE + 2 * HOUR)), [2], 'one level, not all')
  }
})

t.test('a breach announced late counts from then: the escalation policy starts at its first level', async (t) => {
  const now = DUE + 500 * HOUR
  const late = receive(emptyCase, clock(1, { breachedAt: DUE, announced: { sequence: 1, cycle: 1, from: now } }))
  t.equal(late.wakeAt, now + HOUR)
  const first = wake(late.state, now + HOUR)
  t.same(levels(first), [1])
  t.equal(first.wakeAt, now + 2 * HOUR)
})

t.test('a level before the deadline that moves the deadline does not set off those above it', async (t) => {
  const steps = policy(
    level({ beforeDeadline: 'PT3H' }),
    level({ beforeDeadline: 'PT2H' }),
    level({ beforeDeadline: 'PT1H' }),
    level({ afterDeadline: 'PT0S' })
  )
  const first = wake(receive(emptyCase, clock(1), steps).state, DUE - 3 * HOUR)
  t.same(levels(first), [1])
  t.equal(first.wakeAt, DUE - 2 * HOUR)
  const near = receive(first.state, clock(2, { dueAt: DUE - 2.5 * HOUR }), steps)
  t.equal(near.wakeAt, null, 'both instants lie before the level that was reached: they wait for the breach')
  const missed = receive(near.state, clock(3, { dueAt: DUE - 2.5 * HOUR, breachedAt: DUE - 2.5 * HOUR }), steps)
  const gravest = wake(missed.state, DUE - 2.5 * HOUR).events.filter((event) =>
    event.kind === 'level_reached' && !event.superseded
  )
  t.match(gravest, [{ number: 4 }], 'and then only the gravest notifies anybody')
  const nearer = receive(first.state, clock(2, { dueAt: DUE - HOUR / 2 }), steps)
  t.equal(nearer.wakeAt, DUE - 2.5 * HOUR, 'one that lies ahead follows the new deadline')
  t.equal(receive(first.state, clock(2, { dueAt: DUE + HOUR }), steps).wakeAt, DUE - HOUR, 'also to a later one')
  t.same(
    levels(wake(receive(emptyCase, clock(1), steps).state, DUE - 1.5 * HOUR)),
    [1, 2],
    'after downtime all that are due are reached'
  )
})

t.test('acknowledging records who took it on: at any level, after the last, and after somebody else', async (t) => {
  const open = wake(receive(emptyCase, clock(2, { breachedAt: DUE })).state, DUE + HOUR).state
  const exhausted = wake(open, DUE + 3 * HOUR).state
  t.equal(exhausted.escalation?.state, 'exhausted')
  for (const state of [open, exhausted]) {
    const taken = decide(state, acknowledge)
    t.match(taken, {
      events: [{ kind: 'acknowledged' }],
      wakeAt: null,
      state: { escalation: { state: 'acknowledged' } }
    })
    t.match(decide(taken.state, { kind: 'acknowledge', note: 'mine now' }).events, [{
      kind: 'acknowledged',
      reason: 'mine now'
    }])
  }
  t.equal(decide(receive(open, met(3, DUE)).state, acknowledge).refused, true, 'nothing is left to take on')
})

t.test('a clock that goes on after it was met escalates again, whatever was acknowledged before', async (t) => {
  const open = wake(receive(emptyCase, clock(2, { breachedAt: DUE })).state, DUE + HOUR).state
  const handled = { acknowledged: decide(open, acknowledge).state, exhausted: wake(open, DUE + 3 * HOUR).state }
  for (const [name, state] of Object.entries(handled)) {
    const over = receive(state, met(3, DUE + 4 * HOUR))
    t.match(over, { wakeAt: null, state: { escalation: { state: name } } }, `${name}, then met`)
    const again = receive(over.state, resumed(4, DUE + 50 * HOUR))
    t.equal(again.wakeAt, DUE + 51 * HOUR, 'counted from when it went on')
    const first = wake(again.state, DUE + 51 * HOUR)
    t.match(first.events, [{ kind: 'opened' }, { kind: 'level_reached', number: 1 }])
    t.equal(
      receive(decide(first.state, acknowledge).state, clock(5, { breachedAt: DUE })).wakeAt,
      null,
      'acknowledged anew it is quiet'
    )
    t.match(receive(state, clock(5, { breachedAt: DUE, dueAt: DUE + HOUR })), {
      wakeAt: null,
      state: { escalation: { state: name } }
    }, 'a clock that never stopped is not')
    t.match(
      receive(
        over.state,
        clock(4, {
          breachedAt: DUE,
          state: 'paused',
          transitions: [{ sequence: 4, at: DUE + 5 * HOUR, running: false, over: false }]
        })
      ),
      { wakeAt: null }
    )
  }
})

t.test('how a clock stopped and went on after an acknowledgement ends the same in any order of events', async (t) => {
  const handled =
    decide(wake(receive(emptyCase, clock(2, { breachedAt: DUE })).state, DUE + HOUR).state, acknowledge).state
  const life = fc.array(fc.constantFrom('running', 'paused', 'met', 'cancelled', 'replanned'), {
    minLength: 1,
    maxLength: 8
  }).map((states) => {
    let now: ClockCopy['state'] = 'running'
    return states.map((state, i): ClockCopy => {
      const sequence = i + 3
      if (state === 'replanned') return clock(sequence, { breachedAt: DUE, announced: null, state: now })
      now = state
      const transitions = [{
        sequence,
        at: DUE + sequence * HOUR,
        running: state === 'running',
        over: state === 'met' || state === 'cancelled'
      }]
      return clock(sequence, { breachedAt: DUE, announced: null, state, transitions })
    })
  })
  fc.assert(
    fc.property(
      life.chain((clocks) =>
        fc.tuple(fc.constant(clocks), fc.shuffledSubarray([...clocks, ...clocks], { minLength: 2 * clocks.length }))
      ),
      ([clocks, shuffled]) => {
        const after = (list: readonly ClockCopy[]): unknown =>
          list.reduce((state, each) => receive(state, each).state, handled)
        t.same(after(shuffled), after(clocks))
      }
    ),
    { numRuns: 300 }
  )
})

import fc from 'fast-check'
import t from 'tap'
import { emptyCase, type CaseState, type ClockCopy } from '../../src/domain/case.ts'
import { decide } from '../../src/domain/escalation.ts'
import { clock, DUE, HOUR, id, policy, level, staff, ticket, inCharge } from './fixtures.ts'

const steps = policy(
  level({ beforeDeadline: 'PT1H' }),
  level({ afterDeadline: 'PT1H' }),
  level({ unacknowledgedFor: 'PT1H' }),
  level({ afterDeadline: 'PT5H' })
)
const order = fc.infiniteStream(fc.nat())

/**
 * A clock's life: its events in the order of their sequence; a breach, once announced, is not withdrawn and announced
 * again.
 */
const life = fc.array(
  fc.record({
    state: fc.constantFrom('running', 'paused', 'met', 'cancelled', 'waived'),
    due: fc.integer({ min: -5, max: 5 }),
    resumed: fc.boolean()
  }),
  { minLength: 1, maxLength: 8 }
)
  .chain((list) => fc.record({ list: fc.constant(list), breach: fc.nat({ max: 8 }), withdrawn: fc.nat({ max: 12 }) }))
  .map(({ list, breach, withdrawn }) =>
    list.map(({ state, due, resumed }, i): ClockCopy =>
      clock(i + 1, {
        state: state as ClockCopy['state'],
        dueAt: state === 'paused' ? null : DUE + due * HOUR,
        breachedAt: i >= breach && i < breach + withdrawn ? DUE : null,
        transitions: resumed
          ? [{
            sequence: i + 1,
            at: DUE + i,
            running: state === 'running',
            over: !['running', 'paused'].includes(state)
          }]
          : []
      })
    )
  )

function shuffled<T> (list: readonly T[], stream: Iterable<number>): T[] {
  const keys = stream[Symbol.iterator]()
  return list.map((item) => ({ item, key: keys.next().value as number })).sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

function apply (state: CaseState, clocks: readonly ClockCopy[]): CaseState {
  return clocks.reduce(
    (before, each) => decide(before, { kind: 'clock', clock: each, policy: steps }).state,
    state
  )
}

/**
 * What must not depend on the order: everything but how many events it took, and which withdrawn escalation was which.
 */
function essence (state: CaseState): unknown {
  const { escalation, ...rest } = state
  return { ...rest, escalation: escalation === null ? null : { state: escalation.state, level: escalation.level } }
}

t.test('late, repeated and reordered clock events end in the same state before anything opened', async (t) => {
  fc.assert(
    fc.property(life, order, (clocks, stream) => {
      t.same(apply(emptyCase, shuffled([...clocks, ...clocks], stream)), apply(emptyCase, clocks))
    }),
    { numRuns: 300 }
  )
})

t.test('and with an escalation open', async (t) => {
  const open = decide(apply(emptyCase, [clock(1, { breachedAt: DUE })]), {
    kind: 'wake',
    escalationId: id('esc'),
    ticket,
    people: staff,
    inCharge,
    now: DUE + HOUR
  }).state
  fc.assert(
    fc.property(life, order, (clocks, stream) => {
      const later = clocks.map((each) => ({
        ...each,
        sequence: each.sequence + 1,
        breachedAt: DUE,
        transitions: each.transitions.map((one) => ({ ...one, sequence: one.sequence + 1 }))
      }))
      t.same(essence(apply(open, shuffled([...later, ...later], stream))), essence(apply(open, later)))
    }),
    { numRuns: 300 }
  )
})

t.test('no level is reached twice, levels only grow, however clocks and wakes mix', async (t) => {
  const step = fc.oneof(
    life.map((clocks) => ({ clocks })),
    fc.integer({ min: -2, max: 12 }).map((hours) => ({ hours }))
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (list) => {
      let state = emptyCase
      let sequence = 0
      let now = DUE - 2 * HOUR
      let opened = 0
      const reached = new Map<string, number>()
      for (const each of list) {
        if ('clocks' in each) {
          for (const one of each.clocks) {
            state = decide(state, { kind: 'clock', clock: { ...one, sequence: ++sequence }, policy: steps }).state
          }
          continue
        }
        now = Math.max(now, DUE + each.hours * HOUR)
        const outcome = decide(state, {
          kind: 'wake',
          escalationId: id(String(++opened)),
          ticket,
          people: staff,
          inCharge,
          now
        })
        for (const event of outcome.events) {
          if (event.kind !== 'level_reached') continue
          t.ok(event.number > (reached.get(event.escalation.id) ?? 0) && event.dueAt <= now)
          reached.set(event.escalation.id, event.number)
        }
        t.equal(
          outcome.events.filter((event) =>
            event.kind === 'level_reached' && event.actions.some(({ kind }) => kind === 'notify')
          ).length,
          outcome.events.some((event) => event.kind === 'level_reached')
            ? 1
            : 0
        )
        t.ok(outcome.wakeAt === null || outcome.wakeAt > now, 'nothing due is left behind')
        state = outcome.state
      }
    }),
    { numRuns: 200 }
  )
})

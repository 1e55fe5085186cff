import type { Micros } from '@dueline/business-time'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { AgreementVersion } from '../../src/domain/agreements.ts'
import { diff, passTime } from '../../src/domain/diff.ts'
import type { Difference, FiredMark, StoredClock } from '../../src/domain/difference.ts'
import type { StoredFact } from '../../src/domain/facts.ts'
import { fold } from '../../src/domain/fold.ts'
import { replay } from '../../src/domain/replay.ts'
import { consumedAt } from '../../src/domain/snapshot.ts'
import { calendars, randomFacts, randomAgreement, randomAgreements, theEnd } from './random-timeline.ts'
import { nine, MINUTE } from './timeline-builder.ts'

const runs = { numRuns: Number(process.env['DUELINE_PROPERTY_RUNS'] ?? 400) }
const later = fc.integer({ min: 0, max: 14 * 24 * 60 }).map((minutes) => nine + minutes * MINUTE)

function counter (): () => string {
  let count = 0
  return () => `clock-${++count}`
}

/** Delivers pieces one after another at one instant, as the service would, and keeps what it would store. */
function deliver (pieces: readonly (StoredFact | AgreementVersion)[], asOf: Micros) {
  const facts: StoredFact[] = []
  const agreementVersions: AgreementVersion[] = []
  const newId = counter()
  const clocks = new Map<string, StoredClock>()
  const fired: FiredMark[] = []
  const all: Difference[] = []
  const overs: boolean[] = []
  for (const piece of pieces) {
    if ('sequence' in piece) facts.push(piece)
    else agreementVersions.push(piece)
    const folded = fold({ facts, agreementVersions, calendars, asOf })
    const difference = diff({ stored: [...clocks.values()], fired, folded, catchUpBefore: -Infinity, newId })
    for (const row of difference.rows) clocks.set(row.id, row)
    fired.push(...difference.newMarks)
    all.push(difference)
    overs.push(folded.over)
  }
  return { clocks: [...clocks.values()], fired, all, overs }
}

function sorted (difference: Difference): Difference {
  return { ...difference, rows: [...difference.rows].sort((a, b) => a.id < b.id ? -1 : 1) }
}

/** A stored clock without what depends on how the events came: identity, counters, and which marks were said before. */
function state (clocks: readonly StoredClock[]) {
  return clocks.filter(({ voided }) => !voided)
    .map(({ id, sequence, withdrawals, planned, ...rest }) => ({
      ...rest,
      planned: planned.map(({ said, ...mark }) => mark)
    }))
    .sort((a, b) => `${a.metric} ${a.cycle}` < `${b.metric} ${b.cycle}` ? -1 : 1)
}

/** Clocks with a breach that was said and not taken back. */
function breached (clocks: readonly StoredClock[], fired: readonly FiredMark[]): string[] {
  return clocks.filter(({ id, withdrawals, voided }) =>
    !voided && fired.some((mark) => mark.clockId === id && mark.key === 'breach' && mark.round === withdrawals)
  )
    .map(({ metric, cycle }) => `${metric} ${cycle}`).sort()
}

t.test('the same facts in any order and any number give the same clocks', async (t) => {
  fc.assert(
    fc.property(
      randomFacts.chain((facts) =>
        fc.tuple(fc.constant(facts), fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length }))
      ),
      randomAgreements,
      later,
      ([facts, some], agreementVersions, asOf) => {
        const shuffled = [...some, ...facts]
        assert.deepEqual(
          fold({ facts: shuffled, agreementVersions: [...agreementVersions].reverse(), calendars, asOf }),
          fold({ facts, agreementVersions, calendars, asOf })
        )
      }
    ),
    runs
  )
  t.pass()
})

t.test('assigning to anybody or nobody cuts segments: consumed time, deadlines and marks stay', async (t) => {
  fc.assert(
    fc.property(randomFacts, randomAgreements, fc.array(later, { maxLength: 6 }), (facts, agreementVersions, cuts) => {
      const handed = cuts.map((at, index): StoredFact => ({
        id: `cut-${index}`,
        at,
        sequence: 10_000 + index,
        kind: 'assigned',
        data: { assigneeId: index % 2 === 0 ? null : `agent-${index}`, teamId: null }
      }))
      const whole = fold({ facts, agreementVersions, calendars, asOf: theEnd })
      const cut = fold({ facts: [...facts, ...handed], agreementVersions, calendars, asOf: theEnd })
      const essence = ({ clocks }: typeof whole) =>
        clocks.map(({ segments, consumedBefore, runningSince, ...rest }) => ({
          ...rest,
          consumed: consumedAt({ consumedBefore, runningSince, calendar: rest.calendar }, theEnd, calendars)
        }))
      assert.deepEqual(essence(cut), essence(whole))
    }),
    runs
  )
  t.pass()
})

t.test('a running clock: what is left until the deadline is what remains of the target', async (t) => {
  fc.assert(
    fc.property(randomFacts, randomAgreements, later, (facts, agreementVersions, wanted) => {
      const { clocks, asOf } = fold({ facts, agreementVersions, calendars, asOf: wanted })
      for (const clock of clocks) {
        const consumed = consumedAt(clock, asOf, calendars)
        if (clock.state === 'running' && clock.dueAt !== null) {
          if (consumed < clock.target) {
            assert.equal(calendars(clock.calendar)!.diff(asOf, clock.dueAt), clock.target - consumed)
          } // used up to the microsecond at a close, and running on from there: the deadline stays at that close
          else assert.ok(clock.dueAt <= asOf)
        }
        assert.equal(clock.dueAt === null, clock.state === 'paused')
      }
    }),
    runs
  )
  t.pass()
})

t.test('under one agreement a clock is breached exactly when it consumed more than its target', async (t) => {
  fc.assert(
    fc.property(randomFacts, randomAgreement, (facts, agreed) => {
      const plain = facts.filter(({ kind }) => kind !== 'clock_extended')
      const lasting: AgreementVersion = { ...agreed, terms: { ...agreed.terms!, reopen: 'continue' } }
      for (const clock of fold({ facts: plain, agreementVersions: [lasting], calendars, asOf: theEnd }).clocks) {
        const consumed = consumedAt(clock, theEnd, calendars)
        if (consumed > clock.target) assert.notEqual(clock.breachedAt, null)
        if (clock.breachedAt !== null) assert.ok(consumed >= clock.target)
        if (clock.state === 'met' && clock.dueAt !== null) {
          assert.equal(clock.breachedAt !== null, clock.stoppedAt! > clock.dueAt)
        }
      }
    }),
    runs
  )
  t.pass()
})

t.test('under one agreement no next response is owed while the first is, unless it says always', async (t) => {
  fc.assert(
    fc.property(randomFacts, randomAgreement, later, (facts, agreed, asOf) => {
      const known = facts.filter(({ at }) => at <= asOf)
      const { nextResponse } = agreed.terms!
      const owed = fold({ facts: known, agreementVersions: [agreed], calendars, asOf }).clocks
        .filter(({ state }) => state === 'running' || state === 'paused').map(({ metric }) => metric)
      assert.ok(nextResponse === 'always' || !owed.includes('first_response') || !owed.includes('next_response'))
    }),
    runs
  )
  t.pass()
})

t.test('the fast path of a timer and the full fold agree', async (t) => {
  fc.assert(
    fc.property(randomFacts, randomAgreements, later, later, (facts, agreementVersions, a, b) => {
      const known = facts.filter(({ at }) => at <= Math.min(a, b))
      const made = agreementVersions.filter(({ version, madeAt }) => version === 1 || madeAt <= Math.min(a, b))
      const first = deliver([...made, ...known], Math.min(a, b))
      const now = Math.max(a, b)
      const folded = fold({ facts: known, agreementVersions: made, calendars, asOf: now })
      const full = diff({ stored: first.clocks, fired: first.fired, folded, catchUpBefore: nine, newId: counter() })
      const fast = passTime(first.clocks, now, nine, folded.over)
      if (first.clocks.some(({ pauseEndsAt }) => pauseEndsAt !== null && pauseEndsAt <= now)) assert.equal(fast, null)
      else assert.deepEqual(sorted(fast!), sorted(full))
    }),
    { numRuns: 1000 }
  )
  t.pass()
})

t.test('late, repeated and reordered facts end in the same clocks and breaches as timely ones', async (t) => {
  const updates = fc.tuple(randomFacts, randomAgreements).chain(([facts, agreementVersions]) =>
    fc.tuple(
      fc.constant(facts),
      fc.constant(agreementVersions),
      fc.shuffledSubarray([...facts, ...agreementVersions, ...facts], { minLength: facts.length })
    )
  )
  fc.assert(
    fc.property(updates, ([facts, agreementVersions, some]) => {
      const timely = replay({ facts, agreementVersions, calendars, asOf: theEnd, newId: counter() })
      const late = deliver([...some, ...facts, ...agreementVersions], theEnd)
      assert.deepEqual(state(late.clocks), state(timely.clocks))
      assert.deepEqual(breached(late.clocks, late.fired), breached(timely.clocks, timely.fired))
    }),
    runs
  )
  t.comment(`${runs.numRuns} histories`)
  t.pass()
})

t.test('a later agreement ends no clock; without a target it leaves what was used, warned of and missed', async (t) => {
  const change = fc.tuple(randomAgreement, fc.constantFrom('from_now' as const, 'retroactive' as const), fc.boolean())
  fc.assert(
    fc.property(
      randomFacts,
      randomAgreements,
      change,
      later,
      (facts, agreementVersions, [{ terms }, effect, withdraws], madeAt) => {
        const known = facts.filter(({ at }) => at < madeAt)
        const made = agreementVersions.filter((one) => one.version === 1 || one.madeAt < madeAt)
        const before = fold({ facts: known, agreementVersions: made, calendars, asOf: madeAt - 1 })
        const last: AgreementVersion = {
          kind: 'sla',
          version: 9,
          ticketVersion: 9,
          policyVersion: 1,
          supersedes: [],
          madeAt,
          effect,
          terms: withdraws ? null : { ...terms!, agreementId: 'agreement-9' }
        }
        const after = fold({ facts: known, agreementVersions: [...made, last], calendars, asOf: theEnd })
        for (const clock of before.clocks) {
          const same = after.clocks.find(({ metric, cycle }) => metric === clock.metric && cycle === clock.cycle)
          assert.notEqual(same, undefined)
          if (last.terms?.targets[clock.metric] !== undefined) continue
          assert.ok(same!.state !== 'running' && same!.state !== 'paused')
          assert.equal(same!.breachedAt, clock.breachedAt)
          assert.equal(same!.warnedAt, clock.warnedAt)
          assert.equal(same!.consumedBefore, consumedAt(clock, madeAt, calendars))
          assert.equal(same!.agreementId, clock.agreementId)
        }
      }
    ),
    runs
  )
  t.pass()
})

t.test('one pass notifies people of one mark of a ticket at most, the gravest, of none when it is over', async (t) => {
  const graveness = { breached: 3, overdue: 2, warned: 1, reminded: 1 }
  const updates = fc.tuple(randomFacts, randomAgreements)
    .chain(([facts, agreementVersions]) => fc.shuffledSubarray([...facts, ...agreementVersions], { minLength: 1 }))
  fc.assert(
    fc.property(updates, later, (pieces, asOf) => {
      const { all, overs, fired } = deliver(pieces, asOf)
      for (const [index, { changes }] of all.entries()) {
        const marks = changes.flatMap(({ mark }) => mark === null ? [] : [mark])
        const announced = marks.filter(({ recordedOnly }) => recordedOnly === null)
        assert.ok(announced.length <= 1)
        if (overs[index]) assert.ok(marks.every(({ recordedOnly }) => recordedOnly === 'over'))
        for (const { event, attachedLate } of announced) {
          assert.ok(!attachedLate || event === 'breached', 'what lay in the past is recorded, but for the miss')
          for (const mark of marks) {
            if (mark.recordedOnly === 'superseded' && !mark.attachedLate) {
              assert.ok(graveness[mark.event] <= graveness[event])
            }
          }
        }
      }
      const marks = all.flatMap(({ changes }) => changes.flatMap(({ mark }) => mark ?? []))
      assert.deepEqual(
        fired.map(({ recordedOnly }) => recordedOnly),
        marks.map(({ recordedOnly }) => recordedOnly),
        'and it is kept'
      )
    }),
    runs
  )
  t.pass()
})

t.test('a cycle has at most one standing breach, each mark is said once per round, sequences are dense', async (t) => {
  const updates = fc.tuple(randomFacts, randomAgreements).chain(([facts, agreementVersions]) =>
    fc.shuffledSubarray([...facts, ...agreementVersions], { minLength: 1 })
  )
  fc.assert(
    fc.property(updates, (pieces) => {
      const { all, fired, clocks } = deliver(pieces, theEnd)
      assert.equal(new Set(fired.map(({ clockId, key, round }) => `${clockId} ${key} ${round}`)).size, fired.length)
      for (const { id, sequence, breachedAt } of clocks) {
        const mine = all.flatMap(({ changes }) => changes).filter(({ clockId }) => clockId === id)
        assert.deepEqual(mine.map((change) => change.sequence), mine.map((_, index) => index + 1))
        assert.equal(mine.length, sequence)
        const standing = mine.filter(({ type }) => type === 'breached').length -
          mine.filter(({ type }) => type === 'breach-withdrawn').length
        assert.equal(standing, breachedAt === null ? 0 : 1)
      }
    }),
    runs
  )
  t.pass()
})

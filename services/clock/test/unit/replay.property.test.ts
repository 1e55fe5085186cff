import assert from 'node:assert/strict'
import type { Micros } from '@dueline/business-time'
import fc from 'fast-check'
import t from 'tap'
import type { AgreementVersion } from '../../src/domain/agreements.ts'
import type { StoredFact } from '../../src/domain/facts.ts'
import { fold, RunningFold, type FoldedClock } from '../../src/domain/fold.ts'
import { replay } from '../../src/domain/replay.ts'
import { calendars, randomFacts, randomAgreements, theEnd } from './random-timeline.ts'
import { replaySlowly } from './replay-oracle.ts'
import { HOUR, MINUTE, nine } from './timeline-builder.ts'

const runs = { numRuns: Number(process.env['DUELINE_PROPERTY_RUNS'] ?? 400) }
const instant = fc.integer({ min: -60, max: 14 * 24 * 60 }).map((minutes) => nine + minutes * MINUTE)

/** Agreements of one or two kinds. */
const agreementVersions: fc.Arbitrary<AgreementVersion[]> = fc.tuple(randomAgreements, fc.option(randomAgreements)).map(
  ([sla, ola]) => [
    ...sla,
    ...(ola ?? []).map((agreed): AgreementVersion => ({
      ...agreed,
      kind: 'ola',
      terms: agreed.terms && { ...agreed.terms }
    }))
  ]
)

/** The same timeline, some of it in one instant and some before the creation. */
const facts: fc.Arbitrary<StoredFact[]> = fc.tuple(
  randomFacts,
  fc.integer({ min: 1, max: 6 }),
  instant.filter((at) => at < nine + HOUR)
)
  .map(([timeline, coarse, createdAt]) =>
    timeline.map((fact) => ({
      ...fact,
      at: fact.kind === 'created' ? createdAt : nine + Math.floor((fact.at - nine) / (coarse * HOUR)) * coarse * HOUR
    }))
  )

function counter (): () => string {
  let count = 0
  return () => `clock-${String(++count).padStart(4, '0')}`
}

/** A clock without the open time of its last segment, which passes by itself and so makes no clock another one. */
function shape ({ segments, ...clock }: FoldedClock) {
  return {
    ...clock,
    segments: segments.map((segment, index) => index < segments.length - 1 ? segment : { ...segment, consumed: null })
  }
}

t.test('a replay is what folding everything again at every instant comes to', async (t) => {
  fc.assert(
    fc.property(facts, agreementVersions, instant, (facts, agreementVersions, asOf) => {
      const input = { facts, agreementVersions, calendars, asOf }
      assert.deepEqual(replay({ ...input, newId: counter() }), replaySlowly({ ...input, newId: counter() }))
    }),
    runs
  )
  t.pass()
})

t.test('a fold that goes on, looked at between any facts, ends as one of the whole history', async (t) => {
  const looks = fc.array(fc.boolean(), { minLength: 13, maxLength: 13 })
  fc.assert(
    fc.property(facts, agreementVersions, looks, (facts, agreementVersions, looks) => {
      const ordered = [...facts].sort((a, b) => a.at - b.at || a.sequence - b.sequence)
      const running = new RunningFold({ agreementVersions, calendars })
      const clocks = new Map<string, FoldedClock>()
      const look = (asOf: Micros): void => {
        for (const clock of running.look(asOf).clocks) clocks.set(`${clock.kind} ${clock.metric} ${clock.cycle}`, clock)
      }
      for (const [index, fact] of ordered.entries()) {
        assert.ok(running.add([fact]))
        if (looks[index]) look(-Infinity)
      }
      look(theEnd)
      const whole = fold({ facts, agreementVersions, calendars, asOf: theEnd })
      assert.equal(clocks.size, whole.clocks.length)
      for (const clock of whole.clocks) {
        assert.deepEqual(shape(clocks.get(`${clock.kind} ${clock.metric} ${clock.cycle}`)!), shape(clock))
      }
    }),
    runs
  )
  t.pass()
})

t.test('a fold that goes on refuses what happened before', async (t) => {
  const at = (minutes: number): StoredFact => ({
    id: `fact-${minutes}`,
    at: nine + minutes * MINUTE,
    sequence: minutes,
    kind: 'status',
    data: { to: 'open' }
  })
  const running = new RunningFold({ agreementVersions: [], calendars })
  t.ok(running.add([at(10)]))
  t.notOk(running.add([at(5)]), 'before a fact that was taken in')
  t.notOk(running.add([at(10)]), 'a fact that was taken in')
  running.look(nine + 20 * MINUTE)
  t.notOk(running.add([at(19)]), 'before the last look')
  t.ok(running.add([at(20)]), 'in the instant of the last look')
  t.ok(running.add([]))
})

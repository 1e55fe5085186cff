import t from 'tap'
import { refusalOf, type CommandKind } from '../../src/domain/commands.ts'
import type { StoredClock } from '../../src/domain/difference.ts'
import { agreementVersion } from './timeline-builder.ts'

const now = 1_000
const clockThat = (part: object): StoredClock =>
  ({ state: 'running', metric: 'resolution', pausedFor: [], pauseEndsAt: null, ...part }) as unknown as StoredClock
const paused = (part: object = {}) =>
  clockThat({ state: 'paused', pausedFor: ['manual'], pauseEndsAt: now + 1, ...part })
const lets = agreementVersion({ targets: { resolution: 1 }, pauseRules: { resolution: ['manual'] } }).terms
const forbids = agreementVersion({ targets: { resolution: 1 }, pauseRules: { resolution: [] } }).terms
const commands: CommandKind[] = ['clock_paused', 'clock_resumed', 'clock_extended', 'clock_waived']
const refusals = (clock: StoredClock, terms = lets) => commands.map((command) => refusalOf(command, clock, terms, now))

t.test('a clock that has stopped takes no command', (t) => {
  for (const state of ['met', 'cancelled', 'waived'] as const) {
    t.same(refusals(clockThat({ state })), Array(4).fill(`the clock is ${state}: it has stopped`))
  }
  t.end()
})

t.test('a running clock is paused, not resumed; one that is paused by hand the other way round', (t) => {
  t.same(refusals(clockThat({})), [null, 'the clock is not paused by hand', null, null])
  t.same(refusals(paused()), ['the clock is paused by hand already', null, null, null])
  const both = paused({ pausedFor: ['waiting_on_customer', 'manual'] })
  t.same(refusals(both), ['the clock is paused by hand already', null, null, null])
  t.end()
})

t.test('what is not, or no more, a pause by hand is none', (t) => {
  for (
    const part of [
      { pausedFor: ['waiting_on_customer'], pauseEndsAt: null },
      { pausedFor: ['waiting_on_customer'], pauseEndsAt: now + 1 },
      { pauseEndsAt: null },
      { pauseEndsAt: now },
      { pauseEndsAt: now - 1 }
    ]
  ) t.same(refusals(paused(part)), [null, 'the clock is not paused by hand', null, null], JSON.stringify(part))
  t.end()
})

t.test('an agreement may forbid pauses by hand, and nothing else', (t) => {
  const refused = 'the agreement does not let a resolution clock be paused by hand'
  t.same(refusals(clockThat({}), forbids), [refused, 'the clock is not paused by hand', null, null])
  t.same(refusals(paused(), forbids), ['the clock is paused by hand already', null, null, null])
  t.equal(refusalOf('clock_paused', clockThat({}), null, now), null, 'none is known')
  t.end()
})

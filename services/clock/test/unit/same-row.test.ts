import t from 'tap'
import type { StoredClock } from '../../src/domain/difference.ts'
import { sameRow } from '../../src/domain/same-row.ts'
import { earliest, wakeOf } from '../../src/domain/wake.ts'

const mark = { kind: 'breached', key: 'breached', at: 90, percent: null, urgent: false, said: false }
const clock = {
  id: 'c',
  sequence: 4,
  state: 'running',
  target: 60,
  extended: 0,
  consumedBefore: 0,
  runningSince: 10,
  dueAt: 90,
  startedAt: 10,
  stoppedAt: null,
  pauseEndsAt: null,
  warnedAt: null,
  breachedAt: null,
  agreementId: 'a',
  policyVersion: 1,
  escalationPolicyId: null,
  withdrawals: 0,
  voided: false,
  pausedFor: [],
  calendar: { id: 'k', version: 1 },
  planned: [mark, { ...mark, key: 'overdue', at: 95 }]
} as unknown as StoredClock
const withClock = (change: object): StoredClock => ({ ...clock, ...change })
const withMark = (change: object): StoredClock =>
  withClock({ planned: [clock.planned[0]!, { ...clock.planned[1]!, ...change }] })

t.test('a row is the same as its copy only', async (t) => {
  t.equal(sameRow(clock, structuredClone(clock)), true)
  t.equal(sameRow(undefined, clock), false)
})

const others: Record<string, StoredClock> = {
  ...Object.fromEntries(
    Object.entries(clock).filter(([name, value]) => name !== 'id' && (value === null || typeof value !== 'object')).map(
      (
        [name]
      ) => [name, withClock({ [name]: 'another' })]
    )
  ),
  'a reason to pause': withClock({ pausedFor: ['manual'] }),
  'another calendar': withClock({ calendar: { id: 'l', version: 1 } }),
  'another version of the calendar': withClock({ calendar: { id: 'k', version: 2 } }),
  'a mark less': withClock({ planned: clock.planned.slice(0, 1) }),
  'a mark more': withClock({ planned: [...clock.planned, mark] }),
  'a mark with another key': withMark({ key: 'warned' }),
  'a mark at another time': withMark({ at: 96 }),
  'a mark that was said': withMark({ said: true }),
  'a mark that is urgent': withMark({ urgent: true })
}
for (const [name, other] of Object.entries(others)) {
  t.test(`not the same: ${name}`, async (t) => {
    t.equal(sameRow(clock, other), false)
    t.equal(sameRow(other, clock), false)
  })
}

t.test('a clock wakes at its first mark that was not said, or when its pause ends', async (t) => {
  t.equal(wakeOf(clock), 90)
  t.equal(wakeOf(withClock({ planned: [{ ...mark, said: true }, { ...mark, at: 95 }] })), 95)
  t.equal(wakeOf(withClock({ pauseEndsAt: 50 })), 50)
  t.equal(wakeOf(withClock({ pauseEndsAt: 120 })), 90)
  t.equal(wakeOf(withClock({ planned: [], pauseEndsAt: 120 })), 120)
  t.equal(wakeOf(withClock({ planned: [] })), null)
})

t.test('the earliest of instants leaves out those that are none', async (t) => {
  t.equal(earliest([null, 3, 2, null, 5]), 2)
  t.equal(earliest([4, 9]), 4)
  t.equal(earliest([null]), null)
  t.equal(earliest([]), null)
})

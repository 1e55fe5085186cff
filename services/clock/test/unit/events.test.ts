import { parseInstant } from '@dueline/business-time'
import t from 'tap'
import type { Change, ChangeType, StoredClock } from '../../src/domain/difference.ts'
import { eventOf, type EventContext } from '../../src/domain/events.ts'
import { alwaysOpen } from '../../src/domain/open-time.ts'
import { consumedAt, snapshotOf } from '../../src/domain/snapshot.ts'

const MINUTE = 60_000_000
const noon = parseInstant('2026-01-05T12:00:00Z')
const clock = {
  id: 'clock',
  metric: 'resolution',
  kind: 'sla',
  cycle: 1,
  state: 'running',
  pausedFor: [],
  target: 60 * MINUTE,
  extended: 0,
  consumedBefore: 10 * MINUTE,
  runningSince: noon - 20 * MINUTE,
  dueAt: noon + 30 * MINUTE,
  startedAt: noon - 40 * MINUTE,
  stoppedAt: null,
  pauseEndsAt: null,
  warnedAt: null,
  breachedAt: null,
  agreementId: 'agreement',
  policyVersion: 1,
  calendar: { id: null, version: 0 },
  escalationPolicyId: null,
  planned: [],
  withdrawals: 0,
  voided: false,
  sequence: 9
} as unknown as StoredClock
const ticket = { id: 'ticket' } as EventContext['ticket']
const context = (firedAt = noon): EventContext => ({
  tenantId: 'acme',
  ticket,
  cause: { kind: 'timer', id: null },
  firedAt,
  historical: false,
  calendars: () => alwaysOpen
})
const change = (type: ChangeType, more: Partial<Change> = {}): Change => ({
  type,
  clockId: 'clock',
  sequence: 4,
  time: noon,
  mark: null,
  withdrawn: null,
  ...more
} as Change)
const mark = (event: 'warned' | 'reminded' | 'breached' | 'overdue') => ({
  key: 'breach',
  event,
  urgent: true,
  at: noon,
  attachedLate: true,
  recordedOnly: null,
  catchUp: true
})

t.test('a mark that is reached says which, when it was due and how late it is announced', (t) => {
  for (const event of ['warned', 'reminded', 'breached', 'overdue'] as const) {
    const sent = eventOf('id', change(event, { mark: mark(event) }), clock, context(noon + 1_500))
    t.equal(sent.type, `dueline.clock.${event}.v1`)
    t.match(sent.data, {
      lateness: 'PT0.0015S',
      catchUp: true,
      mark: {
        key: 'breach',
        dueAt: '2026-01-05T12:00:00.000000Z',
        urgent: true,
        recordedOnly: null,
        attachedLate: true
      }
    })
  }
  const early = eventOf('id', change('warned', { mark: mark('warned') }), clock, context(noon - 5))
  t.match(early.data, { lateness: 'PT0S' }, 'never less than nothing')
  t.end()
})

t.test('a mark without its mark is a mistake of the program', (t) => {
  for (const event of ['warned', 'reminded', 'breached', 'overdue'] as const) {
    t.throws(() => eventOf('id', change(event), clock, context()), { message: `a clock is ${event} by no mark` })
  }
  t.end()
})

t.test('what is no mark has its clock only; a withdrawal says what it takes back', (t) => {
  const started = eventOf('id', change('started'), clock, context())
  t.equal(started.type, 'dueline.clock.started.v1')
  t.same(Object.keys(started.data), ['clock', 'ticket', 'cause', 'firedAt'])
  t.match(started, { subject: 'ticket/ticket', partitionKey: 'ticket', sequence: 4, time: noon, tenantId: 'acme' })
  t.equal(started.data.clock.sequence, 4)
  const withdrawn = { dueAt: noon, breachedAt: noon + 2, recordedOnly: 'over' as const }
  const taken = eventOf('id', change('breach-withdrawn', { withdrawn }), clock, context())
  t.equal(taken.type, 'dueline.clock.breach-withdrawn.v1')
  t.match(taken.data, {
    withdrawn: {
      dueAt: '2026-01-05T12:00:00.000000Z',
      breachedAt: '2026-01-05T12:00:00.000002Z',
      recordedOnly: 'over'
    }
  })
  t.end()
})

t.test('a clock is shown as it stands at an instant', (t) => {
  const shown = (part: Partial<StoredClock>, at = noon) =>
    snapshotOf('ticket', { ...clock, ...part }, at, () => alwaysOpen)
  t.match(shown({}), { consumed: 'PT30M', remaining: 'PT30M', overdue: null, timeZone: alwaysOpen.timezone })
  t.match(shown({ runningSince: null }), { consumed: 'PT10M', remaining: 'PT50M' }, 'nothing runs')
  t.match(shown({}, noon - 30 * MINUTE), { consumed: 'PT10M' }, 'before its segment')
  t.match(shown({ breachedAt: noon }), { overdue: 'PT0S', breachedAt: '2026-01-05T12:00:00.000000Z' }, 'not yet over')
  t.match(shown({ breachedAt: noon }, noon + 45 * MINUTE), { overdue: 'PT15M', remaining: '-PT15M' })
  t.throws(() => consumedAt(clock, noon, () => undefined), { message: 'calendar null version 0 is not here' })
  t.equal(snapshotOf('ticket', { ...clock, runningSince: null }, noon, () => undefined).timeZone, null)
  t.end()
})

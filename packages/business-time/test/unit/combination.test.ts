import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  ALWAYS_OPEN,
  CalendarError,
  compileCalendar,
  intersectionOf,
  parseInstant,
  unionOf,
  withClosures
} from '../../src/index.ts'
import { property } from '../../../../test/harness/property.ts'
import { calendar, DAY, distance, inRange } from './arbitraries.ts'

t.setTimeout(0)

const nineToFive = {
  mon: [['09:00', '17:00']],
  tue: [['09:00', '17:00']],
  wed: [['09:00', '17:00']],
  thu: [['09:00', '17:00']],
  fri: [['09:00', '17:00']]
} as const
const berlin = compileCalendar({ timezone: 'Europe/Berlin', weekly: nineToFive })
const newYork = compileCalendar({ timezone: 'America/New_York', weekly: nineToFive })
const [from, to] = [parseInstant('2026-03-09T00:00:00Z'), parseInstant('2026-03-10T00:00:00Z')]

t.test('follow the sun', (t) => {
  const both = unionOf(berlin, newYork)
  t.same([...both.openIntervals(from, to)], [{
    from: parseInstant('2026-03-09T08:00:00Z'),
    to: parseInstant('2026-03-09T21:00:00Z')
  }])
  t.equal(both.timezone, 'UTC')
  t.equal(unionOf(berlin, berlin).timezone, 'Europe/Berlin')
  const shared = intersectionOf(berlin, newYork)
  t.same([...shared.openIntervals(from, to)], [{
    from: parseInstant('2026-03-09T13:00:00Z'),
    to: parseInstant('2026-03-09T16:00:00Z')
  }])
  t.end()
})

t.test('closures', (t) => {
  const closed = withClosures(berlin, [
    { from: parseInstant('2026-03-09T15:00:00Z'), to: parseInstant('2026-03-09T23:00:00Z') },
    { from: parseInstant('2026-03-09T09:00:00.000001Z'), to: parseInstant('2026-03-09T10:00:00Z') }
  ])
  t.equal(closed.diff(from, to), 6 * 3_600_000_000 + 1)
  t.equal(closed.timezone, 'Europe/Berlin')
  t.equal(closed.addWorkingDays(from, 1), parseInstant('2026-03-10T00:00:00Z'))
  t.equal(withClosures(berlin, []).diff(from, to), berlin.diff(from, to))
  t.throws(() => withClosures(berlin, [{ from: 5, to: 5 }]), { name: 'CalendarError', faults: [{ path: '/0/to' }] })
  t.equal(withClosures(berlin, [{ from: 0, to: Number.MAX_SAFE_INTEGER }]).nextOpen(from), null)
  t.equal(
    withClosures(berlin, [{ from, to: parseInstant('2099-01-01T00:00:00Z') }]).nextOpen(from),
    parseInstant('2099-01-01T08:00:00Z')
  )
  const far = { from: parseInstant('2200-01-01T00:00:00Z'), to: parseInstant('2200-01-01T00:00:00.000001Z') }
  const always = withClosures(compileCalendar(ALWAYS_OPEN), [far])
  t.equal(always.nextClose(0), far.from, 'a single closed microsecond, centuries ahead')
  t.equal(always.nextClose(far.to), null)
  t.equal(always.previousClose(far.to), far.from)
  t.end()
})

t.test('two calendars that open once each, far apart', (t) => {
  const once = (date: string) =>
    compileCalendar({ timezone: 'UTC', weekly: {}, overrides: { [date]: [['09:00', '10:00']] } })
  const both = [once('1980-01-01'), once('2200-01-01')] as const
  for (const union of [unionOf(...both), unionOf(both[1], both[0])]) {
    t.equal(union.nextOpen(0), parseInstant('1980-01-01T09:00:00Z'))
    t.equal(union.nextOpen(parseInstant('1980-01-01T10:00:00Z')), parseInstant('2200-01-01T09:00:00Z'))
  }
  t.equal(unionOf(...both).previousClose(parseInstant('2199-01-01T00:00:00Z')), parseInstant('1980-01-01T10:00:00Z'))
  t.equal(intersectionOf(...both).nextOpen(0), null)
  t.end()
})

t.test('bad combinations', (t) => {
  t.throws(() => unionOf(), TypeError)
  t.throws(() => intersectionOf(), TypeError)
  t.throws(() => unionOf({} as never), TypeError)
  try {
    withClosures(berlin, [{ from: 5, to: 5 }, { from: 0.5, to: -1 }, { from: 1, to: 2 }, { from: NaN, to: 2 ** 53 }])
    t.fail('accepted')
  } catch (error) {
    t.ok(error instanceof CalendarError)
    t.same((error as CalendarError).faults.map((fault) => fault.path), [
      '/0/to',
      '/1/from',
      '/1/to',
      '/3/from',
      '/3/to'
    ])
  }
  t.end()
})

const pair = fc.record({ one: calendar, two: calendar, first: distance, second: distance }).map(
  ({ one, two, first, second }) => {
    const a = inRange(one.near + first)
    return { one: one.spec, two: two.spec, a, b: inRange(a + second) }
  }
)

property(t, 'a union is open when either is, an intersection when both are', pair, ({ one, two, a, b }) => {
  const [x, y] = [compileCalendar(one), compileCalendar(two)]
  const [either, both] = [unionOf(x, y), intersectionOf(x, y)]
  const edges = [x, y, either, both].flatMap((calendar) =>
    Array.from(calendar.openIntervals(a, inRange(a + 3 * DAY)), ({ from, to }) => [from, to - 1, to]).flat()
  )
  for (const instant of [a, b, ...edges]) {
    assert.equal(either.isOpen(instant), x.isOpen(instant) || y.isOpen(instant))
    assert.equal(both.isOpen(instant), x.isOpen(instant) && y.isOpen(instant))
  }
  assert.equal(either.diff(a, b) + both.diff(a, b), x.diff(a, b) + y.diff(a, b))
  assert.equal(unionOf(both, x).diff(a, b), x.diff(a, b))
  assert.equal(intersectionOf(either, y).diff(a, b), y.diff(a, b))
})

const windows = fc.array(
  fc.tuple(
    fc.integer({ min: -9 * DAY, max: 9 * DAY }),
    fc.oneof(fc.integer({ min: 1, max: DAY }), fc.integer({ min: 1, max: 99 * DAY }))
  ),
  { maxLength: 8 }
)

property(t, 'closures take away exactly their windows', fc.tuple(pair, windows), ([{ one, a, b }, list]) => {
  const x = compileCalendar(one)
  const closures = list.map(([start, length]) => ({
    from: inRange(a + start),
    to: inRange(inRange(a + start) + length)
  })).filter(({ from, to }) => from < to)
  const closed = withClosures(x, closures)
  for (const instant of [a, b, ...closures.flatMap(({ from, to }) => [from, to, Math.max(from - 1, 0), to - 1])]) {
    assert.equal(
      closed.isOpen(instant),
      x.isOpen(instant) && !closures.some(({ from, to }) => instant >= from && instant < to)
    )
  }
  let inside = 0
  let end = 0
  for (const { from, to } of closures.sort((p, q) => p.from - q.from)) {
    if (to > end) inside += x.diff(Math.max(from, end), to)
    end = Math.max(end, to)
  }
  const [start, finish] = [inRange(a - 10 * DAY), inRange(a + 120 * DAY)]
  assert.equal(closed.diff(start, finish), x.diff(start, finish) - inside)
})

import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { property } from '../../../../test/harness/property.ts'
import { type Calendar, type CalendarSpec, compileCalendar, type SpecInterval } from '../../src/index.ts'
import { calendar, DAY, distance, inRange, LAST, MINUTE, minuteCalendar } from './arbitraries.ts'
import { isOpenByWallClock, openMinutes } from './oracle.ts'

const WINDOW_MINUTES = 2000

/** A calendar and three instants to ask it about. */
const asked = fc.record({ at: calendar, first: distance, second: distance, third: distance }).map(
  ({ at: { spec, near }, first, second, third }) => {
    const a = inRange(near + first)
    return { spec, a, b: inRange(a + second), c: inRange(a + third) }
  }
)

/** The same, with more. */
function askedWith<T extends unknown[]> (...more: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.tuple(asked, fc.tuple<T>(...more)).map(([asked, more]) => ({ ...asked, more }))
}

t.setTimeout(0)

property(
  t,
  'a minute-walking oracle agrees on every operation',
  fc.record({ at: minuteCalendar, i: fc.nat(1000), j: fc.nat(1000) }),
  ({ at, i, j }) => {
    const from = Math.max(0, at.near - 1000 * MINUTE)
    const open = openMinutes(at.spec, from, WINDOW_MINUTES)
    agreesWithMinutes(compileCalendar(at.spec), open, from, 500 + Math.min(i, j), 500 + Math.max(i, j))
  }
)

function agreesWithMinutes (calendar: Calendar, open: boolean[], from: number, i: number, j: number): void {
  const at = (minute: number): number => from + minute * MINUTE
  const total = open.slice(i, j).filter(Boolean).length
  assert.equal(calendar.isOpen(at(i)), open[i], 'isOpen')
  assert.equal(calendar.isOpen(at(i) + MINUTE - 1), open[i], 'isOpen to the last microsecond')
  assert.equal(calendar.diff(at(i), at(j)), total * MINUTE, 'diff')
  const nextOpen = open.indexOf(true, i)
  if (nextOpen >= 0) {
    assert.equal(calendar.nextOpen(at(i)), at(nextOpen), 'nextOpen')
    const nextClose = open.indexOf(false, nextOpen)
    if (nextClose >= 0) assert.equal(calendar.nextClose(at(i)), at(nextClose), 'nextClose')
  }
  const lastOpen = i === 0 ? -1 : open.lastIndexOf(true, i - 1)
  if (lastOpen >= 0) assert.equal(calendar.previousClose(at(i)), at(lastOpen + 1), 'previousClose')
  if (total > 0) {
    const end = open.lastIndexOf(true, j - 1) + 1
    assert.equal(calendar.add(at(i), total * MINUTE), at(end), 'add')
    assert.equal(calendar.add(at(j), -total * MINUTE), at(open.indexOf(true, i)), 'add back')
    const onward = open.indexOf(true, end)
    if (onward >= 0) {
      assert.equal(calendar.add(at(i), total * MINUTE, { inverse: 'latest' }), at(onward), 'add to the next opening')
    }
  }
}

/** Checks a property on compiled calendars; the cases themselves stay plain data, to be shown when one fails. */
function calendarProperty<T extends { spec: CalendarSpec }> (
  name: string,
  cases: fc.Arbitrary<T>,
  check: (value: T & { calendar: Calendar }) => void
): void {
  property(t, name, cases, (value) => check({ ...value, calendar: compileCalendar(value.spec) }))
}

calendarProperty('isOpen is what the wall clock says, to the microsecond', asked, ({ spec, calendar, a, b }) => {
  assert.equal(calendar.isOpen(a), isOpenByWallClock(spec, a))
  for (const instant of [calendar.nextOpen(b), calendar.nextClose(b), calendar.previousClose(b)]) {
    if (instant === null || instant === 0) continue
    assert.equal(calendar.isOpen(instant), isOpenByWallClock(spec, instant))
    assert.equal(calendar.isOpen(instant - 1), isOpenByWallClock(spec, instant - 1))
  }
})

calendarProperty('a microsecond is open or not: diff(t, t + 1) is isOpen(t)', asked, ({ calendar, a, b }) => {
  for (const instant of [a, b, calendar.nextClose(a), calendar.nextOpen(b)]) {
    if (instant === null || instant === LAST) continue
    assert.equal(calendar.diff(instant, instant + 1), calendar.isOpen(instant) ? 1 : 0)
  }
})

calendarProperty('diff(t, add(t, d)) is d, either way', askedWith(distance), ({ calendar, a, more: [d] }) => {
  const there = calendar.add(a, d)
  if (there !== null) assert.equal(calendar.diff(a, there), d)
  else assert.ok(d > 0 ? calendar.diff(a, LAST) <= d : calendar.diff(0, a) <= -d)
})

calendarProperty('diff is additive and antisymmetric', asked, ({ calendar, a, b, c }) => {
  assert.equal(calendar.diff(a, b) + calendar.diff(b, c), calendar.diff(a, c))
  assert.equal(calendar.diff(a, b), 0 - calendar.diff(b, a))
})

calendarProperty('diff and add are monotone', askedWith(distance, distance), ({ calendar, a, b, more: [d, e] }) => {
  const open = calendar.diff(Math.min(a, b), Math.max(a, b))
  assert.ok(open >= 0 && open <= Math.abs(b - a))
  const [sooner, later] = [calendar.add(a, Math.min(d, e)), calendar.add(a, Math.max(d, e))]
  if (sooner !== null && later !== null) assert.ok(sooner <= later)
  const [first, second] = [calendar.add(Math.min(a, b), d), calendar.add(Math.max(a, b), d)]
  if (first !== null && second !== null) assert.ok(first <= second)
})

calendarProperty(
  'cutting a span anywhere changes nothing',
  askedWith(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 })),
  ({ calendar, a, b, more: [cuts] }) => {
    const points = [a, ...cuts.sort((x, y) => x - y).map((cut) => a + Math.floor((b - a) * cut)), b]
    let sum = 0
    for (let i = 1; i < points.length; i++) sum += calendar.diff(points[i - 1]!, points[i]!)
    assert.equal(sum, calendar.diff(a, b))
  }
)

calendarProperty(
  'adding in parts comes to the same instant',
  askedWith(fc.nat(40 * DAY), fc.nat(40 * DAY)),
  ({ calendar, a, more: [d, e] }) => {
    const part = calendar.add(a, d)
    if (part !== null && d > 0 && e > 0) assert.equal(calendar.add(part, e), calendar.add(a, d + e))
  }
)

calendarProperty(
  'openIntervals, isOpen and diff agree',
  askedWith(fc.nat(40 * DAY)),
  ({ calendar, a, b, more: [length] }) => {
    const to = inRange(a + length)
    let open = 0
    let end = -1
    for (const stretch of calendar.openIntervals(a, to)) {
      assert.ok(stretch.from > end && stretch.from >= a && stretch.from < stretch.to && stretch.to <= to)
      assert.ok(calendar.isOpen(stretch.from) && calendar.isOpen(stretch.to - 1))
      assert.ok(stretch.from === a || !calendar.isOpen(stretch.from - 1))
      assert.ok(stretch.to === to || !calendar.isOpen(stretch.to))
      open += stretch.to - stretch.from
      end = stretch.to
      if (b >= a && b < to && b >= stretch.from && b < stretch.to) assert.ok(calendar.isOpen(b))
    }
    assert.equal(open, calendar.diff(a, to))
  }
)

calendarProperty('a calendar and its split-up twin agree', asked, ({ spec, calendar, a, b }) => {
  const twin = compileCalendar(splitUp(spec))
  assert.equal(twin.diff(a, b), calendar.diff(a, b))
  assert.equal(twin.isOpen(a), calendar.isOpen(a))
  assert.equal(twin.nextClose(a), calendar.nextClose(a))
})

/** The same calendar in more and overlapping pieces, in another order, with repeated holidays. */
function splitUp (spec: CalendarSpec): CalendarSpec {
  const pieces = (intervals: readonly SpecInterval[]): SpecInterval[] =>
    intervals.flatMap(([from, to]): SpecInterval[] => {
      const middle = to < from ? '23:59:30' : '12:00'
      return from < middle && (to < from || middle < to) ? [[middle, to], [from, middle], [from, to]] : [[from, to]]
    }).reverse()
  const each = <T extends object>(record: T): T =>
    Object.fromEntries(Object.entries(record).map(([key, list]) => [key, pieces(list)])) as T
  return {
    timezone: spec.timezone.toLowerCase(),
    weekly: each(spec.weekly),
    holidays: [...spec.holidays ?? [], ...spec.holidays ?? []],
    overrides: each(spec.overrides ?? {}),
    breaks: each(spec.breaks ?? {}),
    weeklyBreaks: each(spec.weeklyBreaks ?? {}),
    yearlyHolidays: [...spec.yearlyHolidays ?? [], ...spec.yearlyHolidays ?? []].reverse(),
    seasons: (spec.seasons ?? []).map((season) => ({
      ...season,
      weekly: each(season.weekly),
      weeklyBreaks: each(season.weeklyBreaks ?? {})
    })).reverse()
  }
}

calendarProperty(
  'the two inverses bracket all instants with the same open time',
  askedWith(distance),
  ({ calendar, a, more: [d] }) => {
    const earliest = calendar.add(a, d, { inverse: 'earliest' })
    const latest = calendar.add(a, d, { inverse: 'latest' })
    const usual = calendar.add(a, d)
    if (earliest !== null && latest !== null) {
      assert.ok(usual !== null && earliest <= usual && usual <= latest)
      assert.equal(calendar.diff(earliest, latest), 0)
      assert.equal(usual, d > 0 ? earliest : d < 0 ? latest : a)
    }
    if (earliest !== null && earliest > 0) assert.equal(calendar.diff(earliest - 1, earliest), 1)
    if (latest !== null) assert.ok(calendar.isOpen(latest))
  }
)

calendarProperty('openings and closes are where the state changes', asked, ({ calendar, a }) => {
  const open = calendar.nextOpen(a)
  if (open === null) {
    assert.equal(calendar.diff(a, LAST), 0)
    assert.equal(calendar.nextClose(a), null)
    return
  }
  assert.ok(open >= a && calendar.isOpen(open))
  assert.equal(calendar.diff(a, open), 0)
  const close = calendar.nextClose(a)
  assert.equal(calendar.diff(open, close ?? LAST), (close ?? LAST) - open)
  if (close !== null) assert.ok(close > open && !calendar.isOpen(close) && calendar.previousClose(close) === close)
})

import t from 'tap'
import { planDays } from '../../src/day-plan.ts'
import {
  ALWAYS_OPEN,
  type Calendar,
  calendarSizeFaults,
  compileCalendar,
  formatInstant,
  parseInstant
} from '../../src/index.ts'
import { localOpening } from '../../src/local-opening.ts'
import { weekOf, WHOLE_RANGE } from '../../src/range.ts'
import { readCalendar } from '../../src/reading.ts'
import { WEEKDAYS } from '../../src/spec.ts'
import { DAY, HOUR, LAST } from './arbitraries.ts'

t.setTimeout(0)

const day = [['09:00', '17:00']] as const
const weekly = { mon: day, tue: day, wed: day, thu: day, fri: day }

t.test('the ends of the range', (t) => {
  const always = compileCalendar(ALWAYS_OPEN)
  t.equal(always.diff(0, LAST), LAST)
  t.equal(always.diff(LAST, 0), -LAST)
  t.equal(always.add(0, LAST), LAST)
  t.equal(always.add(LAST, -LAST), 0)
  t.equal(always.add(LAST, 1), null)
  t.equal(always.add(LAST, LAST), null)
  t.equal(always.add(0, -1), null)
  t.equal(always.add(0, -LAST), null)
  t.equal(always.add(LAST - 5, 3, { inverse: 'latest' }), LAST - 2)
  t.equal(always.add(LAST, 0), LAST)
  t.equal(always.nextOpen(LAST), LAST)
  t.equal(always.nextClose(0), null)
  t.equal(always.previousClose(LAST), LAST)
  t.same([...always.openIntervals(0, LAST)], [{ from: 0, to: LAST }])
  t.same([...always.openIntervals(LAST, 0)], [])
  const auckland = compileCalendar({ timezone: 'Pacific/Auckland', weekly })
  t.equal(formatInstant(auckland.previousClose(LAST - 2 * HOUR - 48 * 60_000_000)!), '2255-06-05T05:00:00.000000Z')
  t.equal(formatInstant(auckland.nextOpen(LAST - HOUR)!), '2255-06-05T22:47:34.740991Z')
  t.equal(auckland.previousClose(0), 0, 'open in Auckland as 1970 begins in UTC')
  const honolulu = compileCalendar({ timezone: 'Pacific/Honolulu', weekly })
  t.equal(honolulu.previousClose(parseInstant('1970-01-01T00:00:00Z')), 0)
  t.equal(compileCalendar({ timezone: 'UTC', weekly }).previousClose(1), null, 'the close before is in 1969')
  t.equal(
    compileCalendar({ timezone: 'UTC', weekly }).add(parseInstant('1970-01-01T09:00:00Z'), 0, { inverse: 'earliest' }),
    null
  )
  t.end()
})

t.test('the first and the last dates of the range can be off', (t) => {
  for (
    const [timezone, date, instant] of [['Pacific/Honolulu', '1969-12-31', 0], ['UTC', '1970-01-01', 0], [
      'UTC',
      '2255-06-05',
      LAST
    ], ['Pacific/Auckland', '2255-06-06', LAST]] as const
  ) {
    t.equal(
      compileCalendar({ ...ALWAYS_OPEN, timezone, holidays: [date] }).isOpen(instant),
      false,
      `${timezone} ${date}`
    )
    t.equal(compileCalendar({ ...ALWAYS_OPEN, timezone, overrides: { [date]: [] } }).isOpen(instant), false)
    t.equal(
      compileCalendar({ ...ALWAYS_OPEN, timezone, breaks: { [date]: [['00:00', '24:00']] } }).isOpen(instant),
      false
    )
  }
  t.end()
})

t.test('never open, and open only once', (t) => {
  const never = compileCalendar({ timezone: 'Asia/Tokyo', weekly: {} })
  t.equal(never.diff(0, LAST), 0)
  for (
    const answer of [never.add(5, 5), never.add(5, -5), never.nextOpen(5), never.nextClose(5), never.previousClose(5)]
  ) t.equal(answer, null)
  const closed = compileCalendar({
    timezone: 'Asia/Tokyo',
    weekly,
    weeklyBreaks: Object.fromEntries(Object.keys(weekly).map((key) => [key, [['00:00', '24:00']]]))
  })
  t.equal(closed.nextOpen(5), null)
  const once = compileCalendar({ timezone: 'Asia/Tokyo', weekly: {}, overrides: { '2026-03-03': day } })
  const [open, close] = [parseInstant('2026-03-03T00:00:00Z'), parseInstant('2026-03-03T08:00:00Z')]
  t.equal(once.nextOpen(0), open)
  t.equal(once.previousClose(LAST), close)
  t.equal(once.add(0, 8 * HOUR), close)
  t.equal(once.add(0, 8 * HOUR, { inverse: 'latest' }), null, 'nothing opens after')
  t.equal(once.add(0, 8 * HOUR + 1), null)
  t.equal(once.add(LAST, -8 * HOUR), open)
  t.equal(once.add(0, 0, { inverse: 'latest' }), open)
  const except = compileCalendar({ ...ALWAYS_OPEN, holidays: ['2200-01-01'] })
  t.equal(except.nextClose(0), parseInstant('2200-01-01T00:00:00Z'))
  for (const [open, close] of [['00:00', '23:59:59.999999'], ['00:00:00.000001', '24:00']] as const) {
    const hardly = compileCalendar({ ...ALWAYS_OPEN, overrides: { '2200-01-01': [[open, close]] } })
    t.equal(
      hardly.nextClose(0),
      parseInstant(close === '24:00' ? '2200-01-01T00:00:00Z' : `2200-01-01T${close}Z`),
      'closed for a microsecond'
    )
  }
  t.end()
})

t.test('the only open date, about fifty weeks on, where the first index ends', (t) => {
  for (let day = 330; day < 380; day++) {
    for (const noon of [day * DAY + DAY / 2, LAST - LAST % DAY - day * DAY + DAY / 2]) {
      const calendar = (): Calendar =>
        compileCalendar({
          timezone: 'UTC',
          weekly: {},
          overrides: { [formatInstant(noon).slice(0, 10)]: [['12:00', '13:00']] }
        })
      if (calendar().nextOpen(0) !== noon || calendar().previousClose(LAST) !== noon + HOUR) t.fail(formatInstant(noon))
    }
  }
  t.end()
})

t.test('asked where an index ends', (t) => {
  const monday = parseInstant('2026-03-02T00:00:00Z')
  for (let weeks = 45; weeks < 55; weeks++) {
    for (const sign of [1, -1]) {
      const calendar = compileCalendar({ timezone: 'UTC', weekly })
      t.equal(calendar.isOpen(monday + DAY / 2), true)
      t.equal(calendar.isOpen(monday + sign * weeks * 7 * DAY), false)
      t.equal(calendar.diff(monday, monday + sign * weeks * 7 * DAY), sign * weeks * 40 * HOUR)
      t.equal(calendar.diff(monday + sign * weeks * 7 * DAY, monday), -sign * weeks * 40 * HOUR)
    }
  }
  t.equal(compileCalendar(ALWAYS_OPEN).add(LAST, -LAST), 0, 'at once from end to end')
  t.end()
})

t.test('hardly ever open, but for one week', (t) => {
  const overrides = Object.fromEntries(
    Array.from({ length: 7 }, (_, i) => [`2026-03-0${i + 2}`, [['00:00', '24:00']] as const])
  )
  const calendar = compileCalendar({ timezone: 'UTC', weekly: { mon: [['00:00', '00:01']] }, overrides })
  const monday = parseInstant('2026-03-09T00:00:00Z')
  for (let week = 0; week < 45; week++) {
    t.equal(calendar.add(monday, week * 60_000_000 + 1), monday + week * 7 * DAY + 1)
  }
  for (let week = 2; week < 45; week++) {
    t.equal(
      calendar.add(monday - 7 * DAY, -(week - 1) * 60_000_000 + 1, { inverse: 'latest' }),
      monday - week * 7 * DAY + 1
    )
  }
  t.end()
})

t.test('opened all day for so long that no close is near', (t) => {
  const overrides = Object.fromEntries(
    Array.from(
      { length: 1200 },
      (
        _,
        i
      ) => [formatInstant(parseInstant('2026-01-01T00:00:00Z') + i * DAY).slice(0, 10), [['00:00', '24:00']] as const]
    )
  )
  t.equal(
    formatInstant(
      compileCalendar({ timezone: 'UTC', weekly, overrides }).nextClose(parseInstant('2026-01-05T00:00:00Z'))!
    ),
    '2029-04-15T00:00:00.000000Z'
  )
  t.end()
})

t.test('many holidays', (t) => {
  const dates = Array.from({ length: 100_000 }, (_, i) => new Date((i + 3) * 86_400_000).toISOString().slice(0, 10))
  const calendar = compileCalendar({ timezone: 'America/New_York', weekly, holidays: dates })
  t.equal(calendar.nextOpen(parseInstant('1970-01-04T00:00:00Z')), parseInstant('2243-10-20T13:00:00Z'))
  t.equal(
    calendar.diff(0, LAST),
    calendar.diff(0, parseInstant('1970-01-04T00:00:00Z')) + calendar.diff(parseInstant('2243-10-19T00:00:00Z'), LAST)
  )
  t.end()
})

t.test('many pieces', (t) => {
  const minutes = Array.from({ length: 720 }, (_, i) => [clock(2 * i), clock(2 * i + 1)] as const)
  const calendar = compileCalendar({ timezone: 'UTC', weekly: { mon: minutes } })
  const monday = parseInstant('2026-03-02T00:00:00Z')
  t.equal(calendar.diff(monday, monday + 7 * DAY), 720 * 60_000_000)
  t.equal(calendar.add(monday, 700 * 60_000_000), monday + (2 * 699 + 1) * 60_000_000)
  t.equal([...calendar.openIntervals(monday, monday + DAY)].length, 720)
  t.end()
})

t.test('days that are alike are laid out once, also around changes of the offset', (t) => {
  const pieces = Array.from({ length: 48 }, (_, i) => [clock(30 * i), clock(30 * i + 15)] as const)
  const spec = {
    timezone: 'Europe/Berlin',
    weekly: Object.fromEntries(WEEKDAYS.map((day) => [day, pieces])),
    holidays: ['2026-03-28'],
    overrides: { '2027-10-30': pieces }
  }
  const read = readCalendar(spec)
  const { weeks, shift } = localOpening(read.zone, planDays(read))
  const readWeek = weeks(WHOLE_RANGE, shift)
  const days = new Set<unknown>()
  for (
    let week = weekOf(parseInstant('2000-01-01T00:00:00Z'), shift);
    week < weekOf(parseInstant('2200-01-01T00:00:00Z'), shift);
    week++
  ) readWeek(week).forEach((day) => days.add(day))
  t.ok(days.size < 30, `${days.size} different days in 200 years of two changes each`)
  t.end()
})

t.test('the size of a calendar is judged apart from its other faults', (t) => {
  t.same(calendarSizeFaults({ timezone: 'UTC', weekly: { mon: Array(48) }, holidays: Array(5_000) }), [])
  t.same(
    calendarSizeFaults({ weekly: { mon: Array(49) }, breaks: { x: Array(49) }, holidays: Array(5_001) })
      .map(({ path }) => path),
    ['/holidays', '/weekly/mon', '/breaks/x']
  )
  const season = (from: string, to: string, weekly: object = {}) => ({ from, to, weekly })
  t.same(
    calendarSizeFaults({
      yearlyHolidays: Array(366),
      seasons: [season('2001-01-01', '2014-09-08'), season('2014-09-09', '2014-09-09', { mon: Array(48) })]
    }),
    [],
    '5,000 days are as many as may be in seasons'
  )
  t.same(
    calendarSizeFaults({
      yearlyHolidays: Array(367),
      seasons: [season('2001-01-01', '2014-09-08'), season('2014-09-09', '2014-09-10')]
    }),
    [
      { path: '/yearlyHolidays', message: 'must have at most 366 dates' },
      { path: '/seasons', message: 'must have at most 5000 dates in all' }
    ]
  )
  t.same(calendarSizeFaults({ seasons: Array(100).fill(season('2001-01-01', '2001-01-01')) }), [])
  t.match(calendarSizeFaults({ seasons: Array(101) }), [{ path: '/seasons' }])
  t.match(
    calendarSizeFaults({
      seasons: [null, { ...season('x', '2026-01-01', { tue: Array(49) }), weeklyBreaks: { fri: Array(49) } }]
    }),
    [{ path: '/seasons/1/weekly/tue' }, { path: '/seasons/1/weeklyBreaks/fri' }]
  )
  for (
    const odd of [null, 7, 'x', [], { seasons: [7, 'x', {}, { from: 5, to: '2026-01-01' }] }, {
      weekly: 'x',
      holidays: { length: 9_000 },
      overrides: null
    }]
  ) {
    t.same(calendarSizeFaults(odd), [])
  }
  t.end()
})

function clock (minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

t.test('a small table per calendar: 2,000 distinct ones in use', (t) => {
  const spec = (i: number) => ({
    timezone: 'Europe/Paris',
    weekly: { ...weekly, sat: [['10:00', clock(660 + i % 700)]] as const },
    holidays: [`20${10 + i % 80}-12-25`]
  })
  const now = parseInstant('2026-01-01T00:00:00Z')
  const calendars = []
  const before = memory()
  for (let i = 0; i < 2000; i++) {
    const calendar = compileCalendar(spec(i))
    calendar.add(now, 40 * HOUR)
    calendars.push(calendar)
  }
  const kibPerCalendar = (memory() - before) / 1024 / calendars.length
  t.ok(kibPerCalendar < 64, `${kibPerCalendar.toFixed(1)} KiB each, garbage included`)
  t.end()
})

function memory (): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

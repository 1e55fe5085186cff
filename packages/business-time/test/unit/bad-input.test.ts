import t from 'tap'
import { CalendarError, type CalendarSpec, compileCalendar, describe } from '../../src/index.ts'

/** What is wrong with a calendar. */
function error (spec: unknown): Pick<CalendarError, 'faults'> {
  try {
    compileCalendar(spec as CalendarSpec)
    return { faults: [] }
  } catch (error) {
    if (error instanceof CalendarError) return error
    throw error
  }
}

/** The paths of all faults of a calendar. */
function faultsOf (spec: unknown): string[] {
  return error(spec).faults.map((fault) => fault.path)
}

t.test('every fault at once, with path, message and value', (t) => {
  const spec = {
    timezone: 'Mars/Olympus',
    weekly: {
      mon: [['24:00', '09:00'], ['09:00', '09:00'], ['-1:00', '25:00'], ['09:00'], 'all day', ['9:00', '17:00'], [
        '09:00',
        '17:60'
      ], ['09:00:00.0000001', 17]],
      mno: [['09:00', '17:00']],
      tue: 'closed'
    },
    holidays: ['2023-02-29', 20260101, '2026-1-1'],
    overrides: { '2026-13-01': [], '2026-01-01': [['00:00', '00:00']] },
    breaks: { 'a/b~c': [] },
    weeklyBreaks: [],
    holiday: ['2026-01-01']
  }
  const paths = faultsOf(spec)
  t.same(paths.sort(), [
    '/breaks/a~1b~0c',
    '/holiday',
    '/holidays/0',
    '/holidays/1',
    '/holidays/2',
    '/overrides/2026-01-01/0',
    '/overrides/2026-13-01',
    '/timezone',
    '/weekly/mno',
    '/weekly/mon/0/from',
    '/weekly/mon/1',
    '/weekly/mon/2/from',
    '/weekly/mon/2/to',
    '/weekly/mon/3',
    '/weekly/mon/4',
    '/weekly/mon/5/from',
    '/weekly/mon/6/to',
    '/weekly/mon/7/from',
    '/weekly/mon/7/to',
    '/weekly/tue',
    '/weeklyBreaks'
  ])
  t.throws(() => compileCalendar(spec as never), {
    name: 'CalendarError',
    message: /^calendar has 21 faults: \/holiday is not a calendar field .*; …$/
  })
  t.throws(() => compileCalendar({ timezone: 'UTC', weekly: { mon: [['09:00', '09:00']] } }), {
    message: 'calendar has 1 fault: /weekly/mon/0 is empty: from and to are the same (found ["09:00","09:00"])',
    faults: [{ path: '/weekly/mon/0', message: 'is empty: from and to are the same', value: ['09:00', '09:00'] }]
  })
  t.end()
})

t.test('what is no calendar at all', (t) => {
  for (const spec of [null, undefined, 5, 'UTC', [], () => 0]) t.match(faultsOf(spec)[0], '', String(spec))
  t.same(faultsOf({}), ['/timezone', '/weekly'])
  t.same(faultsOf({ timezone: 'UTC', weekly: {}, holidays: {}, overrides: [], breaks: null }), [
    '/holidays',
    '/overrides'
  ], 'null is as good as left out')
  for (const timezone of ['', '+05:30', 'GMT+1x', 'Europe/Atlantis', 'BST', 'ist', 'SystemV/EST5', null, 3]) {
    t.same(faultsOf({ timezone, weekly: {} }), ['/timezone'], String(timezone))
  }
  // eslint-disable-next-line no-sparse-arrays
  t.same(faultsOf({ timezone: 'UTC', weekly: { mon: [, ['09:00', '17:00']] } }), ['/weekly/mon/0'], 'a hole in a list')
  t.throws(() => compileCalendar({ timezone: 'x'.repeat(500), weekly: {} }), {
    message: `calendar has 1 fault: /timezone is not a known IANA time zone (found "${'x'.repeat(59)}…)`
  }, 'a long value is cut in the message')
  t.throws(() => compileCalendar({ timezone: 'x'.repeat(58), weekly: {} }), {
    message: `calendar has 1 fault: /timezone is not a known IANA time zone (found "${'x'.repeat(58)}")`
  }, 'one of sixty characters is not')
  const holidays = (count: number) => () =>
    compileCalendar({ timezone: 'UTC', weekly: {}, holidays: Array.from({ length: count }, () => 'x') })
  t.throws(holidays(10), { message: /^calendar has 10 faults: [^…]+$/ }, 'ten faults are listed')
  t.throws(holidays(11), { message: /; …$/ })
  t.match(error({ timezone: 'UTC', weekly: { mon: [['24:00', '09:00']] } }).faults, [{
    path: '/weekly/mon/0/from',
    value: '24:00'
  }])
  t.same(
    faultsOf({ timezone: 'UTC', weekly: { mon: [['24:00', '24:00']] } }),
    ['/weekly/mon/0/from'],
    'one fault, not two'
  )
  t.throws(
    () => compileCalendar({ timezone: 10n as never, weekly: {} }),
    { message: /10/ },
    'a value that JSON cannot write'
  )
  t.end()
})

t.test('what is no date', (t) => {
  for (
    const date of [
      '2023-02-29',
      '2100-02-29',
      '2026-02-30',
      '2026-04-31',
      '2026-06-31',
      '2026-09-31',
      '2026-11-31',
      '2026-01-32',
      '2026-01-00',
      '2026-00-01',
      '2026-13-01',
      '2026/01-01',
      '2026-01/01',
      '2026-01-1',
      '2026-01-011',
      '20a6-01-01',
      '2026-0a-01',
      '2026-01-0a',
      '2026-01-0:',
      ' 026-01-01'
    ]
  ) t.same(faultsOf({ timezone: 'UTC', weekly: {}, holidays: [date] }), ['/holidays/0'], date)
  for (const date of ['2000-02-29', '2024-02-29', '2026-01-31', '2026-04-30', '2026-12-31']) {
    t.same(faultsOf({ timezone: 'UTC', weekly: {}, holidays: [date] }), [], date)
  }
  t.end()
})

t.test('seasons and days of every year', (t) => {
  const june = { from: '2026-06-01', to: '2026-06-30', weekly: {} }
  const faults = (more: object) =>
    error({ timezone: 'UTC', weekly: {}, ...more }).faults.map(({ path, message }) => `${path} ${message}`)
  t.same(faults({ seasons: [june, { ...june, from: '2026-07-01', to: '2026-07-01' }] }), [])
  t.same(faults({ seasons: [{ ...june, from: '2026-06-30', to: '2026-07-09' }, june] }), [
    '/seasons/0 overlaps /seasons/1: each date is in one season at most'
  ])
  t.same(faults({ seasons: [{ ...june, to: '2026-05-31' }] }), ['/seasons/0/to is before from'])
  t.same(faults({ seasons: [7, { from: '2026-02-29', name: 'Ramadan' }] }), [
    '/seasons/0 must be an object',
    '/seasons/0/from is not a date (YYYY-MM-DD)',
    '/seasons/0/to is not a date (YYYY-MM-DD)',
    '/seasons/0/weekly must be an object',
    '/seasons/1/name is not a field of a season',
    '/seasons/1/from is not a date (YYYY-MM-DD)',
    '/seasons/1/to is not a date (YYYY-MM-DD)',
    '/seasons/1/weekly must be an object'
  ])
  t.same(faults({ seasons: [{ ...june, weekly: { mon: [['9:00', '17:00']] }, weeklyBreaks: { mno: [] } }] }), [
    '/seasons/0/weekly/mon/0/from is not a time (HH:MM[:SS[.ffffff]], up to 24:00)',
    '/seasons/0/weeklyBreaks/mno is not a weekday (mon, tue, wed, thu, fri, sat, sun)'
  ])
  t.same(faults({ yearlyHolidays: ['02-29', '12-31', '01-01', '01-01'] }), [])
  t.same(
    faults({ yearlyHolidays: ['02-30', '1-1', '2026-01-01', 101, '13-01', '00-10', '1a-01', '01/01'] }),
    [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `/yearlyHolidays/${i} is not a day of the year (MM-DD)`)
  )
  t.same(faults({ yearlyHolidays: {}, seasons: {} }), ['/yearlyHolidays must be a list', '/seasons must be a list'])
  t.end()
})

t.test('what is accepted', (t) => {
  for (
    const spec of [
      { timezone: 'utc', weekly: {} },
      { timezone: 'Asia/Calcutta', weekly: { mon: [] } },
      ...['CET', 'eet', 'EST', 'GMT', 'HST', 'MET', 'MST', 'PRC', 'ROC', 'ROK', 'UCT', 'WET', 'EST5EDT'].map(
        (timezone) => ({ timezone, weekly: {} })
      ),
      { timezone: 'UTC', weekly: { mon: [['12:00', '17:00'], ['09:00', '12:00'], ['10:00', '11:00']] } },
      {
        timezone: 'UTC',
        weekly: { mon: [['09:00:00.5', '24:00:00']] },
        holidays: ['0001-01-01', '9999-12-31', '2024-02-29', '2024-02-29']
      },
      {
        timezone: 'UTC',
        weekly: {},
        overrides: { '0000-01-01': [['22:00', '06:00']], '9999-12-31': [['22:00', '06:00']] }
      }
    ]
  ) t.same(faultsOf(spec), [])
  t.end()
})

t.test('numbers that are no instants or durations', (t) => {
  const calendar = compileCalendar({ timezone: 'UTC', weekly: { mon: [['09:00', '17:00']] } })
  for (const bad of [NaN, Infinity, -Infinity, 0.5, -1, 2 ** 53, '5', null, undefined, 5n, new Date(5)] as number[]) {
    const name = Object.prototype.toString.call(bad) + String(bad)
    for (let fresh = 0; fresh < 2; fresh++) {
      t.throws(() => calendar.isOpen(bad), RangeError, `isOpen(${name})`)
      t.throws(() => calendar.add(bad, 1), RangeError, `add(${name}, 1)`)
      t.throws(() => calendar.add(bad, 0), RangeError, `add(${name}, 0)`)
      t.throws(() => calendar.diff(bad, 1), RangeError, `diff(${name}, 1)`)
      t.throws(() => calendar.diff(1, bad), RangeError, `diff(1, ${name})`)
      t.throws(() => calendar.nextOpen(bad), RangeError)
      t.throws(() => calendar.nextClose(bad), RangeError)
      t.throws(() => calendar.previousClose(bad), RangeError)
      t.throws(() => calendar.openIntervals(bad, 1), RangeError)
      t.throws(() => calendar.openIntervals(1, bad), RangeError)
      t.throws(() => calendar.addWorkingDays(bad, 1), RangeError)
      calendar.isOpen(5)
    }
  }
  for (const bad of [NaN, Infinity, 0.5, -0.5, 2 ** 53, '5', null, undefined, 5n] as number[]) {
    t.throws(() => calendar.add(1, bad), RangeError, `add(1, ${String(bad)})`)
    t.throws(() => calendar.addWorkingDays(1, bad), RangeError)
  }
  t.throws(() => calendar.isOpen(0.5), { message: 'instant must be integer microseconds from 1970 to 2255, not 0.5' })
  t.throws(() => calendar.add(1, NaN), { message: 'duration must be integer microseconds, not NaN' })
  t.throws(() => calendar.addWorkingDays(1, 0.5), { message: 'number of days must be an integer, not 0.5' })
  t.throws(() => calendar.add(1, 1, { inverse: 'last' as never }), {
    name: 'RangeError',
    message: 'inverse must be earliest or latest, not "last"'
  })
  t.throws(() => calendar.addWorkingDays(1, 1, { at: 'noon' as never }), {
    name: 'RangeError',
    message: 'at must be sameTime or open or close, not "noon"'
  })
  t.end()
})

t.test('describe refuses what it has no words for', (t) => {
  t.throws(() => describe({ timezone: 'UTC', weekly: {} }, 'de'), RangeError)
  t.throws(() => describe({ timezone: 'UTC', weekly: {} }, '???'), RangeError)
  t.throws(() => describe({ timezone: 'Nowhere', weekly: {} }, 'en'), CalendarError)
  t.end()
})

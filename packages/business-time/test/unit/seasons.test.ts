import t from 'tap'
import {
  ALWAYS_OPEN,
  type CalendarSpec,
  compileCalendar,
  describe,
  formatInstant,
  parseInstant
} from '../../src/index.ts'
import { DAY, HOUR, LAST } from './arbitraries.ts'

const usual = [['09:00', '17:00']] as const
const short = [['10:00', '15:00']] as const
const riyadh: CalendarSpec = {
  timezone: 'Asia/Riyadh',
  weekly: { sun: usual, mon: usual, tue: usual, wed: usual, thu: usual },
  weeklyBreaks: { mon: [['12:00', '13:00']] },
  yearlyHolidays: ['02-22', '09-23'],
  seasons: [{
    from: '2026-02-18',
    to: '2026-03-19',
    weekly: { sun: short, mon: short, tue: short, wed: short, thu: [['21:00', '02:00']] },
    weeklyBreaks: { tue: [['12:00', '12:30']] }
  }]
}

/** Open hours of each local date of Riyadh, which is three hours ahead. */
function hours (spec: CalendarSpec, from: string, days: number): number[] {
  const calendar = compileCalendar(spec)
  const start = parseInstant(`${from}T00:00:00+03:00`)
  return Array.from({ length: days }, (_, i) => calendar.diff(start + i * DAY, start + (i + 1) * DAY) / HOUR)
}

t.test('a season has hours and breaks of its own, from its first date to its last', (t) => {
  t.same(hours(riyadh, '2026-02-15', 7), [8, 7, 8, 5, 3, 2, 0], 'Sunday 15 to Saturday 21 February')
  t.same(hours(riyadh, '2026-02-22', 3), [0, 5, 4.5], 'a holiday, and the breaks of the season only')
  t.same(hours(riyadh, '2026-03-17', 7), [4.5, 5, 3, 2, 0, 8, 7], 'its last night runs past its end')
  t.end()
})

t.test('holidays, overrides and breaks of dates hold in seasons too', (t) => {
  const spec = {
    ...riyadh,
    holidays: ['2026-03-01'],
    overrides: { '2026-03-02': usual },
    breaks: { '2026-03-04': short }
  }
  t.same(hours(spec, '2026-03-01', 4), [0, 8, 4.5, 0])
  t.end()
})

t.test('a day of every year is closed in every year, and 29 February in leap years', (t) => {
  const calendar = compileCalendar({ ...ALWAYS_OPEN, yearlyHolidays: ['02-29', '12-31', '01-01'] })
  // 365 without two, 366 without three
  for (const year of [1970, 1972, 2000, 2026, 2100, 2104, 2254]) {
    const [start, end] = [year, year + 1].map((each) => parseInstant(`${each}-01-01T00:00:00Z`)) as [number, number]
    t.equal(calendar.diff(start, end), 363 * DAY, String(year))
    t.equal(formatInstant(calendar.nextOpen(start)!).slice(0, 10), `${year}-01-02`)
  }
  t.equal(calendar.isOpen(0), false)
  t.equal(formatInstant(calendar.previousClose(LAST)!), '2255-06-05T23:47:34.740991Z')
  t.equal(formatInstant(calendar.nextClose(parseInstant('2101-01-02T00:00:00Z'))!), '2101-12-31T00:00:00.000000Z')
  t.end()
})

t.test('one closed day a year in what is always open', (t) => {
  const calendar = compileCalendar({ ...ALWAYS_OPEN, yearlyHolidays: ['12-25'] })
  const closeAfter = (text: string): string => formatInstant(calendar.nextClose(parseInstant(text))!)
  t.equal(closeAfter('2026-12-24T23:59:59.999999Z'), '2026-12-25T00:00:00.000000Z')
  t.equal(closeAfter('2026-12-25T00:00:00Z'), '2027-12-25T00:00:00.000000Z')
  t.equal(calendar.diff(0, LAST), LAST - 285 * DAY)
  t.end()
})

t.test('the only open dates are closed by a day of the year', (t) => {
  const calendar = compileCalendar({
    timezone: 'UTC',
    weekly: {},
    seasons: [{ from: '2030-12-24', to: '2030-12-25', weekly: ALWAYS_OPEN.weekly }],
    yearlyHolidays: ['12-25']
  })
  t.equal(calendar.diff(0, LAST), DAY)
  t.equal(formatInstant(calendar.nextOpen(0)!), '2030-12-24T00:00:00.000000Z')
  t.equal(formatInstant(calendar.previousClose(LAST)!), '2030-12-25T00:00:00.000000Z')
  t.end()
})

t.test('a season longer than the range', (t) => {
  const calendar = compileCalendar({
    timezone: 'UTC',
    weekly: {},
    seasons: [{ from: '0000-01-01', to: '9999-12-31', weekly: ALWAYS_OPEN.weekly }]
  })
  t.equal(calendar.diff(0, LAST), LAST)
  t.end()
})

t.test('said in words', (t) => {
  t.equal(
    describe(riyadh, 'en-GB'),
    'Monday: 9:00 to 12:00, 13:00 to 17:00; Tuesday to Thursday and Sunday: 9:00 to 17:00; Friday and Saturday: ' +
      'closed. 18 February 2026 to 19 March 2026: Sunday, Monday and Wednesday: 10:00 to 15:00; Tuesday: ' +
      '10:00 to 12:00, 12:30 to 15:00; Thursday: 21:00 to 2:00 the next day; Friday and Saturday: closed (Asia/Riyadh)'
  )
  t.match(describe(compileCalendar(riyadh), 'ar'), /من 18 فبراير 2026 إلى 19 مارس 2026: /)
  t.end()
})

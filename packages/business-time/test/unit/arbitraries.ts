// Random calendars, zones and instants; half of the instants are near a change of offset.
import fc from 'fast-check'
import { type CalendarSpec, parseInstant, type SpecInterval } from '../../src/index.ts'

export const MINUTE = 60_000_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const LAST = Number.MAX_SAFE_INTEGER

/** Zones with odd histories and some of their changes. */
const ZONES: Readonly<Record<string, readonly string[]>> = {
  UTC: ['2024-02-29T00:00:00Z'],
  'America/New_York': ['2026-03-08T07:00:00Z', '2026-11-01T06:00:00Z', '2007-03-11T07:00:00Z', '2254-11-03T06:00:00Z'],
  'America/St_Johns': ['2011-03-13T03:31:00Z', '2010-11-07T02:31:00Z', '1988-04-03T03:31:00Z'],
  'America/Sao_Paulo': ['2018-11-04T03:00:00Z', '2019-02-17T02:00:00Z'],
  'America/Noronha': ['2000-10-08T02:00:00Z', '2000-10-15T01:00:00Z'],
  'America/Havana': ['2026-03-08T05:00:00Z', '2026-11-01T05:00:00Z'],
  'Europe/Dublin': ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z', '1971-10-31T02:00:00Z'],
  'Europe/Moscow': ['2011-03-26T23:00:00Z', '2014-10-25T22:00:00Z'],
  'Antarctica/Troll': ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z'],
  'Africa/Casablanca': ['2012-07-20T02:00:00Z', '2026-02-15T02:00:00Z', '2026-03-22T02:00:00Z', '2087-05-11T02:00:00Z'],
  'Africa/Cairo': ['2010-08-10T21:00:00Z', '2010-09-09T22:00:00Z', '2023-04-27T22:00:00Z'],
  'Asia/Gaza': ['2040-10-20T00:00:00Z', '2040-10-27T00:00:00Z', '2011-08-31T21:00:00Z'],
  'Asia/Tehran': ['2022-03-21T20:30:00Z', '2022-09-21T19:30:00Z'],
  'Asia/Kathmandu': ['1985-12-31T18:30:00Z'],
  'Asia/Pyongyang': ['2015-08-14T15:00:00Z', '2018-05-04T15:00:00Z'],
  'Australia/Lord_Howe': ['2026-04-04T15:00:00Z', '2026-10-03T15:30:00Z', '1985-10-19T15:30:00Z'],
  'Pacific/Apia': ['2011-12-30T10:00:00Z', '2012-03-31T14:00:00Z'],
  'Pacific/Kwajalein': ['1993-08-20T12:00:00Z', '1993-08-21T12:00:00Z'],
  'Pacific/Kiritimati': ['1994-12-31T10:00:00Z'],
  'Pacific/Chatham': ['2026-04-04T14:00:00Z', '2026-09-26T14:00:00Z']
}

/** A zone and an instant (a whole minute) to be curious about. */
export const place: fc.Arbitrary<{ timezone: string, near: number }> = fc.constantFrom(...Object.keys(ZONES)).chain(
  (timezone) =>
    fc.record({
      timezone: fc.constant(timezone),
      near: fc.oneof(
        fc.tuple(fc.constantFrom(...ZONES[timezone]!.map(parseInstant)), fc.integer({ min: -3000, max: 3000 }))
          .map(([t, minutes]) => t + minutes * MINUTE),
        fc.integer({ min: 10_000, max: 45_000_000 }).map((minutes) => minutes * MINUTE),
        fc.integer({ min: 10_000, max: 150_000_000 }).map((minutes) => minutes * MINUTE)
      )
    })
)

const minuteText = fc.integer({ min: 0, max: 1439 }).map((m) => `${two(Math.floor(m / 60))}:${two(m % 60)}`)

const fineText = fc.integer({ min: 0, max: 86_400_000_000 - 1 }).map((us) => {
  const seconds = `${two(Math.floor(us / 1e6) % 60)}.${String(us % 1e6).padStart(6, '0')}`
  return `${two(Math.floor(us / HOUR))}:${two(Math.floor(us / MINUTE) % 60)}:${seconds}`
})

function two (value: number): string {
  return String(value).padStart(2, '0')
}

function interval (time: fc.Arbitrary<string>): fc.Arbitrary<SpecInterval> {
  const ordinary = fc.constantFrom<SpecInterval>(
    ['09:00', '17:00'],
    ['00:00', '24:00'],
    ['22:00', '06:00'],
    ['00:00', '12:00'],
    ['12:00', '24:00'],
    ['18:00', '00:00'],
    ['01:30', '02:30']
  )
  return fc.oneof(
    ordinary,
    fc.tuple(time, fc.oneof(time, fc.constant('24:00'))).filter(([from, to]) => inFull(from) !== inFull(to))
  )
}

function inFull (time: string): string {
  return time.length === 5 ? `${time}:00.000000` : time
}

function specNear (timezone: string, near: number, time: fc.Arbitrary<string>): fc.Arbitrary<CalendarSpec> {
  const intervals = fc.array(interval(time), { maxLength: 3 })
  const dateAfter = (days: number): string => new Date(Math.max(near + days * DAY, 0) / 1000).toISOString().slice(0, 10)
  const date = fc.integer({ min: -9, max: 9 }).map(dateAfter)
  const weekly = fc.dictionary(fc.constantFrom('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), intervals, {
    maxKeys: 7
  })
  const dated = fc.dictionary(date, intervals, { maxKeys: 4 })
  const season = fc.record({ weekly, weeklyBreaks: fc.oneof(fc.constant({}), weekly) })
  // Between neighbouring marks, so that none overlap, some touch, and some last one day.
  const seasons = fc.tuple(fc.uniqueArray(fc.integer({ min: -12, max: 12 }), { maxLength: 6 }), fc.array(season))
    .map(([days, patterns]) => {
      const marks = days.sort((a, b) => a - b)
      return patterns.slice(0, Math.floor(marks.length / 2)).map((pattern, i) => ({
        from: dateAfter(marks[2 * i]!),
        to: dateAfter(marks[2 * i + 1]! - (i % 2)),
        ...pattern
      })).filter(({ from, to }, i, all) => from <= to && (i === 0 || from > all[i - 1]!.to))
    })
  return fc.record({
    timezone: fc.constant(timezone),
    weekly: fc.oneof(
      weekly,
      intervals.map((every) => ({ mon: every, tue: every, wed: every, thu: every, fri: every, sat: every, sun: every }))
    ),
    holidays: fc.array(date, { maxLength: 4 }),
    yearlyHolidays: fc.array(fc.oneof(date.map((day) => day.slice(5)), fc.constant('02-29')), { maxLength: 3 }),
    seasons,
    overrides: dated,
    breaks: dated,
    weeklyBreaks: fc.oneof(fc.constant({}), weekly)
  })
}

/** A calendar with times of whole minutes, and an instant near which it is interesting. */
export const minuteCalendar = place.chain(({ timezone, near }) =>
  fc.record({ spec: specNear(timezone, near, minuteText), near: fc.constant(near) })
)

/** A calendar with times down to the microsecond. */
export const calendar = place.chain(({ timezone, near }) =>
  fc.record({ spec: specNear(timezone, near, fc.oneof(minuteText, fineText)), near: fc.constant(near) })
)

/** A distance to go from an instant: minutes, days, sometimes decades; in microseconds, either way. */
export const distance = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -200, max: 200 }) },
  { weight: 8, arbitrary: fc.integer({ min: -3 * DAY, max: 3 * DAY }) },
  { weight: 8, arbitrary: fc.integer({ min: -400 * DAY, max: 400 * DAY }) },
  { weight: 1, arbitrary: fc.integer({ min: -30, max: 30 }).map((years) => years * 365 * DAY + 1) }
)

/** The nearest instant of the range. */
export function inRange (t: number): number {
  return Math.min(Math.max(t, 0), LAST)
}

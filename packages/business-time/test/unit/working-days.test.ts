import assert from 'node:assert/strict'
import fc from 'fast-check'
import { DateTime } from 'luxon'
import t from 'tap'
import {
  ALWAYS_OPEN,
  type Calendar,
  type CalendarSpec,
  compileCalendar,
  formatInstant,
  parseInstant,
  unionOf
} from '../../src/index.ts'
import { property } from '../../../../test/harness/property.ts'
import { calendar, DAY, inRange, LAST } from './arbitraries.ts'

t.setTimeout(0)

const week = {
  mon: [['09:00', '17:00']],
  tue: [['09:00', '17:00']],
  wed: [['09:00', '17:00']],
  thu: [['09:00', '17:00']],
  fri: [['09:00', '12:00'], ['13:00', '16:00']]
} as const
const berlin = compileCalendar({ timezone: 'Europe/Berlin', weekly: week, holidays: ['2026-04-03', '2026-04-06'] })

t.test('examples', (t) => {
  const at = (
    text: string,
    n: number,
    options?: { at: 'sameTime' | 'open' | 'close' },
    calendar = berlin
  ): string | null => {
    const instant = calendar.addWorkingDays(parseInstant(text), n, options)
    return instant === null ? null : formatInstant(instant)
  }
  t.equal(at('2026-04-02T10:30:00Z', 1), '2026-04-07T10:30:00.000000Z', 'over Easter')
  t.equal(at('2026-04-02T10:30:00Z', 1, { at: 'open' }), '2026-04-07T07:00:00.000000Z')
  t.equal(at('2026-04-02T10:30:00Z', 6, { at: 'close' }), '2026-04-14T15:00:00.000000Z')
  t.equal(
    at('2026-04-02T10:30:00Z', 4, { at: 'close' }),
    '2026-04-10T14:00:00.000000Z',
    'the last close of a split day'
  )
  t.equal(at('2026-04-07T10:30:00Z', -1), '2026-04-02T10:30:00.000000Z')
  t.equal(at('2026-03-27T21:30:00Z', 1), '2026-03-30T20:30:00.000000Z', 'wall time kept over a change of offset')
  t.equal(at('2026-04-04T10:00:00Z', 0), '2026-04-04T10:00:00.000000Z', 'no days: t itself')
  t.equal(
    at('2026-04-04T10:00:00Z', 0, { at: 'open' }),
    '2026-04-07T07:00:00.000000Z',
    'no days, from a holiday: the next working date'
  )
  t.equal(
    at('2026-04-07T20:00:00Z', 0, { at: 'close' }),
    '2026-04-07T15:00:00.000000Z',
    'no days, on a working date: that date'
  )
  t.equal(at('2026-04-02T22:30:00Z', 1), '2026-04-06T22:30:00.000000Z', 'the date is that of the zone')
  const everyDay = compileCalendar({
    timezone: 'Europe/Berlin',
    weekly: Object.fromEntries(
      ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']]])
    )
  })
  t.equal(
    at('2026-03-28T01:30:00Z', 1, undefined, everyDay),
    '2026-03-29T01:30:00.000000Z',
    'a skipped wall time moves on by the gap'
  )
  t.equal(
    at('2026-10-24T00:30:00Z', 1, undefined, everyDay),
    '2026-10-25T00:30:00.000000Z',
    'a repeated one is the first'
  )
  t.equal(
    at('2026-03-28T09:00:00Z', 1, undefined, everyDay),
    '2026-03-29T08:00:00.000000Z',
    'after the change of its day'
  )
  t.equal(
    at('2026-10-24T01:00:00Z', 1, undefined, everyDay),
    '2026-10-25T02:00:00.000000Z',
    'a wall time that comes only when the repeated hour is over'
  )
  t.equal(
    at('2026-03-28T02:00:00Z', 1, undefined, everyDay),
    '2026-03-29T01:00:00.000000Z',
    'the first wall time after a gap'
  )
  t.equal(
    at('2026-03-29T01:00:00Z', 1, undefined, everyDay),
    '2026-03-30T01:00:00.000000Z',
    'from the very instant of a change'
  )
  const weekdays = compileCalendar({ timezone: 'UTC', weekly: week })
  t.equal(at('2026-01-05T10:00:00Z', 500, undefined, weekdays), '2027-12-06T10:00:00.000000Z', 'a hundred weeks')
  t.equal(at('2027-12-06T10:00:00Z', -500, undefined, weekdays), '2026-01-05T10:00:00.000000Z')
  const always = compileCalendar(ALWAYS_OPEN)
  t.equal(always.addWorkingDays(0, 1), DAY)
  t.equal(always.addWorkingDays(DAY, -1), 0)
  t.equal(always.addWorkingDays(DAY, -1, { at: 'open' }), 0)
  t.equal(always.addWorkingDays(LAST - DAY, 1), LAST)
  t.equal(always.addWorkingDays(LAST - DAY + 1, 1), null)
  t.equal(always.addWorkingDays(0, -1), null)
  t.equal(at('2255-06-05T20:00:00Z', 1), null)
  t.equal(at('1970-01-01T08:00:00Z', -1), null)
  t.end()
})

t.test('the only working date, wherever it lies and whichever zone counts', (t) => {
  const utc = compileCalendar({ timezone: 'UTC', weekly: {} })
  const [before, after] = [parseInstant('2021-01-01T00:00:00Z'), parseInstant('2023-01-01T00:00:00Z')]
  for (
    const [timezone, from, to] of [['Pacific/Auckland', '00:30', '02:30'], [
      'Pacific/Honolulu',
      '21:30',
      '23:30'
    ]] as const
  ) {
    for (let days = 0; days < 130; days++) {
      const date = new Date(Date.UTC(2022, 0, 1 + days)).toISOString().slice(0, 10)
      const calendar = unionOf(compileCalendar({ timezone, weekly: {}, overrides: { [date]: [[from, to]] } }), utc)
      const [first, last] = [calendar.nextOpen(before)!, calendar.previousClose(after)!]
      t.equal(calendar.addWorkingDays(before, 1, { at: 'open' }), first, `${timezone} ${date}, forward`)
      t.equal(calendar.addWorkingDays(after, -1, { at: 'close' }), last, `${timezone} ${date}, back`)
      t.equal(calendar.addWorkingDays(first - 2 * DAY, 0, { at: 'open' }), first, `${timezone} ${date}, the next one`)
      t.equal(calendar.addWorkingDays(first + DAY, -1, { at: 'open' }), first, `${timezone} ${date}, yesterday`)
    }
  }
  t.end()
})

t.test('a date that never was is no working date', (t) => {
  const apia = compileCalendar({ timezone: 'Pacific/Apia', weekly: { fri: [['09:00', '17:00']] } })
  t.equal(formatInstant(apia.addWorkingDays(parseInstant('2011-12-23T20:00:00Z'), 1)!), '2012-01-05T20:00:00.000000Z')
  t.end()
})

t.test('the last close of a date that goes on after a minute of the next one', (t) => {
  const stJohns = compileCalendar({
    timezone: 'America/St_Johns',
    weekly: { fri: [['09:00', '17:00']], sat: [['09:00', '17:00']], sun: [['00:00', '00:01']] }
  })
  const friday = parseInstant('2010-11-05T15:00:00Z')
  t.equal(
    formatInstant(stJohns.addWorkingDays(friday, 1, { at: 'close' })!),
    '2010-11-06T19:30:00.000000Z',
    'Sunday 00:01 was put back to Saturday 23:01'
  )
  t.equal(formatInstant(stJohns.addWorkingDays(friday, 2, { at: 'close' })!), '2010-11-07T03:31:00.000000Z')
  t.end()
})

t.test('never open', (t) => {
  const never = compileCalendar({ timezone: 'UTC', weekly: {} })
  for (const n of [1, -1, Number.MAX_SAFE_INTEGER]) t.equal(never.addWorkingDays(0, n), null)
  t.equal(never.addWorkingDays(7, 0), 7)
  t.equal(berlin.addWorkingDays(0, Number.MAX_SAFE_INTEGER), null)
  t.end()
})

property(
  t,
  'counting working dates one by one comes to the same',
  fc.tuple(calendar, fc.integer({ min: -15, max: 15 })),
  ([{ spec, near }, n]) => {
    const calendar = compileCalendar(spec)
    const landing = calendar.addWorkingDays(inRange(near), n, { at: 'open' })
    if (landing === null) return
    const dates = walk(calendar, spec, near, n)
    assert.equal(DateTime.fromMillis(Math.floor(landing / 1000), { zone: spec.timezone }).toISODate(), dates)
  }
)

/** Walks over the dates that Luxon's clock shows at noon of each day. */
function walk (calendar: Calendar, spec: CalendarSpec, near: number, n: number): string | null {
  let date = DateTime.fromMillis(near / 1000, { zone: spec.timezone }).toISODate()!
  let left = Math.abs(n)
  if (n === 0 && isWorking(calendar, spec, date)) return date
  if (n === 0) left = 1
  for (let steps = 0; left > 0 && steps < 3000; steps++) {
    date = new Date(Date.parse(date) + (n < 0 ? -1 : 1) * 86_400_000).toISOString().slice(0, 10)
    if (isWorking(calendar, spec, date)) left--
  }
  return date
}

/** Looks at all open intervals near a date for one that shows it. */
function isWorking (calendar: Calendar, spec: CalendarSpec, date: string): boolean {
  const noon = Date.parse(date) * 1000 + 43_200_000_000
  const dateAt = (t: number): string | null =>
    DateTime.fromMillis(Math.floor(t / 1000), { zone: spec.timezone }).toISODate()
  for (
    let { from, to } of calendar.openIntervals(
      inRange(noon - 27 * 3_600_000_000 - 43_200_000_000),
      inRange(noon + 27 * 3_600_000_000 + 43_200_000_000)
    )
  ) {
    for (; from < to; from += 6 * 3_600_000_000) if (dateAt(from) === date) return true
    if (dateAt(to - 1) === date) return true
  }
  return false
}

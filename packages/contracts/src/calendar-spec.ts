import { Type } from 'typebox'
import { TimeZone } from './vocabulary.ts'

const clockTime = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?|24:00(:00(\\.0{1,6})?)?'
const date = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  format: 'date',
  description: 'a local date: 2026-12-25'
})
const time = Type.String({ pattern: `^(${clockTime})$`, description: 'HH:MM[:SS[.ffffff]], 24:00 ends a day' })
const times = Type.Array(
  Type.Unsafe<[from: string, to: string]>({
    type: 'array',
    title: 'SpecInterval',
    prefixItems: [time, time],
    items: false,
    minItems: 2,
    maxItems: 2,
    description: 'From (inclusive) and to (exclusive); a `to` before `from` runs past midnight',
    examples: [['09:00', '17:00']]
  })
)
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const closed = { additionalProperties: false }
const weekly = Type.Object(Object.fromEntries(weekdays.map((day) => [day, Type.Optional(times)])), {
  ...closed,
  title: 'WeeklyHours',
  description: 'Intervals by the weekday on which they start; a weekday that is left out has none'
})
const dated = Type.Unsafe<object>({
  type: 'object',
  title: 'DatedHours',
  description: 'Intervals by the local date on which they start',
  propertyNames: date,
  additionalProperties: times,
  examples: [{ '2026-12-24': [['09:00', '12:00']] }]
})

const dayOfYear = Type.String({ pattern: '^[0-9]{2}-[0-9]{2}$', description: 'a day of every year: 12-25' })
const season = Type.Object({
  from: date,
  to: Type.String({ ...date, description: 'the last local date of the season' }),
  weekly,
  weeklyBreaks: Type.Optional(weekly)
}, {
  ...closed,
  title: 'SeasonHours',
  description: 'Hours that take the place of `weekly` and `weeklyBreaks` from one local date to another, both included',
  examples: [{ from: '2026-02-18', to: '2026-03-19', weekly: { sun: [['10:00', '15:00']] } }]
})

/**
 * A calendar as people write it, for documents: what checks one is `compileCalendar` of @dueline/business-time, which
 * names each mistake.
 */
export const CalendarSpecSchema = Type.Object({
  timezone: TimeZone,
  weekly,
  holidays: Type.Optional(Type.Array(date, { description: 'closed from midnight to midnight' })),
  yearlyHolidays: Type.Optional(
    Type.Array(dayOfYear, { description: 'closed in every year; 02-29 in leap years', examples: [['12-25', '01-01']] })
  ),
  overrides: Type.Optional(dated),
  breaks: Type.Optional(dated),
  weeklyBreaks: Type.Optional(weekly),
  seasons: Type.Optional(
    Type.Array(season, { description: 'such as Ramadan, year by year; no date is in two of them' })
  )
}, {
  ...closed,
  title: 'CalendarSpec',
  description: 'Working hours in wall-clock time of an IANA zone. Holidays go before `overrides`, those before ' +
    '`seasons`, those before `weekly`; `breaks` and `weeklyBreaks` are taken away from what is left',
  examples: [{
    timezone: 'Europe/Berlin',
    weekly: { mon: [['09:00', '17:00']], tue: [['09:00', '12:00'], ['13:00', '17:00']] },
    holidays: ['2026-12-25']
  }]
})

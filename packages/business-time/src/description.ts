import type { Calendar } from './calendar.ts'
import { CompiledCalendar } from './compiled-calendar.ts'
import { dateOfDayNumber } from './local-date.ts'
import { assertDuration, DAY, HOUR, MINUTE, SECOND, type Micros } from './micros.ts'
import { readCalendar, type SeasonalPattern, type WeeklyPattern } from './reading.ts'
import { shown } from './shown.ts'
import type { CalendarSpec } from './spec.ts'
import { difference, merged, type Spans } from './spans.ts'

interface Words {
  readonly range: (from: string, to: string) => string
  readonly everyDay: string
  readonly allDay: string
  readonly midnight: string
  readonly closed: string
  readonly nextDay: string
  readonly comma: string
  readonly semicolon: string
}

const WORDS: Readonly<Record<string, Words>> = {
  en: {
    range: (from, to) => `${from} to ${to}`,
    everyDay: 'Every day',
    allDay: 'open 24 hours',
    midnight: 'midnight',
    closed: 'closed',
    nextDay: 'the next day',
    comma: ', ',
    semicolon: '; '
  },
  ar: {
    range: (from, to) => `من ${from} إلى ${to}`,
    everyDay: 'كل يوم',
    allDay: 'مفتوح على مدار الساعة',
    midnight: 'منتصف الليل',
    closed: 'مغلق',
    nextDay: 'في اليوم التالي',
    comma: '، ',
    semicolon: '؛ '
  }
}

/**
 * The weekly pattern of a calendar as people write it, with its breaks taken out and its zone named:
 * `Monday to Friday: 9:00 AM to 5:00 PM; Saturday and Sunday: closed (Europe/Berlin)`. Times are wall-clock times of
 * the zone. Seasons follow in sentences of their own; holidays and overrides are not named. `locale` is a language tag
 * of English or Arabic, such as `en-GB` or `ar-EG`.
 * Throws `CalendarError` with every fault of a spec, `RangeError` for another language, `TypeError` for a union or an
 * intersection, which follow no weekly pattern.
 */
export function describe (calendar: Calendar | CalendarSpec, locale: string): string {
  const pattern = calendar instanceof CompiledCalendar ? patternOf(calendar) : readCalendar(calendar as CalendarSpec)
  const words = wordsOf(locale)
  const seasons = pattern.seasons.map((season) =>
    `${words.range(dateText(season.from, locale), dateText(season.to, locale))}: ${weekText(season, locale, words)}`
  )
  return `${[weekText(pattern, locale, words), ...seasons].join('. ')} (${calendar.timezone})`
}

function weekText ({ weekly, weeklyBreaks }: WeeklyPattern, locale: string, words: Words): string {
  const hours = weekly.map((spans, weekday) => {
    const breaks = [6, 0, 1].flatMap((ahead, i) =>
      weeklyBreaks[(weekday + ahead) % 7]!.map((time) => time + (i - 1) * DAY)
    )
    return hoursText(difference(spans, merged(breaks), 2 * DAY), locale, words)
  })
  const groups = new Map<string, number[]>()
  const start = firstOfRun(hours)
  for (let i = start; i < start + 7; i++) {
    const text = hours[i % 7]!
    groups.set(text, [...groups.get(text) ?? [], i])
  }
  const lines = Array.from(groups, ([text, days]) => `${daysText(days, locale, words)}: ${text}`)
  return lines.join(words.semicolon)
}

/**
 * A duration as people say it, `1 hour, 29 minutes`, and never longer than it is: the `partsMax` largest of hours,
 * minutes and seconds, and of less than a minute tenths of a second. Not in days: a day of open time has no fixed
 * length. `locale` is any language tag. Throws `RangeError` unless `duration` is integer microseconds and not negative.
 */
export function describeDuration (duration: Micros, locale: string, partsMax = 3): string {
  assertDuration(duration, 'duration')
  if (duration < 0) throw new RangeError(`duration must not be negative: ${duration}`)
  const unit = (count: number, name: 'hour' | 'minute' | 'second'): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'long' }).format(count)
  if (duration < MINUTE) return unit(Math.floor(duration / (SECOND / 10)) / 10, 'second')
  const parts = [
    { count: Math.floor(duration / HOUR), name: 'hour' },
    { count: Math.floor(duration % HOUR / MINUTE), name: 'minute' },
    { count: Math.floor(duration % MINUTE / SECOND), name: 'second' }
  ] as const
  const first = parts.findIndex(({ count }) => count > 0)
  const described = parts.slice(first, first + partsMax).filter(({ count }) => count > 0)
  return new Intl.ListFormat(locale, { type: 'unit' }).format(described.map(({ count, name }) => unit(count, name)))
}

function patternOf (calendar: CompiledCalendar): SeasonalPattern {
  if (calendar.pattern === null) {
    throw new TypeError('a union or an intersection of calendars follows no weekly pattern')
  }
  return calendar.pattern
}

function wordsOf (locale: string): Words {
  const words = WORDS[new Intl.Locale(locale).language]
  if (words === undefined) throw new RangeError(`no words for the language of ${shown(locale)}: en and ar are known`)
  return words
}

function hoursText (spans: Spans, locale: string, words: Words): string {
  if (spans.length === 0) return words.closed
  if (spans.length === 2 && spans[0] === 0 && spans[1] === DAY) return words.allDay
  const texts: string[] = []
  for (let i = 0; i < spans.length; i += 2) {
    const to = spans[i + 1]!
    const end = to === DAY ? words.midnight : timeText(to % DAY, locale)
    texts.push(words.range(timeText(spans[i]! % DAY, locale), to > DAY ? `${end} ${words.nextDay}` : end))
  }
  return texts.join(words.comma)
}

/** A time of day in the locale's own way, with seconds and their decimals only where there are any. */
function timeText (time: Micros, locale: string): string {
  const parts = time % MINUTE === 0
    ? {}
    : { second: '2-digit', ...(time % SECOND === 0 ? {} : { fractionalSecondDigits: 3 }) } as const
  const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', hour: 'numeric', minute: '2-digit', ...parts })
  return format.format(time / 1000).replaceAll('\u202f', ' ')
}

/** The first weekday of the run of equal days that Monday is in, as a number from 0 to 6. */
function firstOfRun (hours: readonly string[]): number {
  let start = 7
  while (start > 1 && hours[start - 1] === hours[0]) start--
  return start % 7
}

/** Days by their place in the week; runs of three and more are written from first to last. */
function daysText (days: readonly number[], locale: string, words: Words): string {
  if (days.length === 7) return words.everyDay
  const names: string[] = []
  for (let i = 0; i < days.length;) {
    let end = i
    while (days[end + 1] === days[end]! + 1) end++
    if (end - i >= 2) names.push(words.range(weekdayName(days[i]!, locale), weekdayName(days[end]!, locale)))
    else for (let j = i; j <= end; j++) names.push(weekdayName(days[j]!, locale))
    i = end + 1
  }
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names)
}

function dateText (day: number, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', dateStyle: 'long' })
  return format.format(new Date(`${dateOfDayNumber(day)}T00:00Z`))
}

function weekdayName (day: number, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'long' })
  return format.format(Date.UTC(1970, 0, 5 + day))
}

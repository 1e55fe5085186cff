import { CalendarError, type CalendarFault } from './calendar-error.ts'
import { dayNumberOf, monthDayOf } from './local-date.ts'
import { DAY } from './micros.ts'
import { type CalendarSpec, WEEKDAYS } from './spec.ts'
import { merged, type Spans } from './spans.ts'
import { parseTimeOfDay } from './time-of-day.ts'
import { type Zone, zoneNamed } from './zone.ts'

/** Seven lists each, Monday first; times are microseconds from the midnight of the day they start on, up to 48 h. */
export interface WeeklyPattern {
  readonly weekly: readonly Spans[]
  readonly weeklyBreaks: readonly Spans[]
}

/** A pattern on the days `from` to `to`, both included. */
export interface Season extends WeeklyPattern {
  readonly from: number
  readonly to: number
}

/** A pattern with those that take its place at times. */
export interface SeasonalPattern extends WeeklyPattern {
  /** From the earliest; none overlap. */
  readonly seasons: readonly Season[]
}

/** A calendar as read, with times as in its pattern. */
export interface ReadCalendar extends SeasonalPattern {
  readonly zone: Zone
  /** Day numbers, in any order, repeats allowed. */
  readonly holidays: readonly number[]
  /** Days of every year, as month × 100 + day. */
  readonly yearlyHolidays: readonly number[]
  readonly overrides: ReadonlyMap<number, Spans>
  readonly breaks: ReadonlyMap<number, Spans>
}

const KEYS = new Set([
  'timezone',
  'weekly',
  'holidays',
  'yearlyHolidays',
  'overrides',
  'breaks',
  'weeklyBreaks',
  'seasons'
])
const SEASON_KEYS = new Set(['from', 'to', 'weekly', 'weeklyBreaks'])

const NO_DATE = 'is not a date (YYYY-MM-DD)'
const NO_DAY_OF_YEAR = 'is not a day of the year (MM-DD)'

/** Reads and checks a calendar. Throws `CalendarError` with every fault. */
export function readCalendar (spec: CalendarSpec): ReadCalendar {
  const reader = new Reader()
  const fields = reader.record('', spec, KEYS, 'is not a calendar field')
  const zone = reader.zone(fields.timezone)
  const weekly = reader.weekly('/weekly', fields.weekly)
  const weeklyBreaks = reader.weekly('/weeklyBreaks', fields.weeklyBreaks ?? {})
  const holidays = reader.days('/holidays', fields.holidays ?? [], dayNumberOf, NO_DATE)
  const yearlyHolidays = reader.days('/yearlyHolidays', fields.yearlyHolidays ?? [], monthDayOf, NO_DAY_OF_YEAR)
  const overrides = reader.dated('/overrides', fields.overrides ?? {})
  const breaks = reader.dated('/breaks', fields.breaks ?? {})
  const seasons = reader.seasons(fields.seasons ?? [])
  if (reader.faults.length > 0 || zone === null) throw new CalendarError(reader.faults)
  return { zone, weekly, weeklyBreaks, holidays, yearlyHolidays, overrides, breaks, seasons }
}

class Reader {
  readonly faults: CalendarFault[] = []

  zone (value: unknown): Zone | null {
    const zone = typeof value === 'string' ? zoneNamed(value) : null
    if (zone === null) this.fault('/timezone', 'is not a known IANA time zone', value)
    return zone
  }

  weekly (path: string, value: unknown): Spans[] {
    const known = new Set<string>(WEEKDAYS)
    const record = this.record(path, value, known, 'is not a weekday (mon, tue, wed, thu, fri, sat, sun)')
    return WEEKDAYS.map((weekday) =>
      record[weekday] === undefined ? [] : this.intervals(`${path}/${weekday}`, record[weekday])
    )
  }

  days (path: string, value: unknown, read: (text: string) => number | null, message: string): number[] {
    return this.list(path, value).flatMap((item, i) => this.day(`${path}/${i}`, item, read, message) ?? [])
  }

  seasons (value: unknown): Season[] {
    const seasons: Array<Season & { at: string }> = []
    for (const [i, item] of this.list('/seasons', value).entries()) {
      const at = `/seasons/${i}`
      const fields = this.record(at, item, SEASON_KEYS, 'is not a field of a season')
      const from = this.day(`${at}/from`, fields.from)
      const to = this.day(`${at}/to`, fields.to)
      const weekly = this.weekly(`${at}/weekly`, fields.weekly)
      const weeklyBreaks = this.weekly(`${at}/weeklyBreaks`, fields.weeklyBreaks ?? {})
      if (from === null || to === null) continue
      if (to < from) this.fault(`${at}/to`, 'is before from', fields.to)
      seasons.push({ at, from, to, weekly, weeklyBreaks })
    }
    seasons.sort((a, b) => a.from - b.from)
    for (const [i, { at, from }] of seasons.entries()) {
      const before = seasons[i - 1]
      if (before !== undefined && from <= before.to) {
        this.fault(at, `overlaps ${before.at}: each date is in one season at most`, undefined)
      }
    }
    return seasons
  }

  dated (path: string, value: unknown): Map<number, Spans> {
    const result = new Map<number, Spans>()
    for (const [date, item] of Object.entries(this.record(path, value))) {
      const at = `${path}/${pointerToken(date)}`
      const spans = this.intervals(at, item)
      const day = this.day(at, date)
      if (day !== null) result.set(day, spans)
    }
    return result
  }

  record (path: string, value: unknown, known?: ReadonlySet<string>, unknownMessage = ''): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fault(path, 'must be an object', value)
      return {}
    }
    if (known !== undefined) {
      for (const [key, item] of Object.entries(value)) {
        if (!known.has(key)) this.fault(`${path}/${pointerToken(key)}`, unknownMessage, item)
      }
    }
    return value as Record<string, unknown>
  }

  private day (path: string, value: unknown, read = dayNumberOf, message = NO_DATE): number | null {
    const day = typeof value === 'string' ? read(value) : null
    if (day === null) this.fault(path, message, value)
    return day
  }

  private list (path: string, value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value
    this.fault(path, 'must be a list', value)
    return []
  }

  private intervals (path: string, value: unknown): Spans {
    const pairs: number[] = []
    for (const [index, item] of this.list(path, value).entries()) {
      const interval = this.interval(`${path}/${index}`, item)
      if (interval !== null) pairs.push(...interval)
    }
    return merged(pairs)
  }

  private interval (path: string, value: unknown): [number, number] | null {
    if (!Array.isArray(value) || value.length !== 2) {
      this.fault(path, 'must be a pair of times [from, to]', value)
      return null
    }
    const from = this.time(`${path}/from`, value[0])
    const to = this.time(`${path}/to`, value[1])
    if (from === DAY) this.fault(`${path}/from`, 'must be before 24:00', value[0])
    if (from === null || to === null || from === DAY) return null
    if (from === to) {
      this.fault(path, 'is empty: from and to are the same', value)
      return null
    }
    return [from, to < from ? to + DAY : to]
  }

  private time (path: string, value: unknown): number | null {
    const time = typeof value === 'string' ? parseTimeOfDay(value) : null
    if (time === null) this.fault(path, 'is not a time (HH:MM[:SS[.ffffff]], up to 24:00)', value)
    return time
  }

  private fault (path: string, message: string, value: unknown): void {
    this.faults.push({ path, message, value })
  }
}

function pointerToken (key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

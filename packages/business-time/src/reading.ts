import { CalendarError, type CalendarFault } from './calendar-error.ts'
import { dayNumberOf } from './local-date.ts'
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

/** A calendar as read, with times as in its pattern. */
export interface ReadCalendar extends WeeklyPattern {
  readonly zone: Zone
  /** Day numbers, in any order, repeats allowed. */
  readonly holidays: readonly number[]
  readonly overrides: ReadonlyMap<number, Spans>
  readonly breaks: ReadonlyMap<number, Spans>
}

const KEYS = new Set(['timezone', 'weekly', 'holidays', 'overrides', 'breaks', 'weeklyBreaks'])

const NO_DATE = 'is not a date (YYYY-MM-DD)'

/** Reads and checks a calendar. Throws `CalendarError` with every fault. */
export function readCalendar (spec: CalendarSpec): ReadCalendar {
  const reader = new Reader()
  const fields = reader.record('', spec, KEYS, 'is not a calendar field')
  const zone = reader.zone(fields.timezone)
  const weekly = reader.weekly('/weekly', fields.weekly)
  const weeklyBreaks = reader.weekly('/weeklyBreaks', fields.weeklyBreaks ?? {})
  const holidays = reader.holidays(fields.holidays ?? [])
  const overrides = reader.dated('/overrides', fields.overrides ?? {})
  const breaks = reader.dated('/breaks', fields.breaks ?? {})
  if (reader.faults.length > 0 || zone === null) throw new CalendarError(reader.faults)
  return { zone, weekly, weeklyBreaks, holidays, overrides, breaks }
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

  holidays (value: unknown): number[] {
    const list = this.list('/holidays', value)
    const result: number[] = []
    for (let i = 0; i < list.length; i++) {
      const day = dayOf(list[i])
      if (day === null) this.fault(`/holidays/${i}`, NO_DATE, list[i])
      else result.push(day)
    }
    return result
  }

  dated (path: string, value: unknown): Map<number, Spans> {
    const result = new Map<number, Spans>()
    for (const [date, item] of Object.entries(this.record(path, value))) {
      const at = `${path}/${pointerToken(date)}`
      const day = dayOf(date)
      const spans = this.intervals(at, item)
      if (day === null) this.fault(at, NO_DATE, date)
      else result.set(day, spans)
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

function dayOf (value: unknown): number | null {
  return typeof value === 'string' ? dayNumberOf(value) : null
}

function pointerToken (key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

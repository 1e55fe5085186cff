import type { CalendarSpec, SpecInterval } from '@dueline/business-time'
import { closingsOf, type Asked, type Break, type Closing } from './closings.ts'
import { readIcs } from './read-ics.ts'

/** What comes of an event: what it adds to the calendar, or why it adds nothing. */
export interface PlannedEvent extends Omit<Closing, 'refused'> {
  readonly result: 'added' | 'unchanged' | 'skipped' | 'refused'
}

/** A calendar with what a file closes. */
export interface PlannedImport {
  readonly spec: CalendarSpec
  readonly events: PlannedEvent[]
}

/**
 * What the events of a file add to a calendar, which is not changed by what they do not have.
 * @throws Problem 400 for what is no iCalendar file
 */
export function planImport (bytes: Buffer, spec: CalendarSpec, asked: Omit<Asked, 'zone'>): PlannedImport {
  const known = new Known(spec)
  const events = closingsOf(readIcs(bytes), { ...asked, zone: spec.timezone }).map((closing) => known.add(closing))
  return { spec: known.spec(), events }
}

class Known {
  private readonly before: CalendarSpec
  private readonly holidays: Set<string>
  private readonly yearly: Set<string>
  private readonly breaks: Map<string, SpecInterval[]>

  constructor (spec: CalendarSpec) {
    this.before = spec
    this.holidays = new Set(spec.holidays)
    this.yearly = new Set(spec.yearlyHolidays)
    this.breaks = new Map(Object.entries(spec.breaks ?? {}).map(([date, list]) => [date, [...list]]))
  }

  add ({ refused, ...closing }: Closing): PlannedEvent {
    if (closing.reason !== null) return { ...closing, result: refused ? 'refused' : 'skipped' }
    const yearlyHolidays = closing.yearlyHolidays.filter((day) => !this.yearly.has(day))
    for (const day of yearlyHolidays) this.yearly.add(day)
    const holidays = closing.holidays.filter((date) => !this.isClosed(date))
    for (const date of holidays) this.holidays.add(date)
    const breaks = closing.breaks.filter((part) => this.isNew(part))
    for (const { date, from, to } of breaks) this.breaks.set(date, [...this.breaks.get(date) ?? [], [from, to]])
    const opened = holidays.filter((date) => (this.before.overrides?.[date] ?? []).length > 0)
    const notes = opened.map((date) => `the hours of ${date} (\`overrides\`) hold no longer: the whole day is closed`)
    const isNew = yearlyHolidays.length + holidays.length + breaks.length > 0
    return {
      ...closing,
      result: isNew ? 'added' : 'unchanged',
      holidays,
      yearlyHolidays,
      breaks,
      notes: [...closing.notes, ...notes]
    }
  }

  /** The calendar with all that was added. */
  spec (): CalendarSpec {
    return {
      ...this.before,
      ...(this.holidays.size === 0 ? {} : { holidays: [...this.holidays].sort() }),
      ...(this.yearly.size === 0 ? {} : { yearlyHolidays: [...this.yearly].sort() }),
      ...(this.breaks.size === 0
        ? {}
        : { breaks: Object.fromEntries([...this.breaks].sort(([a], [b]) => a < b ? -1 : 1)) })
    }
  }

  private isClosed (date: string): boolean {
    return this.holidays.has(date) || this.yearly.has(date.slice(5))
  }

  private isNew ({ date, from, to }: Break): boolean {
    if (this.isClosed(date)) return false
    return !(this.breaks.get(date) ?? []).some((known) => known[0] === from && known[1] === to)
  }
}

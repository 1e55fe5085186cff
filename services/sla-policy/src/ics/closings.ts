import { cleanLine } from '@dueline/contracts'
import ical from 'ical.js'
import { DateTime } from 'luxon'
import { messageOf, type Component, type IcsFile } from './read-ics.ts'
import { everyYear, ruleFault, startsOf, type Budget, type Recur, type Time } from './rules.ts'
import { clockOf, dateOf, durationOf, NotTaken, plusDays, refuse, timesOf, zoneFor, type Property } from './times.ts'
import { instantOf, zoneOf } from './zones.ts'

/** A part of a local date, `[from, to)`. */
export interface Break {
  readonly date: string
  readonly from: string
  readonly to: string
}

/** What an event closes, in local dates of the calendar; with a reason it closes nothing. */
export interface Closing {
  readonly uid: string
  readonly title: string
  readonly holidays: string[]
  /** `MM-DD` of every year. */
  readonly yearlyHolidays: string[]
  readonly breaks: Break[]
  readonly notes: string[]
  readonly reason: string | null
  /** It should close something and cannot be taken. */
  readonly refused: boolean
}

/** Which local dates are asked for, both included, and the zone that they are of. */
export interface Asked {
  readonly zone: string
  readonly from: string
  readonly to: string
}

/** Most repetitions and days of a file, before and within what is asked for. */
const repetitionsMax = 20_000
const datesMax = 1_000
const daysMax = 366
const firstYear = 1600

/** What each event of a file closes, in the order of the file. */
export function closingsOf ({ events, zoneName }: IcsFile, asked: Asked): Closing[] {
  const floating = (zoneName === null ? null : zoneOf(zoneName)) ?? asked.zone
  const budget = { left: repetitionsMax }
  const moved = new Map<string, Property[]>()
  for (const event of events) {
    const property = 'component' in event ? event.component.getFirstProperty('recurrence-id') : null
    if (property === null || !('component' in event)) continue
    const uid = textIn(event.component, 'uid')
    moved.set(uid, [...moved.get(uid) ?? [], property])
  }
  return events.map((event) => {
    if ('fault' in event) return notTaken(event.uid, '', event.fault, true)
    const [uid, title] = [textIn(event.component, 'uid'), textIn(event.component, 'summary')]
    const away = event.component.hasProperty('recurrence-id') ? [] : moved.get(uid) ?? []
    try {
      return { uid, title, ...new EventReader(event.component, away, { ...asked, floating, budget }).closing() }
    } catch (error) {
      const refused = error instanceof NotTaken ? error.refused : true
      return notTaken(
        uid,
        title,
        error instanceof NotTaken ? error.message : `cannot be read: ${messageOf(error)}`,
        refused
      )
    }
  })
}

function notTaken (uid: string, title: string, reason: string, refused: boolean): Closing {
  return { uid, title, holidays: [], yearlyHolidays: [], breaks: [], notes: [], reason, refused }
}

function textIn (component: Component, name: string): string {
  return cleanLine(String(component.getFirstPropertyValue(name) ?? ''), 200)
}

interface Context extends Asked {
  /** The zone of times that name none. */
  readonly floating: string
  readonly budget: Budget
}

class EventReader {
  private readonly component: Component
  private readonly away: readonly Property[]
  private readonly context: Context
  private readonly start: Time
  private readonly zone: string
  private readonly notes: string[] = []
  private readonly holidays = new Set<string>()
  private readonly breaks: Break[] = []

  constructor (component: Component, away: readonly Property[], context: Context) {
    if (/^cancelled$/i.test(textIn(component, 'status'))) throw new NotTaken('it is cancelled', false)
    const start = component.getFirstProperty('dtstart') ?? refuse('it has no start (DTSTART)')
    this.component = component
    this.away = away
    this.context = context
    this.start = timesOf(start)[0] ?? refuse('it has no start (DTSTART)')
    if (this.start.year < firstYear) refuse(`it starts before the year ${firstYear}`)
    this.zone = this.start.isDate ? context.floating : zoneFor(start, this.start, context.floating)
    if (!this.start.isDate && /^transparent$/i.test(textIn(component, 'transp'))) {
      throw new NotTaken('it is marked as free (TRANSP) and closes nothing', false)
    }
    if (!this.start.isDate && start.getFirstParameter('tzid') === undefined && this.start.zone.tzid === 'floating') {
      this.notes.push(`its times name no zone: taken as times of ${context.floating}`)
    }
  }

  closing (): Omit<Closing, 'uid' | 'title'> {
    const rules = this.rules()
    const { holidays, breaks, notes } = this
    const taken = { breaks, notes, reason: null, refused: false }
    const yearly = this.yearly(rules)
    if (yearly !== null) return { ...taken, holidays: [], yearlyHolidays: yearly }
    if (rules.some(({ until, count }) => until === null && count === null)) {
      notes.push(`it repeats without end: taken up to ${this.context.to}`)
    }
    const close = this.start.isDate ? this.days() : this.times()
    for (const start of this.starts(rules)) close(start)
    if (holidays.size + breaks.length === 0) {
      throw new NotTaken(`nothing of it lies from ${this.context.from} to ${this.context.to}`, false)
    }
    return { ...taken, holidays: [...holidays].sort(), yearlyHolidays: [] }
  }

  private rules (): Recur[] {
    if (this.component.hasProperty('exrule')) refuse('it has a rule of exceptions (EXRULE), which is not read')
    return this.component.getAllProperties('rrule').map((property) => {
      const rule = property.getFirstValue() as unknown as Recur
      const fault = ruleFault(rule, property.jCal[3] as unknown as Record<string, unknown>)
      return fault === null ? rule : refuse(fault)
    })
  }

  /** The days of every year that it closes; null where it is no such event. */
  private yearly (rules: readonly Recur[]): string[] | null {
    const others = this.away.length > 0 || ['rdate', 'exdate'].some((name) => this.component.hasProperty(name))
    if (!this.start.isDate || rules.length !== 1 || others) return null
    const first = everyYear(rules[0]!, this.start)
    if (first === null || dateOf(this.start) > plusDays(this.context.from, daysMax)) return null
    const length = this.daysLong()
    if (first === '02-29') return length === 1 ? [first] : null
    const [leap, common] = ['2024', '2025'].map((year) =>
      Array.from({ length }, (_, i) => plusDays(`${year}-${first}`, i).slice(5))
    )
    return leap!.join() === common!.join() ? common! : null
  }

  /** Each local start once, without those that are taken out or moved. */
  private *starts (rules: readonly Recur[]): Generator<Time> {
    const out = this.exceptions()
    const seen = new Set<string>()
    const more = this.listed('rdate').flatMap((property) =>
      timesOf(property).map((time) => this.inZone(property, time))
    )
    for (const time of [this.start, ...more]) yield* this.unlessSeen(time, out, seen)
    for (const rule of rules) {
      for (const time of startsOf(rule, this.start, this.context.to, this.context.budget)) {
        if (time === null) return this.tooMuch()
        if (!this.isBeforeEnd(time, rule.until)) break
        yield* this.unlessSeen(time, out, seen)
      }
    }
  }

  private *unlessSeen (time: Time, out: ReadonlySet<string>, seen: Set<string>): Generator<Time> {
    const key = this.start.isDate ? dateOf(time) : String(instantOf(time, this.zone).toMillis())
    if (seen.has(key) || out.has(key) || out.has(dateOf(time))) return
    seen.add(key)
    yield time
  }

  /** What is taken out: dates, or instants in milliseconds. */
  private exceptions (): Set<string> {
    const properties = [...this.listed('exdate'), ...this.away]
    return new Set(properties.flatMap((property) =>
      timesOf(property).map((time) => {
        if (time.isDate || this.start.isDate) return dateOf(time)
        return String(instantOf(time, zoneFor(property, time, this.zone)).toMillis())
      })
    ))
  }

  private listed (name: 'rdate' | 'exdate'): Property[] {
    const properties = this.component.getAllProperties(name)
    const count = properties.reduce((sum, { jCal }) => sum + (jCal as unknown[]).length - 3, 0)
    if (count > datesMax) refuse(`it lists ${count} dates (${name.toUpperCase()}); at most ${datesMax} are read`)
    return properties
  }

  /** A time of the file in the zone of the event. */
  private inZone (property: Property, time: Time): Time {
    if (time.isDate !== this.start.isDate) refuse('a date that it lists (RDATE) is of another kind than its start')
    if (time.isDate) return time
    const there = instantOf(time, zoneFor(property, time, this.zone)).setZone(this.zone)
    return ical.Time.fromDateTimeString(there.toFormat("yyyy-MM-dd'T'HH:mm:ss"))
  }

  private isBeforeEnd (time: Time, until: Time | null): boolean {
    if (until === null) return true
    if (until.isDate || this.start.isDate) return dateOf(time) <= dateOf(until)
    const end = instantOf(until, until.zone.tzid === 'UTC' ? 'UTC' : this.zone)
    return instantOf(time, this.zone) <= end
  }

  private daysLong (): number {
    const end = this.component.getFirstProperty('dtend')
    const until = end === null ? undefined : timesOf(end)[0]
    if (until?.isDate === false) refuse('it starts with a date and ends with a time')
    const { weeks = 0, days = 1, isNegative = false } = durationOf(this.component) ?? {}
    const length = until === undefined
      ? (isNegative ? -1 : 1) * (7 * weeks + days)
      : (Date.parse(dateOf(until)) - Date.parse(dateOf(this.start))) / 86_400_000
    if (length < 0) refuse('it ends before it starts')
    if (length > daysMax) refuse(`it is longer than ${daysMax} days`)
    // some calendars say the same day as the end
    return Math.max(1, length)
  }

  private days (): (start: Time) => void {
    const length = this.daysLong()
    return (start) => {
      for (let i = 0; i < length; i++) this.closeDate(plusDays(dateOf(start), i))
    }
  }

  private times (): (start: Time) => void {
    const end = this.ends()
    return (start) => {
      const from = instantOf(start, this.zone)
      this.closeTime(from.setZone(this.context.zone), end(start, from).setZone(this.context.zone))
    }
  }

  /** When an occurrence ends: `DTEND` is as far away on the clock on the wall, in another zone as far away in time. */
  private ends (): (start: Time, from: DateTime) => DateTime {
    const property = this.component.getFirstProperty('dtend')
    const until = property === null ? undefined : timesOf(property)[0]
    if (property === null || until === undefined) {
      const length = durationOf(this.component) ?? refuse('it has no end (DTEND, DURATION)')
      const { weeks, days, hours, minutes, seconds, isNegative } = length
      if (isNegative || length.toSeconds() === 0) refuse('it ends when it starts, or before')
      if (length.toSeconds() > daysMax * 86_400) refuse(`it is longer than ${daysMax} days`)
      return (_start, from) => from.plus({ weeks, days }).plus({ hours, minutes, seconds })
    }
    if (until.isDate) refuse('it starts with a time and ends with a date')
    const zone = zoneFor(property, until, this.zone)
    const first = instantOf(this.start, this.zone)
    const length = instantOf(until, zone).diff(first)
    if (length.toMillis() <= 0) refuse('it ends when it starts, or before')
    if (length.as('days') > daysMax) refuse(`it is longer than ${daysMax} days`)
    if (zone !== this.zone) return (_start, from) => from.plus(length)
    const onTheWall = instantOf(until, 'UTC').diff(instantOf(this.start, 'UTC'))
    return (start) => {
      const end = instantOf(start, 'UTC').plus(onTheWall)
      return instantOf(end, zone)
    }
  }

  private closeTime (start: DateTime, end: DateTime): void {
    let at = start
    while (at < end) {
      const next = at.startOf('day').plus({ days: 1 })
      const to = next <= end ? next : end
      const [date, from, until] = [at.toFormat('yyyy-MM-dd'), clockOf(at), next <= end ? '24:00' : clockOf(to)]
      if (from === '00:00' && until === '24:00') this.closeDate(date)
      else if (from >= until) refuse(`on ${date} it ends in the hour that the clocks of ${this.context.zone} repeat`)
      else if (this.isAsked(date)) this.breaks.push({ date, from, to: until })
      at = to
    }
  }

  private closeDate (date: string): void {
    if (this.isAsked(date)) this.holidays.add(date)
  }

  private isAsked (date: string): boolean {
    if (--this.context.budget.left < 0) this.tooMuch()
    return date >= this.context.from && date <= this.context.to
  }

  private tooMuch (): never {
    return refuse(`the events of the file repeat more than ${repetitionsMax} times up to ${this.context.to}`)
  }
}

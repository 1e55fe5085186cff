// An independent answer to every question, for tests only: it looks at the wall clock minute by minute. Luxon tells the
// wall clock.
import { DateTime } from 'luxon'
import type { CalendarSpec, SpecInterval, Weekday, WeeklySpec } from '../../src/index.ts'

const MINUTE = 60_000_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** Whether the wall clock of instant `t` lies in an open interval of `spec`. */
export function isOpenByWallClock (spec: CalendarSpec, t: number): boolean {
  return isOpenAtLocal(spec, t, offsetByLuxon(spec.timezone, t))
}

/** Which minutes from `from` are open, `from` and all times of `spec` being whole minutes. */
export function openMinutes (spec: CalendarSpec, from: number, count: number): boolean[] {
  const offsets = offsetsByLuxon(spec.timezone, from, count)
  return offsets.map((offset, i) => isOpenAtLocal(spec, from + i * MINUTE, offset))
}

/**
 * Luxon is asked once an hour; where two answers differ, every minute between. No offset has ever lasted less than an
 * hour.
 */
function offsetsByLuxon (zone: string, from: number, count: number): number[] {
  const offsets: number[] = []
  let end = offsetByLuxon(zone, from)
  for (let i = 0; i < count; i += 60) {
    const start = end
    end = offsetByLuxon(zone, from + (i + 60) * MINUTE)
    for (let j = i; j < Math.min(i + 60, count); j++) {
      offsets.push(start === end ? start : offsetByLuxon(zone, from + j * MINUTE))
    }
  }
  return offsets
}

/** Luxon's offsets are whole minutes; the one zone that had seconds (Monrovia until 1972) is left to the examples. */
function offsetByLuxon (zone: string, t: number): number {
  return DateTime.fromMillis(Math.floor(t / 1000), { zone }).offset * MINUTE
}

/** Day and time are taken apart before the offset is added: near the end of the range the sum is no safe integer. */
function isOpenAtLocal (spec: CalendarSpec, t: number, offset: number): boolean {
  const sinceMidnight = t % DAY + offset
  const day = Math.floor(t / DAY) + Math.floor(sinceMidnight / DAY)
  const time = sinceMidnight - Math.floor(sinceMidnight / DAY) * DAY
  const date = dateOf(day)
  if (spec.holidays?.includes(date) === true || spec.yearlyHolidays?.includes(date.slice(5)) === true) return false
  return covers(shiftsOf(spec, day), shiftsOf(spec, day - 1), time) &&
    !covers(breaksOf(spec, day), breaksOf(spec, day - 1), time)
}

function shiftsOf (spec: CalendarSpec, day: number): readonly SpecInterval[] {
  return spec.overrides?.[dateOf(day)] ?? weekly(patternOf(spec, day).weekly, day)
}

function breaksOf (spec: CalendarSpec, day: number): readonly SpecInterval[] {
  return [...spec.breaks?.[dateOf(day)] ?? [], ...weekly(patternOf(spec, day).weeklyBreaks, day)]
}

function patternOf (spec: CalendarSpec, day: number): Pick<CalendarSpec, 'weekly' | 'weeklyBreaks'> {
  const date = dateOf(day)
  return spec.seasons?.find(({ from, to }) => from <= date && date <= to) ?? spec
}

function covers (today: readonly SpecInterval[], yesterday: readonly SpecInterval[], time: number): boolean {
  for (const [from, to] of today) if (time >= read(from) && (read(to) < read(from) || time < read(to))) return true
  for (const [from, to] of yesterday) if (read(to) < read(from) && time < read(to)) return true
  return false
}

function weekly (spec: WeeklySpec | undefined, day: number): readonly SpecInterval[] {
  return spec?.[WEEKDAYS[(((day + 4) % 7) + 7) % 7]!] ?? []
}

const dates = new Map<number, string>()

function dateOf (day: number): string {
  let date = dates.get(day)
  if (date === undefined) {
    date = new Date(day * 86_400_000).toISOString().slice(0, 10)
    dates.set(day, date)
  }
  return date
}

const times = new Map<string, number>()

function read (text: string): number {
  let time = times.get(text)
  if (time === undefined) {
    const [hours, minutes, seconds] = text.split(':').map(Number)
    time = hours! * HOUR + minutes! * MINUTE + Math.round((seconds ?? 0) * 1e6)
    times.set(text, time)
  }
  return time
}

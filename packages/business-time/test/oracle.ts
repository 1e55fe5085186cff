// An independent answer to every question, for tests only: it looks at the wall clock minute by minute. Luxon tells the wall clock.
import { DateTime } from 'luxon'
import type { CalendarSpec, SpecInterval, Weekday, WeeklySpec } from '../src/index.ts'

const MINUTE = 60_000_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** Whether the wall clock of instant `t` lies in an open interval of `spec`. */
export function isOpenByWallClock (spec: CalendarSpec, t: number): boolean {
  return isOpenAtLocal(spec, t + offsetByLuxon(spec.timezone, t))
}

/** Which minutes from `from` are open, `from` and all times of `spec` being whole minutes. */
export function openMinutes (spec: CalendarSpec, from: number, count: number): boolean[] {
  const offsets = offsetsByLuxon(spec.timezone, from, count)
  return offsets.map((offset, i) => isOpenAtLocal(spec, from + i * MINUTE + offset))
}

/** Luxon is asked once an hour; where two answers differ, every minute between. No offset has ever lasted less than an hour. */
function offsetsByLuxon (zone: string, from: number, count: number): number[] {
  const offsets: number[] = []
  for (let i = 0; i < count; i += 60) {
    const start = offsetByLuxon(zone, from + i * MINUTE)
    const end = offsetByLuxon(zone, from + (i + 60) * MINUTE)
    for (let j = i; j < Math.min(i + 60, count); j++) offsets.push(start === end ? start : offsetByLuxon(zone, from + j * MINUTE))
  }
  return offsets
}

/** Luxon's offsets are whole minutes; the one zone that had seconds (Monrovia until 1972) is left to the examples. */
function offsetByLuxon (zone: string, t: number): number {
  return DateTime.fromMillis(Math.floor(t / 1000), { zone }).offset * MINUTE
}

function isOpenAtLocal (spec: CalendarSpec, local: number): boolean {
  const day = Math.floor(local / DAY)
  const time = local - day * DAY
  const [date, yesterday] = [dateOf(day), dateOf(day - 1)]
  if (spec.holidays?.includes(date)) return false
  const shifts = (date: string, day: number): readonly SpecInterval[] => spec.overrides?.[date] ?? weekly(spec.weekly, day)
  const breaks = (date: string, day: number): readonly SpecInterval[] => [...spec.breaks?.[date] ?? [], ...weekly(spec.weeklyBreaks, day)]
  return covers(shifts(date, day), shifts(yesterday, day - 1), time) && !covers(breaks(date, day), breaks(yesterday, day - 1), time)
}

function covers (today: readonly SpecInterval[], yesterday: readonly SpecInterval[], time: number): boolean {
  return today.some(([from, to]) => time >= read(from) && (read(to) < read(from) || time < read(to))) ||
    yesterday.some(([from, to]) => read(to) < read(from) && time < read(to))
}

function weekly (spec: WeeklySpec | undefined, day: number): readonly SpecInterval[] {
  return spec?.[WEEKDAYS[(((day + 4) % 7) + 7) % 7]!] ?? []
}

function dateOf (day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
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

import { CLOSED, type DayPlan } from './day-plan.ts'
import { daysOfYears, EPOCH_DAY, LAST_DAY } from './local-date.ts'
import { DAY, WEEK, type Micros } from './micros.ts'
import type { Opening, WeekOfDays, WeekReader } from './opening.ts'
import { type Bounds, RANGE_END, startOfWeek, WHOLE_RANGE } from './range.ts'
import { merged, openIn, type Spans } from './spans.ts'
import { lastAtMost } from './ascending.ts'
import type { Zone, ZoneOffsets } from './zone.ts'

/** The opening that a plan of local days gives in a zone. */
export function localOpening (zone: Zone, days: DayPlan): Opening {
  return {
    open: boundsOf(days, (spans) => spans.length > 0),
    closed: boundsOf(days, (spans) => openIn(spans) < DAY),
    shift: zone.usualOffset,
    weeks: (bounds, shift) => weekReader(zone.within(bounds), planWithin(days, bounds), shift)
  }
}

/** The plan for the days around `bounds`, with what is closed each year among the exceptions. */
function planWithin (days: DayPlan, bounds: Bounds): DayPlan {
  if (days.closedYearly.length === 0) return days
  const first = Math.max(1, Math.floor(bounds.from / DAY) + EPOCH_DAY - 9)
  const last = Math.min(LAST_DAY, Math.floor(bounds.to / DAY) + EPOCH_DAY + 9)
  const exceptions = new Map(days.exceptions)
  for (const day of daysOfYears(days.closedYearly, first, last)) exceptions.set(day, CLOSED)
  return { ...days, exceptions }
}

/** Bounds of the days that are as `test` asks; the whole range when an ordinary day or one of each year is. */
function boundsOf (days: DayPlan, test: (spans: Spans) => boolean): Bounds {
  if (days.week.some(test) || (days.closedYearly.length > 0 && test(CLOSED))) return WHOLE_RANGE
  let [first, last] = [Infinity, -Infinity]
  for (const [day, spans] of days.exceptions) {
    if (!test(spans)) continue
    first = Math.min(first, day)
    last = Math.max(last, day)
  }
  return { from: Math.max(0, (first - EPOCH_DAY - 1) * DAY), to: Math.min(RANGE_END, (last - EPOCH_DAY + 2) * DAY) }
}

/**
 * Weeks and days that are alike are the same object, also in weeks in which the offset changes: however many intervals
 * a day has, each different day is laid out once.
 */
function weekReader (
  { starts, offsets }: ZoneOffsets,
  { week: ordinary, exceptions }: DayPlan,
  shift: Micros
): WeekReader {
  const exceptionalWeeks = weeksAround(exceptions.keys(), Math.min(...offsets) - shift, Math.max(...offsets) - shift)
  const ordinaryWeeks = new Map<Micros, WeekOfDays>()
  const changingDays = new Map<string, Spans>()
  const ordinaryOn = (day: number): Spans => ordinary[day % 7]!
  const openOn = (day: number): Spans => exceptions.get(day) ?? ordinaryOn(day)

  const ordinaryWeek = (week: number, ahead: Micros): WeekOfDays => {
    let known = ordinaryWeeks.get(ahead)
    if (known === undefined) {
      known = weekOfDays((weekday) => movedDay(7 * week + weekday, ahead, ordinaryOn))
      ordinaryWeeks.set(ahead, known)
    }
    return known
  }

  /** A day within which local time stays ahead of line time by as much. */
  const steadyDay = (week: number, weekday: number, ahead: Micros): Spans => {
    const local = 7 * week + Math.floor(ahead / DAY) + weekday
    if (!exceptions.has(local) && !exceptions.has(local + 1)) return ordinaryWeek(week, ahead)[weekday]!
    return movedDay(7 * week + weekday, ahead, openOn)
  }

  const changingDay = (weekday: number, start: Micros, i: number): Spans => {
    const day = (): Spans => dayAcrossChanges(starts, offsets, start, openOn)
    const first = Math.floor((start + Math.min(offsets[i]!, offsets[i + 1]!)) / DAY) + EPOCH_DAY
    const alone = (starts[i + 2] ?? Infinity) >= start + DAY
    if (!alone || [0, 1, 2, 3].some((after) => exceptions.has(first + after))) return day()
    const key = `${weekday} ${starts[i + 1]! - start} ${offsets[i]} ${offsets[i + 1]}`
    let known = changingDays.get(key)
    if (known === undefined) changingDays.set(key, known = day())
    return known
  }

  return (week) => {
    const start = startOfWeek(week, shift)
    let i = Math.max(0, lastAtMost(starts, start))
    if ((starts[i + 1] ?? Infinity) < start + WEEK) {
      return weekOfDays((weekday) => {
        const dayStart = start + weekday * DAY
        i = Math.max(0, lastAtMost(starts, dayStart))
        if ((starts[i + 1] ?? Infinity) < dayStart + DAY) return changingDay(weekday, dayStart, i)
        return steadyDay(week, weekday, offsets[i]! - shift)
      })
    }
    const ahead = offsets[i]! - shift
    const known = ordinaryWeek(week, ahead)
    return exceptionalWeeks.has(week) ? known.map((_, weekday) => steadyDay(week, weekday, ahead)) : known
  }
}

function weekOfDays (openOn: (weekday: number) => Spans): WeekOfDays {
  return [0, 1, 2, 3, 4, 5, 6].map(openOn)
}

/**
 * The weeks of a line in which some of the local days lie, when local time is ahead of line time by `least` to `most`.
 */
function weeksAround (days: Iterable<number>, least: Micros, most: Micros): Set<number> {
  const [earlier, later] = [Math.ceil(most / DAY), Math.ceil(-least / DAY)]
  const weeks = new Set<number>()
  for (const day of days) {
    for (let week = Math.floor((day - earlier) / 7); week <= Math.floor((day + later) / 7); week++) weeks.add(week)
  }
  return weeks
}

/** The open time of a line day in which local time is line time plus `ahead`. */
function movedDay (day: number, ahead: Micros, openOn: (day: number) => Spans): Spans {
  if (ahead === 0) return openOn(day)
  const pairs: number[] = []
  for (let local = day + Math.floor(ahead / DAY); local * DAY < (day + 1) * DAY + ahead; local++) {
    addMoved(pairs, openOn(local), (local - day) * DAY - ahead, 0, DAY)
  }
  return merged(pairs)
}

/** The open time of the day that starts at instant `start`, when the offset changes in it or near it. */
function dayAcrossChanges (
  starts: readonly Micros[],
  offsets: readonly Micros[],
  start: Micros,
  openOn: (day: number) => Spans
): Spans {
  const pairs: number[] = []
  for (let i = Math.max(0, lastAtMost(starts, start)); i < starts.length && starts[i]! < start + DAY; i++) {
    const from = i === 0 ? start : Math.max(start, starts[i]!)
    const to = Math.min(start + DAY, starts[i + 1] ?? Infinity)
    const offset = offsets[i]!
    for (let day = Math.floor((from + offset) / DAY); day * DAY < to + offset; day++) {
      addMoved(pairs, openOn(day + EPOCH_DAY), day * DAY - offset - start, from - start, to - start)
    }
  }
  return merged(pairs)
}

/** Adds the part of `spans`, moved by `by`, that is within `[from, to)`. */
function addMoved (pairs: number[], spans: Spans, by: Micros, from: Micros, to: Micros): void {
  for (let i = 0; i < spans.length; i += 2) pairs.push(Math.max(spans[i]! + by, from), Math.min(spans[i + 1]! + by, to))
}

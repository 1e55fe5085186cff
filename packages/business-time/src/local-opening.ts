import type { DayPlan } from './day-plan.ts'
import { EPOCH_DAY } from './local-date.ts'
import { DAY, type Micros } from './micros.ts'
import type { Opening, WeekOfDays, WeekReader } from './opening.ts'
import { type Bounds, RANGE_END, startOfWeek, WHOLE_RANGE } from './range.ts'
import { merged, openIn, type Spans } from './spans.ts'
import { lastAtMost } from './step-index.ts'
import type { Zone, ZoneOffsets } from './zone.ts'

/** The opening that a plan of local days gives in a zone. */
export function localOpening (zone: Zone, days: DayPlan): Opening {
  return {
    open: boundsOf(days, spans => spans.length > 0),
    closed: boundsOf(days, spans => openIn(spans) < DAY),
    shift: zone.usualOffset,
    weeks: (bounds, shift) => weekReader(zone.within(bounds), days, shift)
  }
}

/** Bounds of the days that are as `test` asks; the whole range when an ordinary day is. */
function boundsOf (days: DayPlan, test: (spans: Spans) => boolean): Bounds {
  if (days.week.some(test)) return WHOLE_RANGE
  let [first, last] = [Infinity, -Infinity]
  for (const [day, spans] of days.exceptions) {
    if (!test(spans)) continue
    first = Math.min(first, day)
    last = Math.max(last, day)
  }
  return { from: Math.max(0, (first - EPOCH_DAY - 1) * DAY), to: Math.min(RANGE_END, (last - EPOCH_DAY + 2) * DAY) }
}

function weekReader ({ starts, offsets }: ZoneOffsets, days: DayPlan, shift: Micros): WeekReader {
  const { week: ordinary, exceptions } = days
  const [least, most] = [Math.min(...offsets) - shift, Math.max(...offsets) - shift]
  const ordinaryWeeks = new Map<Micros, WeekOfDays>()
  const exceptionalWeeks = new Set<number>()
  for (const day of exceptions.keys()) {
    exceptionalWeeks.add(Math.floor((day * DAY - most) / DAY / 7))
    exceptionalWeeks.add(Math.floor((day * DAY + DAY - 1 - least) / DAY / 7))
  }
  const openOn = (day: number): Spans => exceptions.get(day) ?? ordinary[day % 7]!

  /** A week in which local time is line time plus `ahead`. */
  const movedWeek = (week: number, ahead: Micros, openOn: (day: number) => Spans): WeekOfDays =>
    Array.from({ length: 7 }, (_, weekday) => movedDay(7 * week + weekday, ahead, openOn))

  return week => {
    const start = startOfWeek(week, shift)
    const i = Math.max(0, lastAtMost(starts, start))
    if ((starts[i + 1] ?? Infinity) < start + 7 * DAY) {
      return Array.from({ length: 7 }, (_, weekday) => dayAcrossChanges(starts, offsets, start + weekday * DAY, openOn))
    }
    const ahead = offsets[i]! - shift
    if (exceptionalWeeks.has(week)) return movedWeek(week, ahead, openOn)
    let known = ordinaryWeeks.get(ahead)
    if (known === undefined) {
      known = movedWeek(week, ahead, day => ordinary[day % 7]!)
      ordinaryWeeks.set(ahead, known)
    }
    return known
  }
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
function dayAcrossChanges (starts: readonly Micros[], offsets: readonly Micros[], start: Micros, openOn: (day: number) => Spans): Spans {
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

import { LAST_DAY } from './local-date.ts'
import { DAY } from './micros.ts'
import type { ReadCalendar, Season, WeeklyPattern } from './reading.ts'
import { difference, merged, type Spans, window } from './spans.ts'

/** The open time of every local date: seven ordinary days, Monday first, and the dates that differ from them. */
export interface DayPlan {
  /** Each within `[0, 24 h)`. */
  readonly week: readonly Spans[]
  /** Day number to its open time. */
  readonly exceptions: ReadonlyMap<number, Spans>
  /** Days of every year on which nothing is open, as month × 100 + day. */
  readonly closedYearly: readonly number[]
}

export const CLOSED: Spans = []

/** Lays out which local times are open: holiday before override before season before weekly, breaks on top. */
export function planDays (calendar: ReadCalendar): DayPlan {
  const { weekly, weeklyBreaks, overrides, breaks } = calendar
  const seasonal = patternsOf(calendar.seasons)
  const patternOn = (day: number): WeeklyPattern => seasonal.get(day) ?? calendar
  const startingOn = (day: number): Spans => overrides.get(day) ?? patternOn(day).weekly[day % 7]!
  const breaksStartingOn = (day: number): Spans => {
    const dated = breaks.get(day)
    const usual = patternOn(day).weeklyBreaks[day % 7]!
    return dated === undefined ? usual : merged([...usual, ...dated])
  }
  const week = weekly.map((spans, weekday) =>
    openTime(
      spans,
      weekly[(weekday + 6) % 7]!,
      weeklyBreaks[weekday]!,
      weeklyBreaks[(weekday + 6) % 7]!
    )
  )
  const exceptions = new Map<number, Spans>()
  for (const special of [overrides, breaks, seasonal]) {
    for (const date of special.keys()) {
      for (const day of [date, date + 1]) {
        // the day after one of a season is most often of the season too
        if (day < 1 || day > LAST_DAY || exceptions.has(day)) continue
        exceptions.set(
          day,
          openTime(
            startingOn(day),
            startingOn(day - 1),
            breaksStartingOn(day),
            breaksStartingOn(day - 1)
          )
        )
      }
    }
  }
  for (const day of calendar.holidays) {
    if (day >= 1 && day <= LAST_DAY) exceptions.set(day, CLOSED)
  }
  return { week, exceptions, closedYearly: calendar.yearlyHolidays }
}

/** The pattern of each day of the range that is in a season. */
function patternsOf (seasons: readonly Season[]): Map<number, WeeklyPattern> {
  const patterns = new Map<number, WeeklyPattern>()
  for (const season of seasons) {
    for (let day = Math.max(season.from, 0); day <= Math.min(season.to, LAST_DAY); day++) patterns.set(day, season)
  }
  return patterns
}

/** The open time within a day, given what starts on it and what started on the day before and may run on. */
function openTime (today: Spans, yesterday: Spans, breaksToday: Spans, breaksYesterday: Spans): Spans {
  return difference(withinDay(today, yesterday), withinDay(breaksToday, breaksYesterday), DAY)
}

function withinDay (today: Spans, yesterday: Spans): Spans {
  const tail = window(yesterday, DAY, 2 * DAY)
  const own = window(today, 0, DAY)
  return tail.length === 0 ? own : merged([...tail, ...own])
}

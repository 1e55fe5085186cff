import { DAY, WEEK, type Micros } from './micros.ts'
import type { Opening, WeekOfDays, WeekReader } from './opening.ts'
import { type Bounds, startOfWeek, WHOLE_RANGE } from './range.ts'
import { complement, intersection, merged, type Spans, window } from './spans.ts'
import { lastAtMost } from './ascending.ts'

/** Open whenever any of them is. */
export function anyOf (openings: readonly Opening[]): Opening {
  return combined(
    openings,
    (days) => merged(days.flat()),
    outer(openings.map((o) => o.open)),
    inner(openings.map((o) => o.closed))
  )
}

/** Open when all of them are. */
export function allOf (openings: readonly Opening[]): Opening {
  return combined(
    openings,
    (days) => days.reduce(intersection),
    inner(openings.map((o) => o.open)),
    outer(openings.map((o) => o.closed))
  )
}

/** Open whenever the other is closed. */
export function closedTimeOf (opening: Opening): Opening {
  return combined([opening], ([day]) => complement(day!, DAY), opening.closed, opening.open)
}

/** Open except in `windows`, which are spans of instants. */
export function outside (windows: Spans): Opening {
  const starts = windows.filter((_, i) => i % 2 === 0)
  return {
    open: WHOLE_RANGE,
    closed: { from: windows[0] ?? 0, to: windows.at(-1) ?? 0 },
    shift: 0,
    weeks: (_, shift) => (week) => {
      const start = startOfWeek(week, shift)
      const first = Math.max(0, lastAtMost(starts, start))
      const near = windows.slice(2 * first, 2 * lastAtMost(starts, start + WEEK) + 2)
      const closed = window(near, start, start + WEEK)
      return closed.length === 0 ? ALWAYS : closed[0] === 0 && closed[1] === WEEK ? NEVER : daysOutside(closed)
    }
  }
}

const ALWAYS: WeekOfDays = Array.from({ length: 7 }, () => [0, DAY])
const NEVER: WeekOfDays = Array.from({ length: 7 }, () => [])

function daysOutside (closed: Spans): WeekOfDays {
  return ALWAYS.map((_, weekday) => complement(window(closed, weekday * DAY, (weekday + 1) * DAY), DAY))
}

/** Combines openings day by day on the line of the first. Weeks made of the same objects become one object. */
function combined (
  openings: readonly Opening[],
  join: (days: readonly Spans[]) => Spans,
  open: Bounds,
  closed: Bounds
): Opening {
  const weeks = (bounds: Bounds, shift: Micros): WeekReader => {
    const readers = openings.map((opening) => opening.weeks(bounds, shift))
    const numbers = new Map<WeekOfDays, number>()
    const numberOf = (week: WeekOfDays): number => {
      const number = numbers.get(week) ?? numbers.size
      numbers.set(week, number)
      return number
    }
    const known = new Map<string, WeekOfDays>()
    let last: { parts: readonly WeekOfDays[], week: WeekOfDays } = { parts: [], week: ALWAYS }
    return (number) => {
      const parts = readers.map((read) => read(number))
      if (parts.every((part, i) => part === last.parts[i])) return last.week
      const key = parts.map(numberOf).join()
      let week = known.get(key)
      if (week === undefined) {
        week = ALWAYS.map((_, weekday) => join(parts.map((part) => part[weekday]!)))
        known.set(key, week)
      }
      last = { parts, week }
      return week
    }
  }
  return { open, closed, shift: openings[0]!.shift, weeks }
}

function outer (bounds: readonly Bounds[]): Bounds {
  return { from: Math.min(...bounds.map((b) => b.from)), to: Math.max(...bounds.map((b) => b.to)) }
}

function inner (bounds: readonly Bounds[]): Bounds {
  return { from: Math.max(...bounds.map((b) => b.from)), to: Math.min(...bounds.map((b) => b.to)) }
}

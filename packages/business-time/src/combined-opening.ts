import { DAY } from './micros.ts'
import type { Opening, WeekOfDays, WeekReader } from './opening.ts'
import { complement } from './spans.ts'

/** Open whenever the other is closed. */
export function closedTimeOf (opening: Opening): Opening {
  return {
    open: opening.closed,
    closed: opening.open,
    shift: opening.shift,
    weeks: (bounds, shift) => eachWeekOnce(opening.weeks(bounds, shift), week => week.map(day => complement(day, DAY)))
  }
}

/** Reads what another reads, changed in a way that depends on the week alone; weeks that were one object stay one. */
function eachWeekOnce (read: WeekReader, change: (week: WeekOfDays) => WeekOfDays): WeekReader {
  const changed = new Map<WeekOfDays, WeekOfDays>()
  return number => {
    const week = read(number)
    let result = changed.get(week)
    if (result === undefined) {
      result = change(week)
      changed.set(week, result)
    }
    return result
  }
}

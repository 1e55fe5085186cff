import { DAY, type Micros } from './micros.ts'
import { LINE_DAYS, openOnLine, type TimelineTables, tablesOf } from './timeline-tables.ts'
import type { TimelinePlan } from './timeline-plan.ts'

/**
 * Open time as a function of the instant, within a coverage, and its inverse: each a few look-ups in sorted arrays,
 * whatever the span and the number of exceptional days.
 */
export class Timeline {
  readonly from: Micros
  readonly to: Micros
  /** Open microseconds from `from` to `to`. */
  readonly openInAll: Micros
  private readonly tables: TimelineTables

  constructor (plan: TimelinePlan) {
    this.from = plan.from
    this.to = plan.to
    this.tables = tablesOf(plan)
    this.openInAll = this.tables.openInAll
  }

  /** Open microseconds from `from` up to instant `t`. For `from <= t <= to`. */
  openUntil (t: Micros): Micros {
    const tables = this.tables
    const i = tables.starts.find(t)
    return tables.bases[i]! + openOnLine(tables, tables.mondays[i]!, t + tables.shifts[i]!)
  }

  /** Whether instant `t` is open. For `from <= t < to`. */
  isOpen (t: Micros): boolean {
    const tables = this.tables
    const i = tables.starts.find(t)
    const x = t + tables.shifts[i]!
    const lineDay = Math.floor(x / DAY)
    const time = x - lineDay * DAY
    const rank = tables.ranks.rank(lineDay + LINE_DAYS)
    const shape = (rank & 1) === 0 ? tables.mondays[i]! + (lineDay + LINE_DAYS) % 7 : tables.dayShapes[(rank >> 1) + 1]!
    const { first, from, to } = tables.shapes
    const end = first[shape + 1]!
    for (let j = first[shape]!; j < end; j++) {
      if (time < to[j]!) return time >= from[j]!
    }
    return false
  }

  /** The instant at which open microsecond number `n` begins: the last with `openUntil(instant) = n`. For `0 <= n < openInAll`. */
  openingAt (n: Micros): Micros {
    const tables = this.tables
    const i = tables.opens.find(n)
    const k = tables.dayOpens.find(n - tables.jumps[i]!)
    let shape = tables.dayShapes[k]!
    let day = tables.days[k]!
    let open = n - tables.jumps[i]! - tables.dayOpens.at(k)
    if (open >= tables.shapes.open[shape]!) {
      const monday = tables.mondays[i]!
      open = n - tables.bases[i]! - tables.changes[k]!
      const week = Math.floor(open / tables.openInWeek[monday]!)
      open -= week * tables.openInWeek[monday]!
      let weekday = 0
      while (weekday < 6 && tables.openBefore[monday + weekday + 1]! <= open) weekday++
      shape = monday + weekday
      day = 7 * week + weekday
      open -= tables.openBefore[shape]!
    }
    const { first, from, to } = tables.shapes
    let j = first[shape]!
    while (open >= to[j]! - from[j]!) {
      open -= to[j]! - from[j]!
      j++
    }
    return (day - LINE_DAYS) * DAY + (from[j]! + open - tables.shifts[i]!)
  }
}

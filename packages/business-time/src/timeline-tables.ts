import { DayRanks } from './day-ranks.ts'
import { type DayShapes, ShapeCollector } from './day-shapes.ts'
import { EPOCH_DAY } from './local-date.ts'
import { DAY, type Micros } from './micros.ts'
import { lastAtMost, StepIndex } from './step-index.ts'
import type { TimelinePlan } from './timeline-plan.ts'

/** Local time is counted from Monday 1970-01-05, so that it stays a safe integer to the end of the range. */
const LINE_SHIFT = -4 * DAY
export const LINE_DAYS = EPOCH_DAY + 4

/** Local days this far outside the coverage can still be met from inside it, over a change of offset. */
const MARGIN_DAYS = 2

/**
 * A plan as sorted arrays. The open time up to a local time is a sum: the whole weeks before it, the earlier days of its
 * week, what the exceptional days before it changed, the part of its own day, and the base of its stretch, which makes
 * the sum continuous across changes of offset and of pattern.
 */
export interface TimelineTables {
  /** By stretch: its first instant. */
  readonly starts: StepIndex
  /** By stretch: open time at its first instant. */
  readonly opens: StepIndex
  /** By stretch: what turns an instant into a local time counted from `LINE_DAYS`. */
  readonly shifts: Float64Array
  /** By stretch: the number of its pattern's Monday shape. */
  readonly mondays: Int32Array
  readonly bases: Float64Array
  /** By stretch: open time minus its value on the one line of `dayOpens`. */
  readonly jumps: Float64Array
  /** Open times of days: seven for each pattern, then those of exceptional days. */
  readonly shapes: DayShapes
  /** By shape of a pattern: open time of the earlier days of the week, and of the whole week. */
  readonly openBefore: Float64Array
  readonly openInWeek: Float64Array
  readonly ranks: DayRanks
  /** By exceptional day, after one entry that stands for "none": day number, shape, open time at its start. */
  readonly days: Int32Array
  readonly dayShapes: Int32Array
  readonly dayOpens: StepIndex
  /** By number of exceptional days passed: how much more open time they had than ordinary ones. */
  readonly changes: Float64Array
  readonly openInAll: Micros
}

/** Indexes a plan. */
export function tablesOf (plan: TimelinePlan): TimelineTables {
  const collector = new ShapeCollector()
  for (const week of plan.patterns) for (const spans of week) collector.add(spans)
  const exceptional = exceptionalDays(plan)
  const none = collector.share([])
  const dayShapes = Int32Array.from([none, ...Array.from(exceptional, day => collector.share(plan.exceptions.get(day)!))])
  const shapes = collector.finish()
  const weeks = weekTables(shapes, plan.patterns.length)
  const mondays = new Int32Array(plan.starts.length)
  plan.patternOf?.forEach((pattern, i) => { mondays[i] = 7 * pattern })
  const days = Int32Array.from([-1, ...exceptional])
  const changes = new Float64Array(days.length)
  for (let k = 1; k < days.length; k++) {
    const ordinary = mondays[stretchOfDay(plan, days[k]!)]! + days[k]! % 7
    changes[k] = changes[k - 1]! + shapes.open[dayShapes[k]!]! - shapes.open[ordinary]!
  }
  const line = { shapes, ...weeks, ranks: new DayRanks(exceptional), dayShapes, changes }
  const stretches = stretchTables(plan, line, mondays)
  const jumps = plan.patternOf === undefined ? stretches.bases : new Float64Array(plan.starts.length)
  return { ...line, ...stretches, mondays, jumps, days, dayOpens: dayOpens(plan, line, stretches, mondays, days) }
}

type Line = Pick<TimelineTables, 'shapes' | 'openBefore' | 'openInWeek' | 'ranks' | 'dayShapes' | 'changes'>

type Stretches = Pick<TimelineTables, 'starts' | 'opens' | 'shifts' | 'bases' | 'openInAll'>

/** Open time up to local time `x` on the line of the pattern whose Monday is the shape `monday`, without the base of a stretch. */
export function openOnLine (line: Line, monday: number, x: Micros): Micros {
  const lineDay = Math.floor(x / DAY)
  const time = x - lineDay * DAY
  const day = lineDay + LINE_DAYS
  const rank = line.ranks.rank(day)
  const week = day / 7 | 0
  const ordinary = monday + day - 7 * week
  const shape = (rank & 1) === 0 ? ordinary : line.dayShapes[(rank >> 1) + 1]!
  const { first, from, to } = line.shapes
  let open = week * line.openInWeek[monday]! + line.openBefore[ordinary]! + line.changes[rank >> 1]!
  const end = first[shape + 1]!
  for (let i = first[shape]!; i < end && time > from[i]!; i++) open += Math.min(time, to[i]!) - from[i]!
  return open
}

function exceptionalDays (plan: TimelinePlan): Int32Array {
  const margin = plan.patternOf === undefined ? MARGIN_DAYS : 0
  const first = Math.floor(plan.from / DAY) + EPOCH_DAY - margin
  const last = Math.floor((plan.to - 1) / DAY) + EPOCH_DAY + margin
  return Int32Array.from(plan.exceptions.keys()).filter(day => day >= first && day <= last).sort()
}

function stretchOfDay (plan: TimelinePlan, day: number): number {
  return plan.patternOf === undefined ? 0 : lastAtMost(plan.starts, (day - EPOCH_DAY) * DAY)
}

function weekTables (shapes: DayShapes, patterns: number): Pick<TimelineTables, 'openBefore' | 'openInWeek'> {
  const openBefore = new Float64Array(7 * patterns)
  const openInWeek = new Float64Array(7 * patterns)
  for (let monday = 0; monday < 7 * patterns; monday += 7) {
    let open = 0
    for (let shape = monday; shape < monday + 7; shape++) {
      openBefore[shape] = open
      open += shapes.open[shape]!
    }
    openInWeek.fill(open, monday, monday + 7)
  }
  return { openBefore, openInWeek }
}

function stretchTables (plan: TimelinePlan, line: Line, mondays: Int32Array): Stretches {
  const count = plan.starts.length
  const shifts = plan.offsets.map(offset => offset + LINE_SHIFT)
  const bases = new Float64Array(count)
  const opens = new Float64Array(count)
  let open = 0
  for (let i = 0; i < count; i++) {
    const end = i + 1 < count ? plan.starts[i + 1]! : plan.to
    opens[i] = open
    bases[i] = open - openOnLine(line, mondays[i]!, plan.starts[i]! + shifts[i]!)
    open = bases[i]! + openOnLine(line, mondays[i]!, end + shifts[i]!)
  }
  return {
    starts: new StepIndex(plan.starts, plan.to),
    opens: new StepIndex(opens, open),
    shifts,
    bases,
    openInAll: open
  }
}

function dayOpens (plan: TimelinePlan, line: Line, stretches: Stretches, mondays: Int32Array, days: Int32Array): StepIndex {
  const single = plan.patternOf === undefined
  const openAtStartOf = (day: number): Micros => {
    const i = stretchOfDay(plan, day)
    return openOnLine(line, mondays[i]!, (day - LINE_DAYS) * DAY) + (single ? 0 : stretches.bases[i]!)
  }
  const opens = Float64Array.from(days, openAtStartOf)
  opens[0] = single ? openAtStartOf(Math.floor(plan.from / DAY) + EPOCH_DAY - MARGIN_DAYS) : 0
  const high = single ? openAtStartOf(Math.floor((plan.to - 1) / DAY) + EPOCH_DAY + MARGIN_DAYS + 1) : stretches.openInAll
  return new StepIndex(opens, high)
}

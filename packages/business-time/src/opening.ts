import type { DayPlan } from './day-plan.ts'
import { openIn } from './day-shapes.ts'
import { EPOCH_DAY } from './local-date.ts'
import { DAY } from './micros.ts'
import { type Coverage, RANGE_END } from './range.ts'
import { complement, type Spans } from './spans.ts'
import type { TimelinePlan } from './timeline-plan.ts'
import type { Zone } from './zone.ts'

/** Something that is open at times, and can lay out when for any part of the range. */
export interface Opening {
  /** Nothing is open outside these bounds; there need not be anything open inside. */
  readonly open: Coverage
  /** Nothing is closed outside these. */
  readonly closed: Coverage
  readonly plan: (coverage: Coverage) => TimelinePlan
}

/** The opening that a day plan gives in a zone. */
export function localOpening (zone: Zone, days: DayPlan): Opening {
  return {
    open: bounds(days, spans => spans.length > 0),
    closed: bounds(days, spans => openIn(spans) < DAY),
    plan: coverage => ({ ...coverage, ...zone.within(coverage), patterns: [days.week], exceptions: days.exceptions })
  }
}

/** The opening that is open when the other is not. */
export function closedTimeOf (opening: Opening): Opening {
  const inverse = (spans: Spans): Spans => complement(spans, DAY)
  return {
    open: opening.closed,
    closed: opening.open,
    plan: coverage => {
      const plan = opening.plan(coverage)
      const exceptions = new Map(Array.from(plan.exceptions, ([day, spans]) => [day, inverse(spans)]))
      return { ...plan, patterns: plan.patterns.map(week => week.map(inverse)), exceptions }
    }
  }
}

/** Bounds of the days that are as `test` asks: the whole range when an ordinary day is. */
function bounds (days: DayPlan, test: (spans: Spans) => boolean): Coverage {
  if (days.week.some(test)) return { from: 0, to: RANGE_END }
  let [first, last] = [Infinity, -Infinity]
  for (const [day, spans] of days.exceptions) {
    if (!test(spans)) continue
    first = Math.min(first, day)
    last = Math.max(last, day)
  }
  return { from: Math.max(0, (first - EPOCH_DAY - 1) * DAY), to: Math.min(RANGE_END, (last - EPOCH_DAY + 2) * DAY) }
}

import { EPOCH_DAY } from './local-date.ts'
import { DAY, type Micros } from './micros.ts'
import type { Coverage } from './range.ts'
import { merged, type Spans } from './spans.ts'
import { lastAtMost } from './step-index.ts'

/**
 * What is open when within a coverage. It is cut into stretches; in each of them local time is UTC plus one offset and
 * days follow one weekly pattern. Exceptional days have their own open time. Where there are several patterns, all
 * offsets are 0 and each stretch starts at midnight.
 */
export interface TimelinePlan extends Coverage {
  /** First instant of each stretch; the first is `from`. */
  readonly starts: Float64Array
  /** Local time minus UTC in each stretch. */
  readonly offsets: Float64Array
  /** Which pattern each stretch follows; left out when there is only one. */
  readonly patternOf?: Int32Array
  /** The open time of seven days each, Monday first. */
  readonly patterns: ReadonlyArray<readonly Spans[]>
  /** The open time of exceptional local days, by day number; some may lie outside the coverage. */
  readonly exceptions: ReadonlyMap<number, Spans>
}

/** The open time within UTC `[from, to)`, read straight from a plan, moved by `-from`. */
export function openSpans (plan: TimelinePlan, from: Micros, to: Micros): Spans {
  const pairs: number[] = []
  for (let i = lastAtMost(plan.starts, from); i < plan.starts.length && plan.starts[i]! < to; i++) {
    const offset = plan.offsets[i]!
    const [start, end] = [Math.max(from, plan.starts[i]!), Math.min(to, plan.starts[i + 1] ?? plan.to)]
    const lastLineDay = Math.floor((end - 1 + offset) / DAY)
    for (let lineDay = Math.floor((start + offset) / DAY); lineDay <= lastLineDay; lineDay++) {
      const spans = openOn(plan, i, lineDay + EPOCH_DAY)
      const midnight = lineDay * DAY - offset
      for (let j = 0; j < spans.length; j += 2) {
        pairs.push(Math.max(midnight + spans[j]!, start) - from, Math.min(midnight + spans[j + 1]!, end) - from)
      }
    }
  }
  return merged(pairs)
}

function openOn (plan: TimelinePlan, stretch: number, day: number): Spans {
  return plan.exceptions.get(day) ?? plan.patterns[plan.patternOf?.[stretch] ?? 0]![day % 7]!
}

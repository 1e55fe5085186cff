import { planDays } from './day-plan.ts'
import { assertDuration, assertInstant, LAST_INSTANT, type Micros } from './micros.ts'
import { readCalendar } from './reading.ts'
import type { CalendarSpec } from './spec.ts'
import { Timeline, type TimelinePlan } from './timeline.ts'
import { complement } from './spans.ts'
import { DAY } from './micros.ts'
import type { Zone } from './zone.ts'

export interface AddOptions {
  /**
   * Which of the instants between a close and the next opening answers, when the duration is used up exactly there:
   * `earliest` (the close, default) or `latest` (the next opening).
   */
  readonly inverse?: 'earliest' | 'latest'
}

export interface OpenInterval {
  readonly from: Micros
  readonly to: Micros
}

export class Calendar {
  readonly timezone: string
  readonly zoneDataVersion: string
  private readonly plan: TimelinePlan
  private readonly line: Timeline
  private closedLine: Timeline | null = null

  constructor (zone: Zone, plan: TimelinePlan) {
    this.timezone = zone.name
    this.zoneDataVersion = process.versions.tz ?? 'unknown'
    this.plan = plan
    this.line = new Timeline(plan)
  }

  isOpen (t: Micros): boolean {
    assertInstant(t, 't')
    return this.line.isOpen(t)
  }

  diff (a: Micros, b: Micros): Micros {
    assertInstant(a, 'a')
    assertInstant(b, 'b')
    return this.line.openUntil(b) - this.line.openUntil(a)
  }

  add (t: Micros, d: Micros, options?: AddOptions): Micros | null {
    assertInstant(t, 't')
    assertDuration(d, 'd')
    const inverse = options?.inverse
    if (d === 0 && inverse === undefined) return t
    const target = this.line.openUntil(t) + d
    if (inverse === 'latest' || (inverse === undefined && d < 0)) {
      return target >= 0 && target < this.line.openInAll ? this.line.openingAt(target) : null
    }
    if (target === 0) return 0
    return target > 0 && target <= this.line.openInAll ? this.line.openingAt(target - 1) + 1 : null
  }

  nextOpen (t: Micros): Micros | null {
    assertInstant(t, 't')
    return openingAfter(this.line, t)
  }

  nextClose (t: Micros): Micros | null {
    assertInstant(t, 't')
    const open = openingAfter(this.line, t)
    if (open === null) return null
    this.closedLine ??= new Timeline(closed(this.plan))
    return openingAfter(this.closedLine, open)
  }

  previousClose (t: Micros): Micros | null {
    assertInstant(t, 't')
    const open = this.line.openUntil(t)
    return open === 0 ? null : this.line.openingAt(open - 1) + 1
  }

  * openIntervals (from: Micros, to: Micros): Generator<OpenInterval, void, undefined> {
    assertInstant(from, 'from')
    assertInstant(to, 'to')
    let open = this.nextOpen(from)
    while (open !== null && open < to) {
      const close = this.nextClose(open) ?? LAST_INSTANT
      yield { from: open, to: Math.min(close, to) }
      open = close < to ? this.nextOpen(close) : null
    }
  }
}

export function compileCalendar (spec: CalendarSpec): Calendar {
  const read = readCalendar(spec)
  const { week, exceptions } = planDays(read)
  return new Calendar(read.zone, { starts: read.zone.starts, offsets: read.zone.offsets, patterns: [week], exceptions })
}

function openingAfter (line: Timeline, t: Micros): Micros | null {
  const open = line.openUntil(t)
  return open < line.openInAll ? line.openingAt(open) : null
}

function closed (plan: TimelinePlan): TimelinePlan {
  return {
    ...plan,
    patterns: plan.patterns.map(week => week.map(spans => complement(spans, DAY))),
    exceptions: new Map(Array.from(plan.exceptions, ([day, spans]) => [day, complement(spans, DAY)]))
  }
}

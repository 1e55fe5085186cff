import type { Micros } from '@dueline/business-time'
import type { Metric } from '@dueline/contracts'
import type { Terms } from './agreements.ts'
import type { Segment } from './cycle-draft.ts'
import type { Cycle } from './cycles.ts'
import { byInstant, marksOf, type Mark, type MarkAt, type ReachedMark } from './marks.ts'
import type { CalendarLookup, OpenTime } from './open-time.ts'

/** A segment with the open time consumed in it. */
export interface MeasuredSegment extends Readonly<Segment> {
  readonly consumed: Micros
}

/** What a cycle's segments come to. */
export interface Measured {
  readonly segments: readonly MeasuredSegment[]
  readonly target: Micros
  /** Consumed up to the start of the running segment, or in all when it does not run. */
  readonly consumedBefore: Micros
  /** Start of the running segment; null when paused or stopped. */
  readonly runningSince: Micros | null
  /**
   * None while paused. A stopped clock keeps the deadline it had, so that under one agreement it was late exactly when
   * it stopped after it.
   */
  readonly dueAt: Micros | null
  /** Marks reached so far, oldest first. */
  readonly reached: readonly ReachedMark[]
  /** Marks still to come if nothing else happens, next first. */
  readonly planned: readonly MarkAt[]
}

/** The target in a segment, extensions included, in microseconds. */
export function targetIn (segment: Pick<Segment, 'terms' | 'extended'>, metric: Metric): Micros {
  return (segment.terms.targets[metric] ?? 0) + segment.extended
}

/**
 * Measures one cycle: consumed time, deadline and marks. It keeps what each segment came to, so that looking again
 * costs only the segments that have changed.
 *
 * A threshold x is reached at c in the running segment [a, b) when c = add(a, x − consumed before a) lies before b (for
 * the open one: not after `asOf`); where x is exceeded already, because the target was shortened, c = a. So stopping or
 * pausing exactly at the deadline is no breach, and going on with nothing left is one at once. A mark that lies before
 * its terms were agreed (`madeAt`), or is exceeded as they begin, is attached late.
 */
export class Meter {
  readonly #metric: Metric
  readonly #calendars: CalendarLookup
  readonly #madeAt: ReadonlyMap<Terms, Micros>
  /** What the segments before each one came to. */
  readonly #tallies: Tally[] = []
  readonly #segments: MeasuredSegment[] = []
  /** The marks reached, each with the index of its segment. */
  readonly #reached = new Map<string, { readonly mark: ReachedMark, readonly index: number }>()
  #marks: { of: Segment, all: readonly Mark[] } | undefined

  constructor (
    { metric, calendars, madeAt }: { metric: Metric, calendars: CalendarLookup, madeAt: ReadonlyMap<Terms, Micros> }
  ) {
    this.#metric = metric
    this.#calendars = calendars
    this.#madeAt = madeAt
  }

  /**
   * The cycle at `asOf`, not before its last segment's start nor before the last look. The next look overwrites
   * `segments`.
   * @throws Error when a calendar is not here
   */
  measure ({ segments, unchanged }: Pick<Cycle, 'segments' | 'unchanged'>, asOf: Micros): Measured {
    // the last one may have been open, and has then gone on
    const first = Math.max(0, Math.min(unchanged, this.#tallies.length - 1))
    let tally = this.#backTo(first)
    let consumedBefore = 0
    let planned: MarkAt[] = []
    for (let index = first; index < segments.length; index++) {
      const segment = segments[index]!
      this.#tallies.push(tally)
      if (segment.restart) tally = { ...tally, consumed: 0, due: null }
      consumedBefore = tally.consumed
      if (segment.state === 'running') [tally, planned] = this.#run(tally, segment, index, asOf)
      this.#segments.push({ ...segment, consumed: tally.consumed - consumedBefore })
    }
    const last = segments[segments.length - 1]!
    const running = last.state === 'running'
    return {
      segments: this.#segments,
      target: targetIn(last, this.#metric),
      consumedBefore: running ? consumedBefore : tally.consumed,
      runningSince: running ? last.from : null,
      dueAt: this.#dueAt(segments, tally),
      reached: [...this.#reached.values()].map(({ mark }) => mark).sort(byInstant),
      planned: running ? planned.sort(byInstant) : []
    }
  }

  /** Forgets what was measured from a segment on, and returns what those before it came to. */
  #backTo (index: number): Tally {
    const tally = this.#tallies[index] ?? nothingYet
    this.#tallies.length = index
    this.#segments.length = index
    for (const [key, reached] of this.#reached) if (reached.index >= index) this.#reached.delete(key)
    return tally
  }

  #run ({ consumed, due, ranTo }: Tally, segment: Segment, index: number, asOf: Micros): [Tally, MarkAt[]] {
    const calendar = calendarOf(segment.terms, this.#calendars)
    const target = targetIn(segment, this.#metric)
    const to = segment.to ?? asOf
    return [
      {
        consumed: consumed + calendar.diff(segment.from, to),
        due: nextDue(due, ranTo, target, consumed, segment.from, calendar),
        ranTo: to
      },
      this.#cross(segment, index, consumed, calendar, asOf)
    ]
  }

  /** Notes the marks reached in one running segment; returns those it would reach later, were it to go on for ever. */
  #cross (segment: Segment, index: number, consumed: Micros, calendar: OpenTime, asOf: Micros): MarkAt[] {
    const later: MarkAt[] = []
    const madeAt = this.#madeAt.get(segment.terms) ?? -Infinity
    for (const { key, event, urgent, threshold } of this.#marksIn(segment)) {
      if (this.#reached.has(key)) continue
      const at = calendar.add(segment.from, Math.max(0, threshold - consumed))
      if (at === null) continue
      const inside = segment.to === null ? at <= asOf : at < segment.to
      if (inside) {
        this.#reached.set(key, {
          mark: { key, event, urgent, at, attachedLate: at < madeAt || threshold < consumed },
          index
        })
      } else later.push({ key, event, urgent, at })
    }
    return later
  }

  #marksIn (segment: Segment): readonly Mark[] {
    const { of } = this.#marks ?? {}
    if (this.#marks === undefined || of?.terms !== segment.terms || of.extended !== segment.extended) {
      this.#marks = { of: segment, all: marksOf(targetIn(segment, this.#metric), segment.terms) }
    }
    return this.#marks.all
  }

  #dueAt (segments: readonly Segment[], { consumed, due, ranTo }: Tally): Micros | null {
    const last = segments[segments.length - 1]!
    if (last.state === 'paused') return null
    const target = targetIn(last, this.#metric)
    // stopped while paused, or in the instant of another target: the deadline it would have had
    if (last.state !== 'running' && (segments.at(-2)?.state !== 'running' || due?.target !== target)) {
      return nextDue(due, ranTo, target, consumed, last.from, calendarOf(last.terms, this.#calendars)).at
    }
    return due?.at ?? null
  }
}

/** What segments came to. */
interface Tally {
  readonly consumed: Micros
  readonly due: Due | null
  /** End of the last running one. */
  readonly ranTo: Micros
}

const nothingYet: Tally = { consumed: 0, due: null, ranTo: -Infinity }

interface Due {
  readonly target: Micros
  readonly at: Micros | null
}

/**
 * The deadline from an instant on. One that the clock ran past (`ranTo`, the end of its running segment before) stays
 * where it was for as long as the target stays, also when nothing was consumed since because the calendar was closed.
 */
function nextDue (
  before: Due | null,
  ranTo: Micros,
  target: Micros,
  consumed: Micros,
  from: Micros,
  calendar: OpenTime
): Due {
  const passed = before !== null && (consumed > target || (before.at !== null && before.at < ranTo))
  if (passed && before.target === target) return before
  return { target, at: calendar.add(from, Math.max(0, target - consumed)) }
}

function calendarOf (terms: Terms, calendars: CalendarLookup): OpenTime {
  const calendar = calendars(terms.calendar)
  if (calendar === undefined) {
    throw new Error(`calendar ${terms.calendar.id} version ${terms.calendar.version} is not here`)
  }
  return calendar
}

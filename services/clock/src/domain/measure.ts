import type { Micros } from '@dueline/business-time'
import type { Metric } from '@dueline/contracts'
import type { Terms } from './agreements.ts'
import type { Cycle, Stretch } from './cycles.ts'
import { byInstant, marksOf, type Mark, type MarkAt, type ReachedMark } from './marks.ts'
import type { CalendarLookup, OpenTime } from './open-time.ts'

/** A stretch with the open time consumed in it. */
export interface Segment extends Readonly<Stretch> {
  readonly consumed: Micros
}

/** What a cycle's stretches come to. */
export interface Measured {
  readonly segments: readonly Segment[]
  readonly target: Micros
  /** Consumed up to the start of the running stretch, or in all when it does not run. */
  readonly consumedBefore: Micros
  /** Start of the running stretch; null when paused or stopped. */
  readonly runningSince: Micros | null
  /**
   * None while paused. A stopped clock keeps the deadline it had, so that under one promise it was late exactly when it
   * stopped after it.
   */
  readonly dueAt: Micros | null
  /** Marks reached so far, oldest first. */
  readonly reached: readonly ReachedMark[]
  /** Marks still to come if nothing else happens, next first. */
  readonly planned: readonly MarkAt[]
}

/** The target in a stretch, extensions included, in microseconds. */
export function targetIn (stretch: Pick<Stretch, 'terms' | 'extended'>, metric: Metric): Micros {
  return (stretch.terms.targets[metric] ?? 0) + stretch.extended
}

/**
 * Consumed time, deadline and marks of a cycle at `asOf` (not before its last stretch's start).
 *
 * A threshold x is reached at c in the running stretch [a, b) when c = add(a, x − consumed before a) lies before b (for
 * the open one: not after `asOf`); where x is exceeded already, because the target was shortened, c = a. So stopping or
 * pausing exactly at the deadline is no breach, and going on with nothing left is one at once. A mark that lies before
 * its terms were promised (`madeAt`), or is exceeded as they begin, is attached late.
 */
export function measure (
  metric: Metric, { stretches }: Cycle, calendars: CalendarLookup, asOf: Micros, madeAt: ReadonlyMap<Terms, Micros>
): Measured {
  const segments: Segment[] = []
  const reached = new Map<string, ReachedMark>()
  let planned: MarkAt[] = []
  let consumed = 0
  let consumedBefore = 0
  let marks: { of: Stretch, all: readonly Mark[] } | undefined
  let due: Due | null = null
  let ranTo = -Infinity
  for (const stretch of stretches) {
    if (stretch.restart) [consumed, due] = [0, null]
    consumedBefore = consumed
    if (stretch.state === 'running') {
      const calendar = calendarOf(stretch.terms, calendars)
      if (marks === undefined || marks.of.terms !== stretch.terms || marks.of.extended !== stretch.extended) {
        marks = { of: stretch, all: marksOf(targetIn(stretch, metric), stretch.terms) }
      }
      due = nextDue(due, ranTo, targetIn(stretch, metric), consumed, stretch.from, calendar)
      ranTo = stretch.to ?? asOf
      planned = cross(marks.all, stretch, consumed, calendar, asOf, reached, madeAt.get(stretch.terms) ?? -Infinity)
      consumed += calendar.diff(stretch.from, stretch.to ?? asOf)
    }
    segments.push({ ...stretch, consumed: consumed - consumedBefore })
  }
  const last = stretches[stretches.length - 1]!
  const target = targetIn(last, metric)
  const running = last.state === 'running'
  const stopped = !running && last.state !== 'paused'
  // stopped while paused, or in the instant of another target: the deadline it would have had
  if (stopped && (stretches.at(-2)?.state !== 'running' || due?.target !== target)) due = nextDue(due, ranTo, target, consumed, last.from, calendarOf(last.terms, calendars))
  return {
    segments,
    target,
    consumedBefore: running ? consumedBefore : consumed,
    runningSince: running ? last.from : null,
    dueAt: running || stopped ? due?.at ?? null : null,
    reached: [...reached.values()].sort(byInstant),
    planned: running ? planned.sort(byInstant) : []
  }
}

interface Due {
  readonly target: Micros
  readonly at: Micros | null
}

/**
 * The deadline from an instant on. One that the clock ran past (`ranTo`, the end of its running stretch before) stays where it was for as
 * long as the target stays, also when nothing was consumed since because the calendar was closed.
 */
function nextDue (before: Due | null, ranTo: Micros, target: Micros, consumed: Micros, from: Micros, calendar: OpenTime): Due {
  const passed = before !== null && (consumed > target || (before.at !== null && before.at < ranTo))
  if (passed && before.target === target) return before
  return { target, at: calendar.add(from, Math.max(0, target - consumed)) }
}

/** Notes the marks reached in one running stretch; returns those it would reach later, were it to go on for ever. */
function cross (
  marks: readonly Mark[], stretch: Stretch, consumed: Micros, calendar: OpenTime, asOf: Micros, reached: Map<string, ReachedMark>,
  madeAt: Micros
): MarkAt[] {
  const later: MarkAt[] = []
  for (const { key, event, urgent, threshold } of marks) {
    if (reached.has(key)) continue
    const at = calendar.add(stretch.from, Math.max(0, threshold - consumed))
    if (at === null) continue
    const inside = stretch.to === null ? at <= asOf : at < stretch.to
    if (inside) reached.set(key, { key, event, urgent, at, attachedLate: at < madeAt || threshold < consumed })
    else later.push({ key, event, urgent, at })
  }
  return later
}

function calendarOf (terms: Terms, calendars: CalendarLookup): OpenTime {
  const calendar = calendars(terms.calendar)
  if (calendar === undefined) throw new Error(`calendar ${terms.calendar.id} version ${terms.calendar.version} is not here`)
  return calendar
}

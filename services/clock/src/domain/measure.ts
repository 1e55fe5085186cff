import type { Micros } from '@dueline/business-time'
import type { Metric } from '@dueline/contracts'
import type { Terms } from './agreements.ts'
import type { Cycle, Stretch } from './cycles.ts'
import { breachKey, byInstant, marksOf, type Mark, type MarkAt } from './marks.ts'
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
  readonly dueAt: Micros | null
  /** Marks reached so far, oldest first. */
  readonly reached: readonly MarkAt[]
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
 * pausing exactly at the deadline is no breach, and going on with nothing left is one at once.
 */
export function measure (metric: Metric, { stretches }: Cycle, calendars: CalendarLookup, asOf: Micros): Measured {
  const segments: Segment[] = []
  const reached = new Map<string, MarkAt>()
  let planned: MarkAt[] = []
  let consumed = 0
  let consumedBefore = 0
  let marks: { of: Stretch, all: readonly Mark[] } | undefined
  for (const stretch of stretches) {
    if (stretch.restart) consumed = 0
    consumedBefore = consumed
    if (stretch.state === 'running') {
      const calendar = open(stretch.terms, calendars)
      if (marks === undefined || marks.of.terms !== stretch.terms || marks.of.extended !== stretch.extended) {
        marks = { of: stretch, all: marksOf(targetIn(stretch, metric), stretch.terms) }
      }
      planned = cross(marks.all, stretch, consumed, calendar, asOf, reached)
      consumed += calendar.diff(stretch.from, stretch.to ?? asOf)
    }
    segments.push({ ...stretch, consumed: consumed - consumedBefore })
  }
  const last = stretches[stretches.length - 1]!
  const running = last.state === 'running'
  const breach = reached.get(breachKey)?.at ?? null
  return {
    segments,
    target: targetIn(last, metric),
    consumedBefore: running ? consumedBefore : consumed,
    runningSince: running ? last.from : null,
    dueAt: dueAt(metric, last, running ? consumedBefore : consumed, breach, calendars, segments),
    reached: [...reached.values()].sort(byInstant),
    planned: running ? planned.sort(byInstant) : []
  }
}

/** Notes the marks reached in one running stretch; returns those it would reach later, were it to go on for ever. */
function cross (marks: readonly Mark[], stretch: Stretch, consumed: Micros, calendar: OpenTime, asOf: Micros, reached: Map<string, MarkAt>): MarkAt[] {
  const later: MarkAt[] = []
  for (const { key, event, urgent, threshold } of marks) {
    if (reached.has(key)) continue
    const at = calendar.add(stretch.from, Math.max(0, threshold - consumed))
    if (at === null) continue
    const inside = stretch.to === null ? at <= asOf : at < stretch.to
    if (inside) reached.set(key, { key, event, urgent, at })
    else later.push({ key, event, urgent, at })
  }
  return later
}

/**
 * The deadline: none while paused. A stopped clock keeps the one it had, so that it was late exactly when it stopped
 * after it; stopped while paused, the one it would have had.
 */
function dueAt (metric: Metric, last: Stretch, consumed: Micros, breach: Micros | null, calendars: CalendarLookup, segments: readonly Segment[]): Micros | null {
  if (last.state === 'paused') return null
  const left = targetIn(last, metric) - consumed
  if (last.state === 'running') return left >= 0 || breach === null ? open(last.terms, calendars).add(last.from, Math.max(0, left)) : breach
  if (left < 0 && breach !== null) return breach
  const ran = segments.at(-2)
  const from = ran?.state === 'running' ? ran : null
  return from === null
    ? open(last.terms, calendars).add(last.from, Math.max(0, left))
    : open(from.terms, calendars).add(from.from, Math.max(0, left + from.consumed))
}

function open (terms: Terms, calendars: CalendarLookup): OpenTime {
  const calendar = calendars(terms.calendar)
  if (calendar === undefined) throw new Error(`calendar ${terms.calendar.id} version ${terms.calendar.version} is not here`)
  return calendar
}

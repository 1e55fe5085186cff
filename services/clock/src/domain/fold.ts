import type { Micros } from '@dueline/business-time'
import type { ClockState, Metric, PauseReason, PromiseKind } from '@dueline/contracts'
import { kindsOf, metricPeriodsOf, missingCalendars, type Promised } from './agreements.ts'
import { playMetric, type Cycle } from './cycles.ts'
import { inOrder, type StoredFact } from './facts.ts'
import { breachKey, isWarning, type MarkAt, type ReachedMark } from './marks.ts'
import { measure, type Measured, type Segment } from './measure.ts'
import type { CalendarLookup, CalendarRef } from './open-time.ts'
import { isOver, metricsInOrder, storyOf } from './story.ts'

/** All that a ticket's clocks depend on. Order and repetition of the facts do not matter. */
export interface FoldInput {
  readonly facts: readonly StoredFact[]
  readonly promises: readonly Promised[]
  readonly calendars: CalendarLookup
  /** The instant to look from; the latest fact's when that is later. */
  readonly asOf: Micros
}

/** A clock's state at an instant: everything but the open time since `runningSince`, which passes by itself. */
export interface ClockCore {
  readonly kind: PromiseKind
  readonly metric: Metric
  readonly cycle: number
  readonly state: ClockState
  readonly pausedFor: readonly PauseReason[]
  /** Microseconds of open time, extensions included. */
  readonly target: Micros
  readonly extended: Micros
  readonly consumedBefore: Micros
  readonly runningSince: Micros | null
  readonly dueAt: Micros | null
  readonly startedAt: Micros
  readonly stoppedAt: Micros | null
  readonly pauseEndsAt: Micros | null
  readonly warnedAt: Micros | null
  readonly breachedAt: Micros | null
  readonly agreementId: string
  readonly policyVersion: number
  readonly calendar: CalendarRef
  readonly ladderId: string | null
  /** Marks that the future holds if nothing happens, next first. */
  readonly planned: readonly MarkAt[]
}

/** A clock with its whole history. */
export interface FoldedClock extends ClockCore {
  readonly segments: readonly Segment[]
  readonly reached: readonly ReachedMark[]
}

export interface Folded {
  readonly clocks: readonly FoldedClock[]
  /** The instant that was looked from. */
  readonly asOf: Micros
  /** The ticket is resolved, closed or cancelled: people are told of nothing any more. */
  readonly over: boolean
  /** Calendars whose promises could not be counted yet. */
  readonly awaiting: readonly CalendarRef[]
}

/** A ticket's clocks, by kind, metric and cycle: a pure function of its facts and promises. */
export function fold ({ facts, promises, calendars, asOf: wanted }: FoldInput): Folded {
  const ordered = inOrder(facts)
  const story = storyOf(ordered)
  const metrics = kindsOf(promises)
    .flatMap((kind) => metricsInOrder.map((metric) => ({ kind, metric, periods: metricPeriodsOf(kind, metric, promises, calendars) })))
    .filter(({ metric, periods }) => periods.some(({ terms }) => terms?.targets[metric] !== undefined))
  let asOf = wanted
  for (const moment of story) asOf = Math.max(asOf, moment.at)
  for (const { periods } of metrics) asOf = Math.max(asOf, periods.at(-1)?.from ?? -Infinity)
  const madeAt = new Map(promises.flatMap((promised) => promised.terms === null ? [] : [[promised.terms, promised.madeAt] as const]))
  const clocks = metrics.flatMap(({ kind, metric, periods }) => playMetric(kind, metric, story, periods, asOf)
    .map((cycle) => clockOf(kind, metric, cycle, measure(metric, cycle, calendars, asOf, madeAt))))
  return { clocks, asOf, over: isOver(story.at(-1)?.status ?? 'new'), awaiting: missingCalendars(promises, calendars) }
}

function clockOf (kind: PromiseKind, metric: Metric, cycle: Cycle, measured: Measured): FoldedClock {
  const last = cycle.stretches[cycle.stretches.length - 1]!
  const { terms } = last
  return {
    kind,
    metric,
    cycle: cycle.number,
    state: last.state,
    pausedFor: last.reasons,
    target: measured.target,
    extended: last.extended,
    consumedBefore: measured.consumedBefore,
    runningSince: measured.runningSince,
    dueAt: measured.dueAt,
    startedAt: cycle.stretches[0]!.from,
    stoppedAt: last.state === 'running' || last.state === 'paused' ? null : last.from,
    pauseEndsAt: cycle.pauseEndsAt,
    ...saidBy(measured.reached),
    agreementId: terms.agreementId,
    policyVersion: terms.policyVersion,
    calendar: terms.calendar,
    ladderId: terms.ladderId,
    planned: measured.planned,
    segments: measured.segments,
    reached: measured.reached
  }
}

/** When the first warning and the breach were reached, of marks in order. */
export function saidBy (reached: readonly MarkAt[]): { warnedAt: Micros | null, breachedAt: Micros | null } {
  return {
    warnedAt: reached.find((mark) => isWarning(mark.event))?.at ?? null,
    breachedAt: reached.find((mark) => mark.key === breachKey)?.at ?? null
  }
}

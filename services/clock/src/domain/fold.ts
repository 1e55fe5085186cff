import type { Micros } from '@dueline/business-time'
import type { ClockState, Metric, PauseReason, AgreementKind } from '@dueline/contracts'
import {
  kindsOf,
  metricPeriodsOf,
  missingCalendars,
  type MetricPeriod,
  type Promised,
  type Terms
} from './agreements.ts'
import { Play, type Cycle } from './cycles.ts'
import { byOccurrence, inOrder, type ClockKey, type Fact, type StoredFact } from './facts.ts'
import { breachKey, isWarning, type MarkAt, type ReachedMark } from './marks.ts'
import { Meter, type Measured, type Segment } from './measure.ts'
import type { CalendarLookup, CalendarRef } from './open-time.ts'
import { isOver, metricsInOrder, StoryReader, type Moment } from './story.ts'

/** All that a ticket's clocks depend on. Order and repetition of the facts do not matter. */
export interface FoldInput {
  readonly facts: readonly StoredFact[]
  readonly promises: readonly Promised[]
  readonly calendars: CalendarLookup
  /** The instant to look from; the latest fact's when that is later. */
  readonly asOf: Micros
  /** Leaves other clocks out. */
  readonly only?: (clock: Pick<ClockKey, 'kind' | 'metric'>) => boolean
}

/** A clock's state at an instant: everything but the open time since `runningSince`, which passes by itself. */
export interface ClockCore {
  readonly kind: AgreementKind
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
  readonly escalationPolicyId: string | null
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
export function fold ({ facts, asOf, ...terms }: FoldInput): Folded {
  const running = new RunningFold(terms)
  running.take(facts)
  return running.look(Math.max(asOf, running.promisedAt))
}

/** The same for a history that goes on: each look costs only what happened since the one before. */
export class RunningFold {
  readonly #plays: readonly MetricPlay[]
  readonly #awaiting: readonly CalendarRef[]
  readonly #story = new StoryReader()
  /** When the last promise began to hold. */
  readonly promisedAt: Micros
  #moments: Moment[] = []
  #asOf = -Infinity
  #lookedFrom = -Infinity
  #last: Fact | undefined
  #over = false

  constructor ({ promises, calendars, only = () => true }: Pick<FoldInput, 'promises' | 'calendars' | 'only'>) {
    const metrics = kindsOf(promises)
      .map((kind) => ({ kind, own: promises.filter((promised) => promised.kind === kind) }))
      .flatMap(({ kind, own }) =>
        metricsInOrder.map((metric) => ({ kind, metric, periods: metricPeriodsOf(kind, metric, own, calendars) }))
      )
    const madeAt = new Map(
      promises.flatMap((promised) => promised.terms === null ? [] : [[promised.terms, promised.madeAt] as const])
    )
    const promised = metrics.filter(({ metric, periods }) =>
      periods.some(({ terms }) => terms?.targets[metric] !== undefined)
    )
    this.#plays = promised.filter(only).map(({ kind, metric, periods }) =>
      new MetricPlay({ kind, metric, periods, calendars, madeAt })
    )
    this.promisedAt = Math.max(-Infinity, ...promised.map(({ periods }) => periods.at(-1)?.from ?? -Infinity))
    this.#awaiting = missingCalendars(promises, calendars)
  }

  /**
   * Takes in facts. False, and nothing is taken in, when one of them happened before the last look, or before a fact
   * that was taken in earlier: then the history has to be folded from its beginning.
   */
  take (facts: readonly StoredFact[]): boolean {
    const ordered = inOrder(facts)
    const [first] = ordered
    if (first === undefined) return true
    if (first.at < this.#lookedFrom || (this.#last !== undefined && byOccurrence(first, this.#last) <= 0)) return false
    this.#last = ordered.at(-1)
    const moments = this.#story.read(ordered)
    this.#moments.push(...moments)
    const last = moments.at(-1)
    if (last !== undefined) {
      this.#asOf = Math.max(this.#asOf, last.at)
      this.#over = isOver(last.status)
    }
    return true
  }

  /**
   * The clocks as seen from `asOf`, or from the last fact or look when that is later; promises that hold only from a
   * later instant on do not count yet. After the first look only the clocks whose state may be another one than at the
   * look before.
   */
  look (asOf: Micros): Folded {
    this.#asOf = this.#lookedFrom = Math.max(this.#asOf, asOf)
    const moments = this.#moments
    this.#moments = []
    const clocks = this.#plays.flatMap((play) => play.go(moments, this.#asOf))
    return { clocks, asOf: this.#asOf, over: this.#over, awaiting: this.#awaiting }
  }
}

interface MetricPlayInput {
  readonly kind: AgreementKind
  readonly metric: Metric
  readonly periods: readonly MetricPeriod[]
  readonly calendars: CalendarLookup
  /** When terms were promised. */
  readonly madeAt: ReadonlyMap<Terms, Micros>
}

/** One metric under one kind of promise, with the meter of its last cycle: those before have stopped for ever. */
class MetricPlay {
  readonly #input: MetricPlayInput
  readonly #play: Play
  #meter: Meter
  /** The last cycle as it was looked at, and when it reaches its next mark. */
  #last: { readonly cycle: number, readonly pauseEndsAt: Micros | null, readonly nextAt: Micros } | undefined

  constructor (input: MetricPlayInput) {
    this.#input = input
    this.#play = new Play(input.kind, input.metric, input.periods)
    this.#meter = new Meter(input)
  }

  go (moments: readonly Moment[], asOf: Micros): FoldedClock[] {
    this.#play.advance(moments, asOf)
    return this.#play.look().filter((cycle) => this.#mayDiffer(cycle, asOf)).map((cycle) => {
      if (this.#last?.cycle !== cycle.number) this.#meter = new Meter(this.#input)
      const measured = this.#meter.measure(cycle, asOf)
      this.#last = { cycle: cycle.number, pauseEndsAt: cycle.pauseEndsAt, nextAt: measured.planned[0]?.at ?? Infinity }
      return clockOf(this.#input.kind, this.#input.metric, cycle, measured)
    })
  }

  /** While nothing happens to it, a cycle changes only by reaching a mark. */
  #mayDiffer ({ number, stretches, unchanged, pauseEndsAt }: Cycle, asOf: Micros): boolean {
    const last = this.#last
    return last?.cycle !== number || unchanged < stretches.length || last.pauseEndsAt !== pauseEndsAt ||
      last.nextAt <= asOf
  }
}

function clockOf (kind: AgreementKind, metric: Metric, cycle: Cycle, measured: Measured): FoldedClock {
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
    escalationPolicyId: terms.escalationPolicyId,
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

import type { Micros } from '@dueline/business-time'
import type { ClockState, Metric, PauseReason, AgreementKind } from '@dueline/contracts'
import {
  kindsOf,
  metricPeriodsOf,
  missingCalendars,
  type MetricPeriod,
  type AgreementVersion,
  type Terms
} from './agreements.ts'
import { CycleMachine, type Cycle } from './cycles.ts'
import { byOccurrence, inOrder, type ClockKey, type Fact, type StoredFact } from './facts.ts'
import { breachKey, isWarning, type MarkAt, type ReachedMark } from './marks.ts'
import { Meter, type Measured, type MeasuredSegment } from './measure.ts'
import type { CalendarLookup, CalendarRef } from './open-time.ts'
import { isOver, metricsInOrder, TimelineReader, type TimelineEntry } from './timeline.ts'

/** All that a ticket's clocks depend on. Order and repetition of the facts do not matter. */
export interface FoldInput {
  readonly facts: readonly StoredFact[]
  readonly agreementVersions: readonly AgreementVersion[]
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
  readonly segments: readonly MeasuredSegment[]
  readonly reached: readonly ReachedMark[]
}

export interface Folded {
  readonly clocks: readonly FoldedClock[]
  /** The instant that was looked from. */
  readonly asOf: Micros
  /** The ticket is resolved, closed or cancelled: people are notified of nothing any more. */
  readonly over: boolean
  /** Calendars whose agreements could not be counted yet. */
  readonly awaiting: readonly CalendarRef[]
}

/** A ticket's clocks, by kind, metric and cycle: a pure function of its facts and agreements. */
export function fold ({ facts, asOf, ...terms }: FoldInput): Folded {
  const running = new RunningFold(terms)
  running.add(facts)
  return running.look(Math.max(asOf, running.agreedAt))
}

/** The same for a history that goes on: each look costs only what happened since the one before. */
export class RunningFold {
  readonly #metricFolds: readonly MetricFold[]
  readonly #awaiting: readonly CalendarRef[]
  readonly #timeline = new TimelineReader()
  /** When the last agreement began to hold. */
  readonly agreedAt: Micros
  #entries: TimelineEntry[] = []
  #asOf = -Infinity
  #lookedFrom = -Infinity
  #last: Fact | undefined
  #over = false

  constructor (
    { agreementVersions, calendars, only = () => true }: Pick<FoldInput, 'agreementVersions' | 'calendars' | 'only'>
  ) {
    const metrics = kindsOf(agreementVersions)
      .map((kind) => ({ kind, own: agreementVersions.filter((agreed) => agreed.kind === kind) }))
      .flatMap(({ kind, own }) =>
        metricsInOrder.map((metric) => ({ kind, metric, periods: metricPeriodsOf(kind, metric, own, calendars) }))
      )
    const madeAt = new Map(
      agreementVersions.flatMap((agreed) => agreed.terms === null ? [] : [[agreed.terms, agreed.madeAt] as const])
    )
    const agreed = metrics.filter(({ metric, periods }) =>
      periods.some(({ terms }) => terms?.targets[metric] !== undefined)
    )
    this.#metricFolds = agreed.filter(only).map(({ kind, metric, periods }) =>
      new MetricFold({ kind, metric, periods, calendars, madeAt })
    )
    this.agreedAt = Math.max(-Infinity, ...agreed.map(({ periods }) => periods.at(-1)?.from ?? -Infinity))
    this.#awaiting = missingCalendars(agreementVersions, calendars)
  }

  /**
   * Takes in facts. False, and nothing is taken in, when one of them happened before the last look, or before a fact
   * that was taken in earlier: then the history has to be folded from its beginning.
   */
  add (facts: readonly StoredFact[]): boolean {
    const ordered = inOrder(facts)
    const [first] = ordered
    if (first === undefined) return true
    if (first.at < this.#lookedFrom || (this.#last !== undefined && byOccurrence(first, this.#last) <= 0)) return false
    this.#last = ordered.at(-1)
    const entries = this.#timeline.read(ordered)
    this.#entries.push(...entries)
    const last = entries.at(-1)
    if (last !== undefined) {
      this.#asOf = Math.max(this.#asOf, last.at)
      this.#over = isOver(last.status)
    }
    return true
  }

  /**
   * The clocks as seen from `asOf`, or from the last fact or look when that is later; agreements that hold only from a
   * later instant on do not count yet. After the first look only the clocks whose state may be another one than at the
   * look before.
   */
  look (asOf: Micros): Folded {
    this.#asOf = this.#lookedFrom = Math.max(this.#asOf, asOf)
    const entries = this.#entries
    this.#entries = []
    const clocks = this.#metricFolds.flatMap((machine) => machine.go(entries, this.#asOf))
    return { clocks, asOf: this.#asOf, over: this.#over, awaiting: this.#awaiting }
  }
}

interface MetricFoldInput {
  readonly kind: AgreementKind
  readonly metric: Metric
  readonly periods: readonly MetricPeriod[]
  readonly calendars: CalendarLookup
  /** When terms were agreed. */
  readonly madeAt: ReadonlyMap<Terms, Micros>
}

/** One metric under one kind of agreement, with the meter of its last cycle: those before have stopped for ever. */
class MetricFold {
  readonly #input: MetricFoldInput
  readonly #machine: CycleMachine
  #meter: Meter
  /** The last cycle as it was looked at, and when it reaches its next mark. */
  #last: { readonly cycle: number, readonly pauseEndsAt: Micros | null, readonly nextAt: Micros } | undefined

  constructor (input: MetricFoldInput) {
    this.#input = input
    this.#machine = new CycleMachine(input.kind, input.metric, input.periods)
    this.#meter = new Meter(input)
  }

  go (entries: readonly TimelineEntry[], asOf: Micros): FoldedClock[] {
    this.#machine.advance(entries, asOf)
    return this.#machine.look().filter((cycle) => this.#mayDiffer(cycle, asOf)).map((cycle) => {
      if (this.#last?.cycle !== cycle.number) this.#meter = new Meter(this.#input)
      const measured = this.#meter.measure(cycle, asOf)
      this.#last = { cycle: cycle.number, pauseEndsAt: cycle.pauseEndsAt, nextAt: measured.planned[0]?.at ?? Infinity }
      return clockOf(this.#input.kind, this.#input.metric, cycle, measured)
    })
  }

  /** While nothing happens to it, a cycle changes only by reaching a mark. */
  #mayDiffer ({ number, segments, unchanged, pauseEndsAt }: Cycle, asOf: Micros): boolean {
    const last = this.#last
    return last?.cycle !== number || unchanged < segments.length || last.pauseEndsAt !== pauseEndsAt ||
      last.nextAt <= asOf
  }
}

function clockOf (kind: AgreementKind, metric: Metric, cycle: Cycle, measured: Measured): FoldedClock {
  const last = cycle.segments[cycle.segments.length - 1]!
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
    startedAt: cycle.segments[0]!.from,
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

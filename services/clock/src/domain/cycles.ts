import type { Micros } from '@dueline/business-time'
import { pauseReasons, type AgreementKind, type Metric, type PauseReason } from '@dueline/contracts'
import { pauses, type MetricPeriod, type Terms } from './agreements.ts'
import { CycleDraft, type Segment } from './cycle-draft.ts'
import { effects, reaction, stepAfter, type Effect, type Phase, type Trigger } from './lifecycle.ts'
import { isOver, type Cause, type Holder, type TimelineEntry } from './timeline.ts'

/** One cycle of a metric, as the timeline and the agreements made it. */
export interface Cycle {
  readonly number: number
  readonly segments: readonly Segment[]
  /** How many of the first segments are as they were when the cycle was looked at before. */
  readonly unchanged: number
  /** When the pause by hand that still holds will end by itself. */
  readonly pauseEndsAt: Micros | null
}

/**
 * Lives through a ticket's timeline for one metric under one kind of agreement, and can go on with what happens later.
 * What follows from what stands in `lifecycle.ts`; here it meets agreements, pauses and holders. A cycle exists from
 * the first instant at which it had a target. Only the last cycle can still change.
 */
export class CycleMachine {
  private readonly kind: AgreementKind
  private readonly metric: Metric
  private readonly periods: readonly MetricPeriod[]
  /** The last cycle and, until somebody has looked at them, those before it. */
  private readonly drafts: CycleDraft[] = []
  /** How many cycles came before those. */
  private ended = 0
  private nextPeriod = 0
  private begun = false
  private phase: Phase = 'idle'
  /** Where the first response stands. */
  private first: Phase = 'idle'
  private period: MetricPeriod = { from: -Infinity, terms: null, rules: null }
  private status: TimelineEntry['status'] = 'new'
  private holder: Holder = { kind: 'queue', id: null }

  constructor (kind: AgreementKind, metric: Metric, periods: readonly MetricPeriod[]) {
    this.kind = kind
    this.metric = metric
    this.periods = periods
  }

  /** Lives through the moments that follow, up to `asOf`; moments after it must not be given. */
  advance (entries: readonly TimelineEntry[], asOf: Micros): void {
    for (const entry of entries) {
      this.begun = true
      this.enterUntil(entry.at)
      this.endPauseBy(entry.at)
      this.apply(entry)
    }
    if (this.begun) this.enterUntil(asOf)
    this.endPauseBy(asOf)
  }

  /** The cycles that may differ from how they were when this was called before, in order. */
  look (): Cycle[] {
    const cycles = this.drafts.filter(({ begun }) => begun).map((draft, index): Cycle => {
      const { segments, unchanged, pause, open } = draft
      draft.unchanged = segments.length
      return {
        number: this.ended + index + 1,
        segments,
        unchanged,
        pauseEndsAt: open ? pause?.until ?? null : null
      }
    })
    const ended = this.drafts.splice(0, this.drafts.length - 1)
    this.ended += ended.filter(({ begun }) => begun).length
    return cycles
  }

  private enterUntil (at: Micros): void {
    for (
      let next = this.periods[this.nextPeriod];
      next !== undefined && next.from <= at;
      next = this.periods[this.nextPeriod]
    ) {
      this.nextPeriod++
      this.enter(next)
    }
  }

  private get draft (): CycleDraft | undefined {
    return this.drafts.at(-1)
  }

  private enter (period: MetricPeriod): void {
    this.endPauseBy(period.from)
    this.period = period
    const { terms } = period
    const agreed = terms?.targets[this.metric] !== undefined
    const what = terms === null ? 'agreement withdrawn' : agreed ? 'agreement' : 'agreement without this target'
    const cause = { what, id: terms?.agreementId ?? null } as const
    // who waited for the first response waits for the next one, once the first is not owed any more
    if (!isOver(this.status) && !this.owesFirst()) this.act('first_not_owed', period.from, cause)
    this.align(period.from, cause)
  }

  private apply (entry: TimelineEntry): void {
    this.status = entry.status
    this.holder = entry.holder
    this.followFirst(entry.trigger)
    const trigger = entry.command === null ? entry.trigger : this.applyCommand(entry.command, entry)
    this.act(trigger, entry.at, entry.cause)
    this.align(entry.at, entry.cause)
  }

  /** Does what follows from a trigger. */
  private act (trigger: Trigger | null, at: Micros, cause: Cause): void {
    if (trigger === null) return
    const reopen = this.period.rules?.reopen ?? 'continue'
    const step = stepAfter(this.metric, trigger, this.phase, { owesFirst: this.owesFirst(), reopen })
    if (step !== null) this.perform(effects[step], at, cause)
  }

  private perform ({ ends, phase, begins, restarts }: Effect, at: Micros, cause: Cause): void {
    if (ends !== undefined) {
      this.phase = ends
      this.align(at, cause)
    }
    this.phase = phase
    if (begins) this.drafts.push(new CycleDraft())
    if (restarts && this.draft !== undefined) this.draft.restart = true
  }

  private followFirst (trigger: Trigger | null): void {
    const action = trigger === null ? null : reaction('first_response', trigger, this.first)
    if (action !== null && action !== 'reopen') this.first = effects[action].phase
  }

  /** Whether the first response is owed, and a next one for that reason not yet. */
  private owesFirst (): boolean {
    if (this.metric !== 'next_response' || this.first !== 'open') return false
    const { rules } = this.period
    return rules === null || (rules.targets.first_response !== undefined && rules.nextResponse === 'after_first')
  }

  /** Applies a command to the clock it names, if that is the open one here; a waiver is a trigger. */
  private applyCommand (command: NonNullable<TimelineEntry['command']>, { at, cause }: TimelineEntry): Trigger | null {
    const { clock } = command.data
    if (clock.kind !== this.kind) return null
    if (command.kind === 'clock_waived' && clock.metric === 'first_response' && clock.cycle === 1) {
      this.followFirst('waived')
      this.act('first_waived', at, cause)
    }
    const draft = this.draft
    const number = this.ended + this.drafts.filter(({ begun }) => begun).length
    if (draft === undefined || !draft.open || clock.metric !== this.metric || clock.cycle !== number) return null
    switch (command.kind) {
      case 'clock_paused':
        draft.pause = { until: command.data.until, factId: command.id }
        return null
      case 'clock_resumed':
        draft.pause = null
        return null
      case 'clock_extended':
        draft.extended += command.data.by
        return null
      case 'clock_waived':
        return 'waived'
    }
  }

  /** Ends a pause by hand whose longest duration is over by `at`. */
  private endPauseBy (at: Micros): void {
    const draft = this.draft
    if (draft === undefined || draft.pause === null || draft.pause.until > at || !draft.open) return
    const { until, factId } = draft.pause
    draft.pause = null
    this.align(until, { what: 'pause ended by itself', id: factId })
  }

  /** Adapts the last cycle to phase, agreement, reasons and holder. */
  private align (from: Micros, cause: Cause): void {
    const draft = this.draft
    if (draft === undefined) return
    const { terms } = this.period
    const turn = { from, cause, holder: this.holder }
    if (this.phase !== 'open' || terms?.targets[this.metric] === undefined) {
      draft.stop(this.phase === 'met' || this.phase === 'waived' ? this.phase : 'cancelled', turn)
    } else {
      draft.goOn(terms, this.reasons(draft, terms), turn)
    }
  }

  private reasons ({ pause }: CycleDraft, terms: Terms): PauseReason[] {
    const { status } = this
    const holds = (reason: PauseReason): boolean => reason === 'manual' ? pause !== null : reason === status
    return pauseReasons.filter((reason) => holds(reason) && pauses(terms, this.metric, reason))
  }
}

import type { Micros } from '@dueline/business-time'
import { pauseReasons, type Metric, type PauseReason, type AgreementKind } from '@dueline/contracts'
import { pauses, type MetricPeriod, type Terms } from './agreements.ts'
import { onReopen, phaseAfter, reaction, type Action, type Phase, type Trigger } from './lifecycle.ts'
import { isOver, type Cause, type Holder, type TimelineEntry } from './timeline.ts'

/** A maximal stretch of a cycle in which nothing that matters to it changed: `[from, to)`, `to` null for the last. */
export interface Stretch {
  readonly from: Micros
  to: Micros | null
  readonly state: 'running' | 'paused' | 'met' | 'cancelled' | 'waived'
  /** Why it is paused; empty unless paused. */
  readonly reasons: readonly PauseReason[]
  /** What was promised then; a stopped stretch keeps what was promised last. */
  readonly terms: Terms
  /** Open time added to the target by hand up to here. */
  readonly extended: Micros
  readonly holder: Holder
  readonly cause: Cause
  /** True when consumed time counts from zero again. */
  readonly restart: boolean
}

/** One cycle of a metric, as the timeline and the promises made it. */
export interface Cycle {
  readonly number: number
  readonly stretches: readonly Stretch[]
  /** How many of the first stretches are as they were when the cycle was looked at before. */
  readonly unchanged: number
  /** When the pause by hand that still holds will end by itself. */
  readonly pauseEndsAt: Micros | null
}

interface Draft {
  stretches: Stretch[]
  unchanged: number
  extended: Micros
  pause: { until: Micros, factId: string } | null
  restart: boolean
}

/**
 * Plays a ticket's timeline for one metric under one kind of promise, and can go on with what happens later. A cycle
 * exists from the first instant at which it was promised. Only the last cycle can still change.
 */
export class CycleMachine {
  private readonly kind: AgreementKind
  private readonly metric: Metric
  private readonly periods: readonly MetricPeriod[]
  /** The last cycle and, until somebody has looked at them, those before it. */
  private readonly drafts: Draft[] = []
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

  /** Plays the moments that follow, up to `asOf`; moments after it must not be given. */
  advance (entries: readonly TimelineEntry[], asOf: Micros): void {
    for (const entry of entries) {
      this.begun = true
      this.enterUntil(entry.at)
      this.endPauseBy(entry.at)
      this.take(entry)
    }
    if (this.begun) this.enterUntil(asOf)
    this.endPauseBy(asOf)
  }

  /** The cycles that may differ from how they were when this was called before, in order. */
  look (): Cycle[] {
    const begun = this.drafts.filter(({ stretches }) => stretches.length > 0)
    const cycles = begun.map((draft, index): Cycle => {
      const { stretches, unchanged, pause } = draft
      draft.unchanged = stretches.length
      return {
        number: this.ended + index + 1,
        stretches,
        unchanged,
        pauseEndsAt: isOpen(draft) ? pause?.until ?? null : null
      }
    })
    const ended = this.drafts.splice(0, this.drafts.length - 1)
    this.ended += ended.filter(({ stretches }) => stretches.length > 0).length
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

  private get draft (): Draft | undefined {
    return this.drafts.at(-1)
  }

  private enter (period: MetricPeriod): void {
    this.endPauseBy(period.from)
    this.period = period
    const { terms } = period
    const agreed = terms?.targets[this.metric] !== undefined
    // who waited for the first response waits for the next one, once the first is not owed any more
    if (this.phase === 'pending' && !isOver(this.status) && !this.owesFirst()) this.begin()
    const what = terms === null ? 'agreement withdrawn' : agreed ? 'agreement' : 'agreement without this target'
    this.settle(period.from, { what, id: terms?.agreementId ?? null })
  }

  private take (entry: TimelineEntry): void {
    this.status = entry.status
    this.holder = entry.holder
    this.followFirst(entry.trigger)
    const trigger = entry.command === null ? entry.trigger : this.obey(entry.command)
    this.act(trigger, entry.at, entry.cause)
    this.settle(entry.at, entry.cause)
  }

  private act (trigger: Trigger | null, at: Micros, cause: Cause): void {
    const action = trigger === null ? null : reaction(this.metric, trigger, this.phase)
    if (action === 'start' && this.owesFirst()) this.phase = 'pending'
    else if (action !== null) this.perform(action, at, cause)
  }

  private followFirst (trigger: Trigger | null): void {
    const action = trigger === null ? null : reaction('first_response', trigger, this.first)
    if (action !== null) this.first = phaseAfter[action] ?? this.first
  }

  /** Whether the first response is owed, and a next one for that reason not yet. */
  private owesFirst (): boolean {
    if (this.metric !== 'next_response' || this.first !== 'open') return false
    const { rules } = this.period
    return rules === null || (rules.targets.first_response !== undefined && rules.nextResponse === 'after_first')
  }

  private perform (action: Action, at: Micros, cause: Cause): void {
    switch (action) {
      case 'start':
        this.begin()
        break
      case 'next':
        this.phase = 'met'
        this.settle(at, cause)
        this.begin()
        break
      case 'reopen': {
        const wanted = onReopen[this.period.rules?.reopen ?? 'continue']
        if (wanted === 'start') this.begin()
        else if (wanted !== null) this.phase = 'open'
        if (wanted === 'restart' && this.draft !== undefined) this.draft.restart = true
        break
      }
      default:
        this.phase = phaseAfter[action] ?? this.phase
    }
  }

  private begin (): void {
    this.phase = 'open'
    this.drafts.push({ stretches: [], unchanged: 0, extended: 0, pause: null, restart: false })
  }

  /** Applies a command to the clock it names, if that is the open one here; a waiver is a trigger. */
  private obey (command: NonNullable<TimelineEntry['command']>): Trigger | null {
    const { clock } = command.data
    const waivesFirst = command.kind === 'clock_waived' && clock.metric === 'first_response' && clock.cycle === 1
    if (waivesFirst && clock.kind === this.kind) this.waiveFirst()
    const draft = this.draft
    const number = this.ended + this.drafts.filter(({ stretches }) => stretches.length > 0).length
    if (
      draft === undefined || !isOpen(draft) || clock.kind !== this.kind || clock.metric !== this.metric ||
      clock.cycle !== number
    ) return null
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

  /** A first response that is waived covers the messages before, as one wait. */
  private waiveFirst (): void {
    this.followFirst('waived')
    if (this.metric === 'next_response' && this.phase === 'pending') this.phase = 'idle'
  }

  /** Ends a pause by hand whose longest duration is over by `at`. */
  private endPauseBy (at: Micros): void {
    const draft = this.draft
    if (draft === undefined || draft.pause === null || draft.pause.until > at || !isOpen(draft)) return
    const { until, factId } = draft.pause
    draft.pause = null
    this.settle(until, { what: 'pause ended by itself', id: factId })
  }

  /** Brings the cycle's last stretch in line with phase, promise, reasons and holder. */
  private settle (at: Micros, cause: Cause): void {
    const draft = this.draft
    if (draft === undefined) return
    const last = draft.stretches.at(-1)
    const terms = this.period.terms
    const agreed = terms?.targets[this.metric] !== undefined ? terms : null
    if (this.phase !== 'open' || agreed === null) {
      // a cycle that was never promised leaves no trace, and one that has stopped stays as it stopped
      if (last === undefined || isStopped(last)) return
      draft.pause = null
      const state = this.phase === 'met' || this.phase === 'waived' ? this.phase : 'cancelled'
      this.append(draft, {
        ...last,
        from: at,
        to: null,
        state,
        reasons: [],
        cause,
        restart: false,
        holder: this.holder
      })
      return
    }
    const reasons = this.reasons(draft, agreed)
    const wanted: Stretch = {
      from: at,
      to: null,
      state: reasons.length > 0 ? 'paused' : 'running',
      reasons,
      terms: agreed,
      extended: draft.extended,
      holder: this.holder,
      cause,
      restart: draft.restart
    }
    if (last !== undefined && !draft.restart && sameCondition(last, wanted)) return
    draft.restart = false
    this.append(draft, wanted)
  }

  private append (draft: Draft, stretch: Stretch): void {
    const { stretches } = draft
    const last = stretches.at(-1)
    // of several changes in one instant only the last has a length; a restart must not get lost with the others
    const instantly = last?.from === stretch.from ? stretches.pop() : undefined
    const before = stretches.at(-1)
    draft.unchanged = Math.min(draft.unchanged, Math.max(0, stretches.length - 1))
    const restart = stretch.restart || instantly?.restart === true
    if (before !== undefined && !restart && sameCondition(before, stretch)) {
      before.to = null
      return
    }
    if (before !== undefined) before.to = stretch.from
    stretches.push({ ...stretch, restart })
  }

  private reasons (draft: Draft, terms: Terms): PauseReason[] {
    const holding = new Set<PauseReason>()
    if (this.status === 'waiting_on_customer' || this.status === 'waiting_on_vendor') holding.add(this.status)
    if (draft.pause !== null) holding.add('manual')
    return pauseReasons.filter((reason) => holding.has(reason) && pauses(terms, this.metric, reason))
  }
}

function isStopped (stretch: Stretch): boolean {
  return stretch.state !== 'running' && stretch.state !== 'paused'
}

function isOpen (draft: Draft): boolean {
  const last = draft.stretches.at(-1)
  return last !== undefined && !isStopped(last)
}

function sameCondition (a: Stretch, b: Stretch): boolean {
  // nobody holds a clock that has stopped: who was handed the ticket meanwhile must not move the instant it stopped
  const sameHolder = isStopped(a) || (a.holder.kind === b.holder.kind && a.holder.id === b.holder.id)
  return a.state === b.state && a.terms === b.terms && a.extended === b.extended && sameHolder &&
    a.reasons.length === b.reasons.length && a.reasons.every((reason, index) => reason === b.reasons[index])
}

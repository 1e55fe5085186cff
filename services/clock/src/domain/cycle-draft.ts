import type { Micros } from '@dueline/business-time'
import type { PauseReason } from '@dueline/contracts'
import type { Terms } from './agreements.ts'
import type { Cause, Holder } from './timeline.ts'

/** The longest part of a cycle in which nothing that matters to it changed: `[from, to)`, `to` null for the last. */
export interface Segment {
  readonly from: Micros
  to: Micros | null
  readonly state: 'running' | 'paused' | 'met' | 'cancelled' | 'waived'
  /** Why it is paused; empty unless paused. */
  readonly reasons: readonly PauseReason[]
  /** What was agreed then; a stopped segment keeps what was agreed last. */
  readonly terms: Terms
  /** Open time added to the target by hand up to here. */
  readonly extended: Micros
  readonly holder: Holder
  readonly cause: Cause
  /** True when consumed time counts from zero again. */
  readonly restart: boolean
}

/** What begins a segment: when, why, and who holds the ticket. */
export type Turn = Pick<Segment, 'from' | 'cause' | 'holder'>

/** One cycle while it is being made. It has begun once there was an agreement for it. */
export class CycleDraft {
  readonly segments: Segment[] = []
  /** How many of the first segments are as they were when somebody looked. */
  unchanged = 0
  /** Open time added by hand. */
  extended: Micros = 0
  /** The pause by hand that holds, and the fact behind it. */
  pause: { readonly until: Micros, readonly factId: string } | null = null
  /** Consumed time counts from zero once it goes on. */
  restart = false

  get begun (): boolean {
    return this.segments.length > 0
  }

  /** It runs or is paused. */
  get open (): boolean {
    const last = this.segments.at(-1)
    return last !== undefined && !isStopped(last)
  }

  /** Ends it. A cycle without any agreement leaves no trace, and one that has stopped stays as it stopped. */
  stop (state: 'met' | 'cancelled' | 'waived', turn: Turn): void {
    const last = this.segments.at(-1)
    if (last === undefined || isStopped(last)) return
    this.pause = null
    this.#append({ ...last, ...turn, to: null, state, reasons: [], restart: false })
  }

  /** Lets it run, or holds it for reasons, if that is any different from what it does. */
  goOn (terms: Terms, reasons: readonly PauseReason[], turn: Turn): void {
    const state = reasons.length > 0 ? 'paused' : 'running'
    const { extended, restart } = this
    const segment: Segment = { ...turn, to: null, state, reasons, terms, extended, restart }
    const last = this.segments.at(-1)
    if (last !== undefined && !restart && sameCondition(last, segment)) return
    this.restart = false
    this.#append(segment)
  }

  #append (segment: Segment): void {
    const { segments } = this
    // of several changes in one instant only the last has a length; a restart must not get lost with the others
    const instantly = segments.at(-1)?.from === segment.from ? segments.pop() : undefined
    const before = segments.at(-1)
    this.unchanged = Math.min(this.unchanged, Math.max(0, segments.length - 1))
    const restart = segment.restart || instantly?.restart === true
    if (before !== undefined && !restart && sameCondition(before, segment)) {
      before.to = null
      return
    }
    if (before !== undefined) before.to = segment.from
    segments.push({ ...segment, restart })
  }
}

function isStopped ({ state }: Segment): boolean {
  return state !== 'running' && state !== 'paused'
}

function sameCondition (a: Segment, b: Segment): boolean {
  // nobody holds a clock that has stopped: who was handed the ticket meanwhile must not move the instant it stopped
  const sameHolder = isStopped(a) || (a.holder.kind === b.holder.kind && a.holder.id === b.holder.id)
  return a.state === b.state && a.terms === b.terms && a.extended === b.extended && sameHolder &&
    a.reasons.length === b.reasons.length && a.reasons.every((reason, index) => reason === b.reasons[index])
}

import type { Micros } from '@dueline/business-time'
import type { ClockState, EscalationAction, escalationStates } from '@dueline/contracts'
import { triggerOf } from './ladder-faults.ts'
import type { PinnedLadder } from './ladder.ts'
import type { NamedTarget } from './targets.ts'

export type EscalationState = typeof escalationStates[number]

/** A clock began to run, or ceased to, as one of its events told. `at` in microseconds. */
export interface Transition { readonly sequence: number, readonly at: Micros, readonly running: boolean }

/** What is kept of a clock: the newest that its events told. Instants in microseconds. */
export interface ClockCopy {
  /** 0 while nothing is known. */
  readonly sequence: number
  readonly cycle: number
  readonly state: ClockState
  /** Null while paused, and for a calendar that never opens. */
  readonly dueAt: Micros | null
  readonly breachedAt: Micros | null
  /** The newest cycle whose breach was announced live, in whatever order; 0 for none. A breach of the imported past does not count. */
  readonly announcedCycle: number
  /** The newest `transitionsMax` of all that its events told, by sequence, in whatever order they came. */
  readonly transitions: readonly Transition[]
}

/** The newest escalation of a clock's present cycle. */
export interface EscalationFacts {
  readonly id: string
  readonly state: EscalationState
  /** The highest level reached; 0 for none. */
  readonly level: number
  readonly openedAt: Micros
  /** Counts its events. */
  readonly version: number
}

/** Everything a decision about one clock depends on, besides its ticket and the people. */
export interface CaseState {
  readonly clock: ClockCopy
  /** Null when no ladder watches this clock. Pinned once a level was reached or passed over. */
  readonly ladder: PinnedLadder | null
  /** Levels reached or passed over in this cycle; the next is `ladder.levels[cursor]`. */
  readonly cursor: number
  /** When the last of them was reached, or was due if it was passed over. */
  readonly lastLevelAt: Micros | null
  readonly escalation: EscalationFacts | null
}

export type StopReason = 'clock_met' | 'clock_cancelled' | 'clock_waived' | 'breach_withdrawn' | 'new_cycle'

/** What happened to an escalation, with the escalation after it. */
export type Happened = { readonly escalation: EscalationFacts } & (
  | { readonly kind: 'opened' | 'acknowledged' | 'exhausted', readonly reason: string | null }
  | { readonly kind: 'stopped', readonly reason: StopReason }
  | {
    readonly kind: 'level_reached'
    readonly number: number
    readonly name: string
    readonly last: boolean
    readonly dueAt: Micros
    readonly targets: readonly NamedTarget[]
    readonly actions: readonly EscalationAction[]
    /** A later level was due at the same moment and does the notifying. */
    readonly superseded: boolean
    readonly reason: string | null
  })

/** A case of which nothing is known yet. */
export const emptyCase: CaseState = {
  clock: { sequence: 0, cycle: 0, state: 'running', dueAt: null, breachedAt: null, announcedCycle: 0, transitions: [] },
  ladder: null,
  cursor: 0,
  lastLevelAt: null,
  escalation: null
}

/** Pauses further back than this no longer hold levels up. */
export const transitionsMax = 100

/** The transitions of both, by sequence, each once. */
export function mergeTransitions (a: readonly Transition[], b: readonly Transition[]): readonly Transition[] {
  if (b.length === 0) return a
  const merged = new Map([...a, ...b].map((each) => [each.sequence, each]))
  return [...merged.values()].sort((x, y) => x.sequence - y.sequence).slice(-transitionsMax)
}

/** `length` after `from`, where the time in which the clock did not run does not count. */
function afterRunning (from: Micros, length: Micros, transitions: readonly Transition[]): Micros {
  let at = from + length
  let heldSince: Micros | null = null
  for (const each of transitions) {
    if (!each.running) {
      heldSince ??= each.at
      continue
    }
    const begin = heldSince === null ? null : Math.max(heldSince, from)
    if (begin !== null && begin < at && each.at > begin) at += each.at - begin
    heldSince = null
  }
  return at
}

/** Whether nothing more can happen in this cycle unless its breach is withdrawn. */
function isOver ({ escalation }: CaseState): boolean {
  return escalation?.state === 'acknowledged' || escalation?.state === 'exhausted'
}

/**
 * When the next level is due, or null: while the clock is paused or over, before the breach for a level after the
 * deadline, and when no level is left. May lie in the past.
 */
export function nextLevelAt (state: CaseState): Micros | null {
  const { clock, ladder, cursor, lastLevelAt } = state
  const level = ladder?.levels[cursor]
  if (level === undefined || clock.state !== 'running' || isOver(state)) return null
  const { kind, length } = triggerOf(level.trigger)
  if (kind === 'unacknowledged') return lastLevelAt === null ? null : afterRunning(lastLevelAt, length, clock.transitions)
  const deadline = clock.dueAt ?? clock.breachedAt
  if (deadline === null) return null
  if (kind === 'before') return deadline - length
  return clock.breachedAt === null || clock.announcedCycle !== clock.cycle ? null : afterRunning(deadline, length, clock.transitions)
}

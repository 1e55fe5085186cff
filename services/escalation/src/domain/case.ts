import type { Micros } from '@dueline/business-time'
import type { ClockState, EscalationAction, escalationStates } from '@dueline/contracts'
import { triggerOf } from './escalation-policy-faults.ts'
import type { PinnedEscalationPolicy } from './escalation-policy.ts'
import type { NamedTarget } from './targets.ts'

export type EscalationState = typeof escalationStates[number]

/**
 * A clock began to run, or ceased to (`over`: was met, cancelled or waived), as one of its events reported. `at` in
 * microseconds.
 */
export interface Transition {
  readonly sequence: number
  readonly at: Micros
  readonly running: boolean
  readonly over: boolean
}

/** A breach that was announced live. */
export interface Announcement {
  /** Of the event that announced it. */
  readonly sequence: number
  readonly cycle: number
  /**
   * What levels after the deadline count from, in microseconds: the deadline that was missed, wherever the clock's
   * deadline goes afterwards; the announcement itself where the deadline had passed before the agreement held that sets
   * it.
   */
  readonly from: Micros
}

/** What is stored of a clock: the newest that its events reported. Instants in microseconds. */
export interface ClockCopy {
  /** 0 while nothing is known. */
  readonly sequence: number
  readonly cycle: number
  readonly state: ClockState
  /** Null while paused, and for a calendar that never opens. */
  readonly dueAt: Micros | null
  readonly breachedAt: Micros | null
  /**
   * The newest breach that was announced live, in whatever order. A breach of the imported past, or of a ticket that is
   * over, does not count.
   */
  readonly announced: Announcement | null
  /** The newest `transitionsMax` of all that its events reported, by sequence, in whatever order they came. */
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
  /** Null when no escalation policy watches this clock. Pinned once a level was reached or passed over. */
  readonly policy: PinnedEscalationPolicy | null
  /** Levels reached or passed over in this cycle; the next is `escalation policy.levels[cursor]`. */
  readonly cursor: number
  /** When the last of them was reached, or was due if it was passed over. */
  readonly lastLevelAt: Micros | null
  /** The clock's deadline at that time. */
  readonly lastDeadline: Micros | null
  /** The clock's sequence when the newest escalation that was acknowledged or exhausted was so. */
  readonly handledSequence: number | null
  /** Since when the clock runs again after that: levels then count from here. */
  readonly climbsFrom: Micros | null
  readonly escalation: EscalationFacts | null
}

export type StopReason = 'clock_met' | 'clock_cancelled' | 'clock_waived' | 'breach_withdrawn' | 'new_cycle'

/** What happened to an escalation, with the escalation after it. */
export type Happened =
  & { readonly escalation: EscalationFacts }
  & (
    | { readonly kind: 'opened' | 'acknowledged' | 'exhausted', readonly reason: string | null }
    | { readonly kind: 'stopped', readonly reason: StopReason }
    | {
      readonly kind: 'level_reached',
      readonly number: number,
      readonly name: string,
      readonly last: boolean,
      readonly dueAt: Micros,
      readonly targets: readonly NamedTarget[],
      readonly actions: readonly EscalationAction[],
      /** A later level was due at the same moment and does the notifying. */
      readonly superseded: boolean,
      readonly reason: string | null
    }
  )

/** The foot of an escalation policy that nobody has climbed. */
export function foot (): Omit<CaseState, 'clock'> {
  return {
    policy: null,
    cursor: 0,
    lastLevelAt: null,
    lastDeadline: null,
    handledSequence: null,
    climbsFrom: null,
    escalation: null
  }
}

/** A case of which nothing is known yet. */
export const emptyCase: CaseState = {
  clock: { sequence: 0, cycle: 0, state: 'running', dueAt: null, breachedAt: null, announced: null, transitions: [] },
  ...foot()
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

/** Whether nothing more can happen in this cycle unless its breach is withdrawn, or its clock stops and goes on. */
export function isHandled ({ escalation }: CaseState): boolean {
  return escalation?.state === 'acknowledged' || escalation?.state === 'exhausted'
}

/**
 * Whether the clock was over, and went on, after its escalation was handled. `since`: since when it runs; null when it
 * does not.
 */
export function reopening ({ clock: { transitions }, handledSequence }: CaseState): { since: Micros | null } | null {
  const after = handledSequence === null ? [] : transitions.filter(({ sequence }) => sequence > handledSequence)
  const since = after.slice(after.findIndex(({ over }) => over))
  if (since[0]?.over !== true || !since.some(({ running }) => running)) return null
  const resumed = since.slice(since.findLastIndex(({ over }) => over)).find(({ running }) => running)
  return { since: resumed?.at ?? null }
}

/** Whether the clock counts no more. */
export function isOver ({ state }: Pick<ClockCopy, 'state'>): boolean {
  return state === 'met' || state === 'cancelled' || state === 'waived'
}

/** What levels after the deadline count from; null while no breach stands. */
function missedAt ({ clock: { breachedAt, announced, cycle }, climbsFrom }: CaseState): Micros | null {
  if (breachedAt === null || announced === null || announced.cycle !== cycle) return null
  return climbsFrom === null ? announced.from : Math.max(announced.from, climbsFrom)
}

/**
 * When the next level is due, or null: while the clock is paused or over, before the breach for a level after the
 * deadline, and when no level is left. May lie in the past.
 */
export function nextLevelAt (state: CaseState): Micros | null {
  const { clock, policy, cursor, lastLevelAt } = state
  const level = policy?.levels[cursor]
  if (level === undefined || clock.state !== 'running' || isHandled(state)) return null
  const { kind, length } = triggerOf(level.trigger)
  if (kind === 'unacknowledged') {
    return lastLevelAt === null
      ? null
      : afterRunning(lastLevelAt, length, clock.transitions)
  }
  const missed = missedAt(state)
  if (kind === 'after') return missed === null ? null : afterRunning(missed, length, clock.transitions)
  const ahead = beforeDeadline(state, length)
  return ahead === null || missed === null ? ahead ?? missed : Math.min(ahead, missed)
}

/**
 * `length` before the deadline. Null when the deadline has moved since the last level so that this lay in the past
 * already: a level that raises the priority does not set off the ones above it, they wait for the breach.
 */
function beforeDeadline ({ clock, lastLevelAt, lastDeadline }: CaseState, length: Micros): Micros | null {
  const deadline = clock.dueAt ?? clock.breachedAt
  if (deadline === null) return null
  const at = deadline - length
  return lastLevelAt !== null && lastDeadline !== null && lastDeadline !== deadline && at <= lastLevelAt ? null : at
}

import type { Micros } from '@dueline/business-time'
import type { InCharge, TicketSummary } from '@dueline/contracts'
import { decideActions } from './actions.ts'
import {
  foot,
  isHandled,
  isOver,
  mergeTransitions,
  nextLevelAt,
  reopening,
  type Announcement,
  type CaseState,
  type ClockCopy,
  type EscalationFacts,
  type EscalationState,
  type Happened,
  type StopReason
} from './case.ts'
import type { Level, PinnedEscalationPolicy } from './escalation-policy.ts'
import type { People } from './people.ts'
import { resolveTargets } from './targets.ts'

/** The ticket and the people as they are when a level is decided, at `now`. */
export interface LevelContext {
  readonly ticket: Pick<TicketSummary, 'priority' | 'severity' | 'assigneeId'>
  readonly people: People
  /** Who acts for the assignee when there is none. */
  readonly inCharge: InCharge
  readonly now: Micros
}

/**
 * What can happen to a case:
 * a clock event arrived (`escalation policy`: the one its clock would be given now), its timer fired, somebody
 * acknowledged, somebody raised. `escalationId` is used if this opens an escalation. To acknowledge says who took it
 * on: also after the last level, and after somebody else did.
 */
export type Input =
  | { readonly kind: 'clock', readonly clock: ClockCopy, readonly policy: PinnedEscalationPolicy | null }
  | { readonly kind: 'wake', readonly escalationId: string } & LevelContext
  | { readonly kind: 'acknowledge', readonly note: string | null }
  | { readonly kind: 'raise', readonly reason: string } & LevelContext

/** `wakeAt`: when to call with a `wake` next, null for not at all. `refused`: the escalation is in no state for it. */
export interface Decision {
  readonly state: CaseState
  readonly events: readonly Happened[]
  readonly wakeAt: Micros | null
  readonly refused?: true
}

/**
 * The whole state machine of escalations. Knows no clock and no randomness: instants and ids come with the input.
 */
export function decide (state: CaseState, input: Input): Decision {
  switch (input.kind) {
    case 'clock':
      return onClock(state, input.clock, input.policy)
    case 'wake':
      return onWake(state, input)
    case 'acknowledge':
      return onAcknowledge(state, input.note)
    case 'raise':
      return onRaise(state, input)
  }
}

function decision (state: CaseState, events: readonly Happened[] = []): Decision {
  return { state, events, wakeAt: nextLevelAt(state) }
}

/** The escalation one event on, in another state or at another level. */
function next (escalation: EscalationFacts, change: { state?: EscalationState, level?: number } = {}): EscalationFacts {
  return { ...escalation, ...change, version: escalation.version + 1 }
}

/** Why an open escalation has to stop when its clock goes from `before` to `after`, or null. */
function stopReason (before: ClockCopy, after: ClockCopy): StopReason | null {
  if (after.cycle !== before.cycle) return 'new_cycle'
  if (before.breachedAt !== null && after.breachedAt === null) return 'breach_withdrawn'
  return isOver(after) ? `clock_${after.state as 'met' | 'cancelled' | 'waived'}` : null
}

/**
 * Takes over a clock's newest state. A late event changes nothing but, perhaps, what is the newest of all events.
 * Whether the escalation of a cycle is open or stopped depends on the newest state alone, so that the order of events
 * does not matter.
 */
function onClock (state: CaseState, clock: ClockCopy, policy: PinnedEscalationPolicy | null): Decision {
  const newest = {
    transitions: mergeTransitions(state.clock.transitions, clock.transitions),
    announced: laterOf(state.clock.announced, clock.announced)
  }
  if (clock.sequence <= state.clock.sequence) {
    return decision(climbAnew({ ...state, clock: { ...state.clock, ...newest } }, policy))
  }
  const events: Happened[] = []
  let { escalation } = state
  const reason = stopReason(state.clock, clock)
  if (reason !== null && escalation?.state === 'open') {
    escalation = next(escalation, { state: 'stopped' })
    events.push({ kind: 'stopped', reason, escalation })
  } else if (reason === null && escalation?.state === 'stopped') {
    escalation = next(escalation, { state: 'open' })
    events.push({ kind: 'opened', reason: 'clock_running_again', escalation })
  }
  // a new cycle and a withdrawn breach begin the escalation policy anew
  const base = reason === 'new_cycle' || reason === 'breach_withdrawn' ? foot() : { ...state, escalation }
  const pinned = base.cursor > 0 || base.escalation !== null
  return decision(
    climbAnew({ ...base, clock: { ...clock, ...newest }, policy: pinned ? base.policy : policy }, policy),
    events
  )
}

function laterOf (a: Announcement | null, b: Announcement | null): Announcement | null {
  return a === null || (b !== null && b.sequence > a.sequence) ? b : a
}

/**
 * An escalation that was acknowledged or exhausted is over with its clock; when the clock goes on, the escalation
 * policy is climbed anew from its foot. Until a level is reached, whence it counts follows the newest of all events, so
 * that their order does not matter.
 */
function climbAnew (state: CaseState, policy: PinnedEscalationPolicy | null): CaseState {
  const reopened = reopening(state)
  if (reopened === null) return state
  const { clock, handledSequence } = state
  if (isHandled(state)) return { ...foot(), clock, policy, handledSequence, climbsFrom: reopened.since }
  return state.cursor === 0 && state.escalation === null ? { ...state, climbsFrom: reopened.since } : state
}

function lets (level: Level, { priority, severity }: LevelContext['ticket']): boolean {
  return (level.priorities?.includes(priority) ?? true) && (level.severities?.includes(severity) ?? true)
}

interface DueLevel {
  readonly level: Level
  readonly number: number
  readonly dueAt: Micros
}

/**
 * Goes through every level that is due by now, oldest first; those whose filters refuse the ticket are passed over for
 * good.
 */
function onWake (state: CaseState, input: LevelContext & { escalationId: string }): Decision {
  const { now } = input
  const due: DueLevel[] = []
  let after = state
  for (let at = nextLevelAt(after); at !== null && at <= now; at = nextLevelAt(after)) {
    const level = after.policy!.levels[after.cursor]!
    const reached = lets(level, input.ticket)
    if (reached) due.push({ level, number: after.cursor + 1, dueAt: at })
    after = {
      ...after,
      cursor: after.cursor + 1,
      lastLevelAt: reached ? now : at,
      lastDeadline: deadlineOf(after.clock)
    }
  }
  const events: Happened[] = []
  let escalation = state.escalation
  if (due.length > 0 && escalation === null) {
    escalation = { id: input.escalationId, state: 'open', level: 0, openedAt: now, version: 1 }
    events.push({ kind: 'opened', reason: null, escalation })
  }
  return finish({ ...after, escalation }, events, due, input)
}

function deadlineOf ({ dueAt, breachedAt }: ClockCopy): Micros | null {
  return dueAt ?? breachedAt
}

/**
 * Reaches the levels given, of which only the last notifies, and closes an escalation policy that has no level left.
 */
function finish (
  state: CaseState,
  before: readonly Happened[],
  due: readonly DueLevel[],
  { ticket, people, inCharge }: LevelContext,
  given: string | null = null
): Decision {
  const events = [...before]
  let { escalation } = state
  let { priority } = ticket
  const { assigneeId } = ticket
  const holder = assigneeId === null ? { assigneeId, inCharge } : { assigneeId }
  for (const [i, { level, number, dueAt }] of due.entries()) {
    escalation = next(escalation!, { level: number })
    const { targets, reason: found } = resolveTargets(level.targets, holder, people)
    const reason = given === null || found === null ? given ?? found : `${given}; ${found}`
    const later = due.slice(i + 1)
    const superseded = later.length > 0
    const actions = decideActions(level.actions, targets, { ...ticket, priority }, {
      notify: superseded,
      reassign: later.some((other) => other.level.actions.some((action) => 'reassign' in action))
    })
    for (const action of actions) if (action.kind === 'raise_priority') priority = action.priority
    const last = number === state.policy!.levels.length
    events.push({
      kind: 'level_reached',
      number,
      name: level.name,
      last,
      dueAt,
      targets,
      actions,
      superseded,
      reason,
      escalation
    })
  }
  if (escalation?.state === 'open' && state.cursor >= state.policy!.levels.length) {
    escalation = next(escalation, { state: 'exhausted' })
    events.push({ kind: 'exhausted', reason: 'no level is left', escalation })
    return decision({ ...state, escalation, handledSequence: state.clock.sequence }, events)
  }
  return decision({ ...state, escalation }, events)
}

function onAcknowledge (state: CaseState, note: string | null): Decision {
  if (state.escalation === null || state.escalation.state === 'stopped') return { ...decision(state), refused: true }
  const escalation = next(state.escalation, { state: 'acknowledged' })
  return decision({ ...state, escalation, handledSequence: state.clock.sequence }, [{
    kind: 'acknowledged',
    reason: note,
    escalation
  }])
}

/** Reaches the next level that its filters let through now, also while the clock is paused. */
function onRaise (state: CaseState, input: LevelContext & { reason: string }): Decision {
  const { now } = input
  const levels = state.policy?.levels
  if (levels === undefined || state.escalation?.state !== 'open') return { ...decision(state), refused: true }
  const found = levels.findIndex((level, i) => i >= state.cursor && lets(level, input.ticket))
  const due = found < 0 ? [] : [{ level: levels[found]!, number: found + 1, dueAt: now }]
  return finish(
    {
      ...state,
      cursor: found < 0 ? levels.length : found + 1,
      lastLevelAt: now,
      lastDeadline: deadlineOf(state.clock)
    },
    [],
    due,
    input,
    input.reason
  )
}

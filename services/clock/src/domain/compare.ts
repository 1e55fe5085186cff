import type { Micros } from '@dueline/business-time'
import type { ChangeType, DiffInput, Draft, FiredMark, StoredClock } from './difference.ts'
import type { Folded, FoldedClock } from './fold.ts'
import { breachKey, isWarning, type MarkAt, type ReachedMark } from './marks.ts'
import type { RecordedMarks } from './recorded-marks.ts'

/** A clock as it is to be stored, and what led there from how it was stored. */
export interface Compared {
  readonly row: StoredClock
  readonly changes: readonly Draft[]
}

/** What separates a clock from the same one as it was stored; undefined: it was not. */
export function compare (
  before: StoredClock | undefined,
  clock: FoldedClock,
  recorded: RecordedMarks,
  { folded, catchUpBefore, newId }: Pick<DiffInput, 'folded' | 'catchUpBefore' | 'newId'>
): Compared {
  const { segments: _, reached, planned, ...core } = clock
  const id = before?.id ?? newId()
  const changes: Draft[] = []
  let withdrawals = before?.withdrawals ?? 0
  const breach = recorded.find(id, breachKey, withdrawals)
  if (clock.breachedAt === null && breach !== undefined) {
    withdrawals++
    changes.push(withdrawal(breach, before?.breachedAt, folded))
  }
  for (const type of before === undefined || before.voided ? beginning(clock) : transitions(before, clock)) {
    changes.push(change(type, id, timeOf(type, clock, folded.asOf)))
  }
  const isSaid = (key: string): boolean => recorded.find(id, key, withdrawals) !== undefined
  for (const mark of reached) if (!isSaid(mark.key)) changes.push(reachedMark(id, mark, before, catchUpBefore))
  const row = {
    ...core,
    id,
    planned: planned.map((mark) => ({ ...mark, said: isSaid(mark.key) })),
    withdrawals,
    voided: false,
    sequence: before?.sequence ?? 0
  }
  return { row, changes }
}

/** Of a mark that was not foreseen for its instant nobody knows whether it was missed, or never due. */
function reachedMark (
  clockId: string,
  mark: ReachedMark,
  before: StoredClock | undefined,
  catchUpBefore: Micros
): Draft {
  const foreseen = before?.planned.some(({ key, at }) => key === mark.key && at === mark.at) === true
  return markChange(clockId, mark, !foreseen || mark.at < catchUpBefore, mark.attachedLate && !foreseen)
}

/** A stored clock that the history no longer has: cancelled for its readers, hidden from then on, once. */
export function vanish (clock: StoredClock, recorded: RecordedMarks, { asOf, over }: Folded): Compared {
  const breach = recorded.find(clock.id, breachKey, clock.withdrawals)
  const changes: Draft[] = []
  if (breach !== undefined) changes.push(withdrawal(breach, clock.breachedAt, { asOf, over }))
  if (clock.state !== 'cancelled') changes.push(change('cancelled', clock.id, asOf))
  const row: StoredClock = {
    ...clock,
    state: 'cancelled',
    pausedFor: [],
    runningSince: null,
    stoppedAt: clock.stoppedAt ?? Math.max(asOf, clock.startedAt),
    pauseEndsAt: null,
    breachedAt: null,
    planned: [],
    withdrawals: clock.withdrawals + (breach === undefined ? 0 : 1),
    voided: true
  }
  return { row, changes }
}

/** What passing time alone makes of a stored clock; undefined: nothing. */
export function age (clock: StoredClock, now: Micros, catchUpBefore: Micros): Compared | undefined {
  const ahead = clock.planned.findIndex(({ at }) => at > now)
  const count = ahead === -1 ? clock.planned.length : ahead
  if (count === 0) return undefined
  const due = clock.planned.slice(0, count)
  return {
    row: {
      ...clock,
      planned: clock.planned.slice(count),
      warnedAt: clock.warnedAt ?? due.find(({ event }) => isWarning(event))?.at ?? null,
      breachedAt: clock.breachedAt ?? due.find(({ key }) => key === breachKey)?.at ?? null
    },
    changes: due.filter(({ said }) => !said).map((mark) => markChange(clock.id, mark, mark.at < catchUpBefore, false))
  }
}

function beginning (clock: FoldedClock): ChangeType[] {
  return clock.state === 'running' ? ['started'] : ['started', clock.state]
}

/** Which events lead from the stored clock to the new one, marks apart. */
function transitions (before: StoredClock, clock: FoldedClock): ChangeType[] {
  const types: ChangeType[] = []
  if (before.extended !== clock.extended) types.push('extended')
  if (before.state !== clock.state) types.push(clock.state === 'running' ? 'resumed' : clock.state)
  else if (clock.state === 'paused' && before.pausedFor.join() !== clock.pausedFor.join()) types.push('paused')
  else if (types.length === 0 && isReplanned(before, clock)) types.push('replanned')
  return types
}

function isReplanned (before: StoredClock, clock: FoldedClock): boolean {
  return before.dueAt !== clock.dueAt || before.target !== clock.target || before.agreementId !== clock.agreementId ||
    before.startedAt !== clock.startedAt || before.stoppedAt !== clock.stoppedAt ||
    // while it runs, a change that matters shows in the deadline
    (clock.runningSince === null && before.consumedBefore !== clock.consumedBefore)
}

function timeOf (type: ChangeType, clock: FoldedClock, asOf: Micros): Micros {
  if (type === 'started') return clock.startedAt
  if (type === 'replanned' || type === 'extended') return asOf
  // it has begun, so it has a segment
  return clock.stoppedAt ?? clock.segments.at(-1)!.from
}

function change (type: ChangeType, clockId: string, time: Micros): Draft {
  return { type, clockId, time, mark: null, withdrawn: null }
}

/** Takes back a recorded breach. Who was notified of it is notified of that too, unless the ticket is over by now. */
function withdrawal (
  { clockId, at, recordedOnly }: FiredMark,
  breachedAt: Micros | null | undefined,
  { asOf, over }: Pick<Folded, 'asOf' | 'over'>
): Draft {
  const withdrawn = { dueAt: at, breachedAt: breachedAt ?? at, recordedOnly: recordedOnly ?? (over ? 'over' : null) }
  return { ...change('breach-withdrawn', clockId, asOf), withdrawn }
}

function markChange (
  clockId: string,
  { key, event, urgent, at }: MarkAt,
  catchUp: boolean,
  attachedLate: boolean
): Draft {
  return { ...change(event, clockId, at), mark: { key, event, urgent, at, catchUp, attachedLate } }
}

import type { Micros } from '@dueline/business-time'
import type { Folded, FoldedClock, ClockCore } from './fold.ts'
import type { RecordedOnly } from './recorded-only.ts'
import { breachKey, type MarkAt, type ReachedMark } from './marks.ts'
import { inEventOrder } from './event-order.ts'

/** A mark in a stored plan; `said` when its event went out before and must not again. */
export interface PlannedMark extends MarkAt {
  readonly said: boolean
}

/** A clock as it lies in the database. */
export interface StoredClock extends Omit<ClockCore, 'planned'> {
  readonly id: string
  readonly planned: readonly PlannedMark[]
  /** How often an announced breach was taken back: the next one may be announced again. */
  readonly withdrawals: number
  /** True when the recomputed history has no such clock any more; kept, so that nothing is said twice. */
  readonly voided: boolean
  /** Counts the clock's events. */
  readonly sequence: number
}

/**
 * A mark that was recorded; `round` is the number of withdrawals before it (0 for all but breaches). Unique per clock.
 */
export interface FiredMark {
  readonly clockId: string
  readonly key: string
  readonly round: number
  /** The instant that it was recorded for. */
  readonly at: Micros
  readonly recordedOnly: RecordedOnly
}

/** A mark as its event tells it; `catchUp`: it fell due unnoticed, because nothing ran or its facts were not here. */
export interface ChangedMark extends ReachedMark {
  readonly catchUp: boolean
  readonly recordedOnly: RecordedOnly
}

export type ChangeType =
  | 'started'
  | 'paused'
  | 'resumed'
  | 'replanned'
  | 'extended'
  | 'met'
  | 'cancelled'
  | 'waived'
  | 'breach-withdrawn'
  | 'warned'
  | 'reminded'
  | 'breached'
  | 'overdue'

/** A breach that was recorded and is taken back. */
export interface Withdrawn {
  /** The deadline as it was recorded. */
  readonly dueAt: Micros
  /** When the clock counted as breached last. */
  readonly breachedAt: Micros
  /** Why people are not told; null: who was told of the breach is. */
  readonly recordedOnly: RecordedOnly
}

/** One event to send: what happened to which clock, when, as its how-manieth. */
export interface Change {
  readonly type: ChangeType
  readonly clockId: string
  readonly sequence: number
  readonly time: Micros
  /** Only for marks. */
  readonly mark: ChangedMark | null
  /** Only for `breach-withdrawn`. */
  readonly withdrawn: Withdrawn | null
}

/** What has to be written, said and waited for. */
export interface Difference {
  /** Clocks to insert or update, as they are to be stored. */
  readonly rows: readonly StoredClock[]
  /** Events in the order in which a reader expects them. */
  readonly changes: readonly Change[]
  readonly newMarks: readonly FiredMark[]
  /** When to look again: the next mark to be said or pause to end; null when nothing is to come. */
  readonly wakeAt: Micros | null
}

/** Nothing to write, say or wait for. */
export const noDifference: Difference = { rows: [], changes: [], newMarks: [], wakeAt: null }

export interface DiffInput {
  readonly stored: readonly StoredClock[]
  readonly fired: readonly FiredMark[]
  readonly folded: Folded
  /** Marks reached before this instant fell due while nothing ran. */
  readonly catchUpBefore: Micros
  readonly newId: () => string
}

/** The marks that were recorded, by clock id. */
type Said = ReadonlyMap<string, readonly FiredMark[]>
/** A change that is not counted yet, and of which nobody has decided yet whether people are told. */
export type Draft = Omit<Change, 'sequence' | 'mark'> & { readonly mark: Omit<ChangedMark, 'recordedOnly'> | null }

/** What separates the stored clocks of a ticket from the newly folded ones. */
export function diff (input: DiffInput): Difference {
  const { stored, folded } = input
  const said = byClock(input.fired)
  const byKey = new Map(stored.map((clock) => [keyOf(clock), clock]))
  const drafts: Draft[] = []
  const next = new Map<string, StoredClock>()
  for (const clock of folded.clocks) {
    const before = byKey.get(keyOf(clock))
    byKey.delete(keyOf(clock))
    const { row, changes } = compare(before, clock, said, input)
    next.set(row.id, row)
    drafts.push(...changes)
  }
  for (const gone of byKey.values()) {
    const { row, changes } = vanish(gone, said, folded)
    next.set(row.id, row)
    drafts.push(...changes)
  }
  return finish(stored, next, drafts, folded.over)
}

/**
 * The same, when only time has passed: from the stored plans alone, `over` as in `Folded`. Null when a pause by hand
 * has ended, for which the facts are needed.
 */
export function passTime (
  stored: readonly StoredClock[],
  now: Micros,
  catchUpBefore: Micros,
  over: boolean
): Difference | null {
  if (stored.some(({ pauseEndsAt }) => pauseEndsAt !== null && pauseEndsAt <= now)) return null
  const drafts: Draft[] = []
  const next = new Map<string, StoredClock>()
  for (const clock of stored) {
    let count = 0
    while (count < clock.planned.length && clock.planned[count]!.at <= now) count++
    if (count === 0) {
      next.set(clock.id, clock)
      continue
    }
    const due = clock.planned.slice(0, count)
    for (const mark of due) if (!mark.said) drafts.push(markChange(clock.id, mark, mark.at < catchUpBefore, false))
    next.set(clock.id, {
      ...clock,
      planned: clock.planned.slice(count),
      warnedAt: clock.warnedAt ?? due.find(({ event }) => event === 'warned' || event === 'reminded')?.at ?? null,
      breachedAt: clock.breachedAt ?? due.find(({ key }) => key === breachKey)?.at ?? null
    })
  }
  return finish(stored, next, drafts, over)
}

/** The unique key of a fired mark within its clock. */
function roundOf (key: string, withdrawals: number): number {
  return key === breachKey ? withdrawals : 0
}

function byClock (fired: readonly FiredMark[]): Said {
  const said = new Map<string, FiredMark[]>()
  for (const mark of fired) {
    const marks = said.get(mark.clockId)
    if (marks === undefined) said.set(mark.clockId, [mark])
    else marks.push(mark)
  }
  return said
}

function saidOf (said: Said, clockId: string, key: string, withdrawals: number): FiredMark | undefined {
  const round = roundOf(key, withdrawals)
  return said.get(clockId)?.find((mark) => mark.key === key && mark.round === round)
}

function keyOf ({ kind, metric, cycle }: Pick<ClockCore, 'kind' | 'metric' | 'cycle'>): string {
  return `${kind} ${metric} ${cycle}`
}

function compare (
  before: StoredClock | undefined,
  clock: FoldedClock,
  said: Said,
  { folded, catchUpBefore, newId }: DiffInput
): { row: StoredClock, changes: Draft[] } {
  const { segments, reached, planned, ...core } = clock
  const id = before?.id ?? newId()
  let withdrawals = before?.withdrawals ?? 0
  const changes: Draft[] = []
  const breach = saidOf(said, id, breachKey, withdrawals)
  if (clock.breachedAt === null && breach !== undefined) {
    withdrawals++
    changes.push(withdrawal(breach, before?.breachedAt, folded))
  }
  const isSaid = (key: string): boolean => saidOf(said, id, key, withdrawals) !== undefined
  for (const type of before === undefined || before.voided ? beginning(clock) : transitions(before, clock)) {
    changes.push(change(type, id, timeOf(type, clock, folded.asOf)))
  }
  for (const mark of reached) {
    if (isSaid(mark.key)) continue
    const foreseen = before?.planned.some(({ key, at }) => key === mark.key && at === mark.at) === true
    changes.push(markChange(id, mark, !foreseen || mark.at < catchUpBefore, mark.attachedLate && !foreseen))
  }
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

/** A stored clock that the history no longer has: cancelled for its readers, hidden from then on. */
function vanish (clock: StoredClock, said: Said, { asOf, over }: Folded): { row: StoredClock, changes: Draft[] } {
  if (clock.voided) return { row: clock, changes: [] }
  const breach = saidOf(said, clock.id, breachKey, clock.withdrawals)
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
  return clock.stoppedAt ?? clock.segments.at(-1)?.from ?? asOf
}

function change (type: ChangeType, clockId: string, time: Micros): Draft {
  return { type, clockId, time, mark: null, withdrawn: null }
}

/** Takes back a recorded breach. Who was told of it hears of that, unless the ticket is over by now. */
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

function finish (
  stored: readonly StoredClock[],
  next: ReadonlyMap<string, StoredClock>,
  drafts: readonly Draft[],
  over: boolean
): Difference {
  const changes = inEventOrder(drafts, next, over)
  const sequences = new Map(changes.map(({ clockId, sequence }) => [clockId, sequence]))
  const newMarks = changes.flatMap(({ clockId, mark }): FiredMark[] =>
    mark === null
      ? []
      : [{
        clockId,
        key: mark.key,
        round: roundOf(mark.key, next.get(clockId)!.withdrawals),
        at: mark.at,
        recordedOnly: mark.recordedOnly
      }]
  )
  const before = new Map(stored.map((clock) => [clock.id, clock]))
  const rows: StoredClock[] = []
  let wakeAt: Micros | null = null
  for (const clock of next.values()) {
    const sequence = sequences.get(clock.id)
    const row = sequence === undefined ? clock : { ...clock, sequence }
    if (!sameRow(before.get(row.id), row)) rows.push(row)
    const at = wakeOf(row)
    if (at !== null && (wakeAt === null || at < wakeAt)) wakeAt = at
  }
  return { rows, changes, newMarks, wakeAt }
}

/** When time alone changes a clock next: a mark is reached that was not said before, or a pause by hand ends. */
export function wakeOf ({ planned, pauseEndsAt }: StoredClock): Micros | null {
  const markAt = planned.find(({ said }) => !said)?.at ?? null
  if (markAt === null || pauseEndsAt === null) return markAt ?? pauseEndsAt
  return Math.min(markAt, pauseEndsAt)
}

const plainFields = [
  'sequence',
  'state',
  'target',
  'extended',
  'consumedBefore',
  'runningSince',
  'dueAt',
  'startedAt',
  'stoppedAt',
  'pauseEndsAt',
  'warnedAt',
  'breachedAt',
  'agreementId',
  'policyVersion',
  'escalationPolicyId',
  'withdrawals',
  'voided'
] as const

function sameRow (a: StoredClock | undefined, b: StoredClock): boolean {
  return a !== undefined && plainFields.every((field) => a[field] === b[field]) &&
    a.pausedFor.join() === b.pausedFor.join() && a.calendar.id === b.calendar.id &&
    a.calendar.version === b.calendar.version &&
    a.planned.length === b.planned.length && a.planned.every((mark, index) => samePlan(mark, b.planned[index]!))
}

function samePlan (a: PlannedMark, b: PlannedMark): boolean {
  return a.key === b.key && a.at === b.at && a.said === b.said && a.urgent === b.urgent
}

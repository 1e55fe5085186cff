import type { Micros } from '@dueline/business-time'
import type { ClockCore, Folded } from './fold.ts'
import type { MarkAt, ReachedMark } from './marks.ts'
import type { RecordedOnly } from './recorded-only.ts'

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

/** A mark as its event reports it; `catchUp`: it fell due unnoticed, because nothing ran or its facts were not here. */
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
  /** Why people are not notified; null: who was notified of the breach is. */
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

/** Clocks as they are stored, and as they are folded anew. */
export interface DiffInput {
  readonly stored: readonly StoredClock[]
  readonly fired: readonly FiredMark[]
  readonly folded: Folded
  /** Marks reached before this instant fell due while nothing ran. */
  readonly catchUpBefore: Micros
  readonly newId: () => string
}

/** A change that is not counted yet, and of which nobody has decided yet whether people are notified. */
export type Draft = Omit<Change, 'sequence' | 'mark'> & { readonly mark: Omit<ChangedMark, 'recordedOnly'> | null }

/** A text that is different for every clock of a ticket, whatever its id. */
export function clockKeyOf ({ kind, metric, cycle }: Pick<ClockCore, 'kind' | 'metric' | 'cycle'>): string {
  return `${kind} ${metric} ${cycle}`
}

import type { Micros } from '@dueline/business-time'
import type { Metric, AgreementKind } from '@dueline/contracts'
import type { AgreementVersion } from './agreements.ts'
import { diff } from './diff.ts'
import type { Change, Difference, FiredMark, StoredClock } from './difference.ts'
import type { StoredFact } from './facts.ts'
import { fold } from './fold.ts'
import { isWarning } from './marks.ts'
import type { CalendarLookup } from './open-time.ts'

/** A ticket as it is stored, and agreements that nobody has made. */
export interface PreviewInput {
  readonly facts: readonly StoredFact[]
  /** Those that count, without the additional ones. */
  readonly agreementVersions: readonly AgreementVersion[]
  readonly added: readonly AgreementVersion[]
  readonly stored: readonly StoredClock[]
  readonly fired: readonly FiredMark[]
  /** Has every calendar that is named. */
  readonly calendars: CalendarLookup
  readonly asOf: Micros
  /** People are notified of nothing about the ticket any more. */
  readonly over: boolean
  /** More of its past follows: nobody is notified, and its last fact is the present. */
  readonly importing: boolean
  readonly newId: () => string
}

export interface ClockInPreview {
  readonly kind: AgreementKind
  readonly metric: Metric
  readonly cycle: number
}

/** What the additional agreements would do at once. */
export interface Preview {
  /** Clocks that would be breached and are not. */
  readonly breaches: readonly ClockInPreview[]
  /** Breached clocks that would no longer be. */
  readonly saved: readonly ClockInPreview[]
  /** Warnings and reminders whose instants would lie in the past. */
  readonly warningsPassed: number
  /** Announcements that people would get: of marks, and of breaches that are taken back. */
  readonly notices: number
}

/**
 * Folds a ticket's history with and without the additional agreements, as if they were made now; what is due anyway
 * does not count.
 */
export function previewOf (
  { facts, agreementVersions, added, stored, fired, calendars, asOf, over, importing, newId }: PreviewInput
): Preview {
  const from = importing ? -Infinity : asOf
  const step = (
    made: readonly AgreementVersion[],
    clocks: readonly StoredClock[],
    marks: readonly FiredMark[]
  ): Difference =>
    diff({
      stored: clocks,
      fired: marks,
      folded: {
        ...fold({ facts, agreementVersions: made, calendars, asOf: from }),
        over
      },
      catchUpBefore: -Infinity,
      newId
    })
  const before = step(agreementVersions, stored, fired)
  const present = new Map([...stored, ...before.rows].map((row) => [row.id, row]))
  const after = step([...agreementVersions, ...added], [...present.values()], [...fired, ...before.newMarks])
  const clocks = new Map([...present, ...after.rows.map((row) => [row.id, row] as const)])
  const clocksOf = (type: Change['type']): ClockInPreview[] =>
    after.changes.filter(
      (change) => change.type === type
    ).map(({ clockId }) => {
      const { kind, metric, cycle } = clocks.get(clockId)!
      return { kind, metric, cycle }
    })
  const announced = importing
    ? []
    : after.changes.filter(
      ({ mark, withdrawn }) => (mark ?? withdrawn)?.recordedOnly === null
    )
  return {
    breaches: clocksOf('breached'),
    saved: clocksOf('breach-withdrawn'),
    warningsPassed: after.changes.filter(({ mark }) => mark !== null && isWarning(mark.event)).length,
    notices: announced.length
  }
}

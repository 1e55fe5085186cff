import type { Micros } from '@dueline/business-time'
import { metrics, agreementKinds, type ClockMarkReached } from '@dueline/contracts'
import type { StoredClock } from './difference.ts'
import { isWarning, type ReachedMark } from './marks.ts'

/** Why people are not notified of a mark; null: they are. */
export type RecordedOnly = ClockMarkReached['mark']['recordedOnly']

/** A mark that is recorded now, with its clock as it is now. */
export interface MarkOfClock {
  readonly mark: ReachedMark
  readonly clock: StoredClock
}

/**
 * Which of the marks that are recorded in one pass over a ticket's clocks people are notified of: one at most, the
 * gravest. The others are recorded only, in the order of `marks`:
 * - `over`: nothing can be done any more. The ticket is over; or the clock has stopped, and it is a warning, a reminder
 *   after the deadline, or a miss under an agreement that was made later.
 * - `superseded`: a graver mark is announced, or has been: a warning of a clock that is breached. Warnings and
 *   reminders after the deadline that lay in the past as their agreement came to hold were never due; people are
 *   notified of a miss then, once.
 *
 * Graver is a breach than a reminder after the deadline, that than an urgent warning, that than a warning; among
 * equals, a clock that goes on before one that has stopped, sla before ola before underpinning, and the mark reached
 * last.
 */
export function recordedOnlyOf (marks: readonly MarkOfClock[], over: boolean): RecordedOnly[] {
  const reasons = marks.map((each) => over ? 'over' : reasonOf(each))
  let announced = -1
  for (const [index, mark] of marks.entries()) {
    if (reasons[index] !== null) continue
    if (announced !== -1 && !isGraver(mark, marks[announced]!)) {
      reasons[index] = 'superseded'
    } else {
      if (announced !== -1) reasons[announced] = 'superseded'
      announced = index
    }
  }
  return reasons
}

function reasonOf ({ mark, clock }: MarkOfClock): RecordedOnly {
  const missed = mark.event === 'breached'
  if (hasStopped(clock) && (!missed || mark.attachedLate)) return 'over'
  if (!missed && mark.attachedLate) return 'superseded'
  return isWarning(mark.event) && clock.breachedAt !== null ? 'superseded' : null
}

function isGraver (a: MarkOfClock, b: MarkOfClock): boolean {
  const [weightsOfA, weightsOfB] = [weightsOf(a), weightsOf(b)]
  const decisive = weightsOfA.findIndex((weight, index) => weight !== weightsOfB[index])
  return decisive !== -1 && weightsOfA[decisive]! > weightsOfB[decisive]!
}

/** What makes a mark grave, the most important first. */
function weightsOf ({ mark, clock }: MarkOfClock): Micros[] {
  return [
    mark.event === 'breached' ? 3 : mark.event === 'overdue' ? 2 : mark.urgent ? 1 : 0,
    hasStopped(clock) ? 0 : 1,
    -agreementKinds.indexOf(clock.kind),
    mark.at,
    metrics.indexOf(clock.metric),
    clock.cycle
  ]
}

function hasStopped ({ state }: StoredClock): boolean {
  return state !== 'running' && state !== 'paused'
}

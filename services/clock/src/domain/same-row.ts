import type { PlannedMark, StoredClock } from './difference.ts'

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

/** Whether writing a clock would change nothing of its row. */
export function sameRow (a: StoredClock | undefined, b: StoredClock): boolean {
  return a !== undefined && plainFields.every((field) => a[field] === b[field]) &&
    a.pausedFor.join() === b.pausedFor.join() && a.calendar.id === b.calendar.id &&
    a.calendar.version === b.calendar.version &&
    a.planned.length === b.planned.length && a.planned.every((mark, index) => samePlan(mark, b.planned[index]!))
}

function samePlan (a: PlannedMark, b: PlannedMark): boolean {
  return a.key === b.key && a.at === b.at && a.said === b.said && a.urgent === b.urgent
}

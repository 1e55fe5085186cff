import type { Micros } from '@dueline/business-time'
import type { StoredClock } from './difference.ts'

/** When time alone changes a clock next: a mark is reached that was not said before, or a pause by hand ends. */
export function wakeOf ({ planned, pauseEndsAt }: StoredClock): Micros | null {
  const markAt = planned.find(({ said }) => !said)?.at ?? null
  if (markAt === null || pauseEndsAt === null) return markAt ?? pauseEndsAt
  return Math.min(markAt, pauseEndsAt)
}

/** The earliest of instants; null when there is none. */
export function earliest (instants: Iterable<Micros | null>): Micros | null {
  let first: Micros | null = null
  for (const at of instants) if (at !== null && (first === null || at < first)) first = at
  return first
}

import type { Micros } from '@dueline/business-time'

/** What callers say of a planned absence; `to` is no part of it. */
export interface AbsenceDraft {
  readonly personId: string
  readonly from: Micros
  readonly to: Micros
  readonly reason: string | null
  /** Who stands in meanwhile. */
  readonly substituteId: string | null
}

/** An absence of which nothing is said. */
export const emptyAbsence: AbsenceDraft = { personId: '', from: 0, to: 0, reason: null, substituteId: null }

/** What is wrong with an absence, whoever else is absent. */
export function absenceFaults (
  { personId, from, to, substituteId }: AbsenceDraft
): { pointer: string, message: string }[] {
  return [
    ...(from < to ? [] : [{ pointer: '/to', message: 'must be after from' }]),
    ...(substituteId === personId ? [{ pointer: '/substituteId', message: 'must be somebody else' }] : [])
  ]
}

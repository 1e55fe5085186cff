import type { EffectiveAvailability, TicketStatus } from '@dueline/contracts'

/** What becomes of the tickets of somebody who goes away or home: they stay, or go back to the queue. */
export const whenAbsentChoices = ['keep', 'return'] as const
export type WhenAbsent = typeof whenAbsentChoices[number]

/** Statuses in which a ticket waits for its assignee, and not for a customer or vendor. */
export const returnedStatuses: readonly TicketStatus[] = ['new', 'open']

/** What a tenant wants of tickets whose assignee is not there. */
export interface ReturnRules {
  readonly whenAbsent: WhenAbsent
  /** At the end of the working hours; null: as `whenAbsent`. */
  readonly whenShiftEnds: WhenAbsent | null
}

/**
 * Whether the tickets of somebody go back to the queue. Who is busy works, and only gets nothing new; who is off by the
 * calendar alone has gone home.
 */
export function goBack (
  { state, reason }: Pick<EffectiveAvailability, 'state' | 'reason'>,
  { whenAbsent, whenShiftEnds }: ReturnRules
): boolean {
  if (state !== 'away' && state !== 'off') return false
  return (reason === 'calendar' ? whenShiftEnds ?? whenAbsent : whenAbsent) === 'return'
}

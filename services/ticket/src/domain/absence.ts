import type { AvailabilityState, TicketStatus } from '@dueline/contracts'

/** What becomes of the tickets of somebody who goes away: they stay, or go back to the queue. */
export const whenAbsentChoices = ['keep', 'return'] as const
export type WhenAbsent = typeof whenAbsentChoices[number]

/** Statuses in which a ticket waits for its assignee, and not for a customer or vendor. */
export const returnedStatuses: readonly TicketStatus[] = ['new', 'open']

/** Whether somebody in this state is not at work; who is busy works, and only gets nothing new. */
export function isAbsent (state: AvailabilityState): boolean {
  return state === 'away' || state === 'off'
}

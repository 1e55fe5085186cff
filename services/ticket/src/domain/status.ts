import type { TicketStatus } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'

/** The one table of status changes. A way out of `resolved` or `closed` to `open` is a reopening. */
export const statusMoves: Readonly<Record<TicketStatus, readonly TicketStatus[]>> = {
  new: ['open', 'waiting_on_customer', 'waiting_on_vendor', 'resolved', 'cancelled'],
  open: ['waiting_on_customer', 'waiting_on_vendor', 'resolved', 'cancelled'],
  waiting_on_customer: ['open', 'waiting_on_vendor', 'resolved', 'cancelled'],
  waiting_on_vendor: ['open', 'waiting_on_customer', 'resolved', 'cancelled'],
  resolved: ['open', 'closed'],
  closed: ['open'],
  cancelled: []
}

const finished: ReadonlySet<TicketStatus> = new Set(['resolved', 'closed'])
const working: ReadonlySet<TicketStatus> = new Set(['new', 'open', 'waiting_on_customer', 'waiting_on_vendor'])

/** Whether a ticket in this status is still being worked on: not resolved, closed or cancelled. */
export function isWorking (status: TicketStatus): boolean {
  return working.has(status)
}

/** Whether going from one status to the other takes a finished ticket back to work. */
export function isReopening (from: TicketStatus, to: TicketStatus): boolean {
  return finished.has(from) && working.has(to)
}

/** Whether a ticket finished at `since` may still be reopened at `now`; the window's end is included. */
export function withinReopenWindow (since: Micros | null, now: Micros, windowMicros: Micros): boolean {
  return since === null || now - since <= windowMicros
}

/** What the status rules need to know of a ticket. */
export interface StatusState {
  status: TicketStatus
  resolvedAt: Micros | null
  closedAt: Micros | null
}

/**
 * The statuses a ticket may be moved to by hand at `now`: the table's row, less `open` for a ticket that was closed
 * longer ago than the reopen window. A resolved ticket may be reopened by hand at any time.
 */
export function allowedMoves (ticket: StatusState, now: Micros, reopenWindowMicros: Micros): readonly TicketStatus[] {
  const moves = statusMoves[ticket.status]
  if (ticket.status !== 'closed' || withinReopenWindow(ticket.closedAt, now, reopenWindowMicros)) return moves
  return moves.filter((to) => !isReopening(ticket.status, to))
}

/**
 * The dates and the reopen count after a status change at `at`; any change is computed, allowed or not (imported
 * histories).
 */
export function afterMove<T extends StatusState & { reopenCount: number }> (
  ticket: T,
  to: TicketStatus,
  at: Micros
): T {
  if (isReopening(ticket.status, to)) {
    return { ...ticket, status: to, resolvedAt: null, closedAt: null, reopenCount: ticket.reopenCount + 1 }
  }
  if (to === 'resolved') {
    return {
      ...ticket,
      status: to,
      resolvedAt: ticket.status === 'closed' ? ticket.resolvedAt ?? at : at,
      closedAt: null
    }
  }
  if (to === 'closed') return { ...ticket, status: to, closedAt: at }
  return { ...ticket, status: to }
}

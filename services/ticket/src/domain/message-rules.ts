import { rulesReasons, type TicketStatus } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'
import { withinReopenWindow, type StatusState } from './status.ts'
import type { Message } from './ticket.ts'

/** What a message means for its ticket: refused, or accepted with a status change that follows from it. */
export type MessageEffect =
  | { refused: 'cancelled' | 'reopen_window_over' }
  | { moveTo: TicketStatus | null, reason: string | null }

const none: MessageEffect = { moveTo: null, reason: null }

/**
 * What follows from a message at `now`. A customer's answer ends waiting for the customer and reopens a finished ticket
 * within the window (after that, and on a cancelled one, it is refused: nobody would read it); an agent's first public
 * reply opens a new ticket. Internal and automatic messages change nothing.
 */
export function effectOfMessage (
  ticket: StatusState,
  message: Pick<Message, 'kind' | 'authorKind'>,
  now: Micros,
  reopenWindowMicros: Micros
): MessageEffect {
  if (message.kind !== 'public') return none
  if (message.authorKind === 'agent') {
    return ticket.status === 'new' ? { moveTo: 'open', reason: rulesReasons.agentAnswered } : none
  }
  if (message.authorKind !== 'customer') return none
  switch (ticket.status) {
    case 'cancelled':
      return { refused: 'cancelled' }
    case 'waiting_on_customer':
      return { moveTo: 'open', reason: rulesReasons.customerAnswered }
    case 'resolved':
    case 'closed': {
      const since = ticket.status === 'closed' ? ticket.closedAt : ticket.resolvedAt
      if (!withinReopenWindow(since, now, reopenWindowMicros)) return { refused: 'reopen_window_over' }
      return { moveTo: 'open', reason: rulesReasons.customerWroteAgain }
    }
    default:
      return none
  }
}

import type { Handler } from '@dueline/messaging'
import type { Clock } from '@dueline/runtime'
import type { ClockProjector } from '../projection/clock-projector.ts'
import { updatesOf } from '../projection/updates.ts'

/**
 * What happened to tickets, and what was promised for them: together, so that a ticket's clocks are folded once per
 * batch.
 */
export const timelineTypes = [
  'dueline.ticket.created.v1',
  'dueline.ticket.updated.v1',
  'dueline.ticket.assigned.v1',
  'dueline.ticket.message-added.v1',
  'dueline.ticket.status-changed.v1',
  'dueline.ticket.reopened.v1',
  'dueline.agreement.made.v1',
  'dueline.agreement.changed.v1',
  'dueline.agreement.withdrawn.v1'
] as const

export function onTicketFacts ({ projector, clock }: { projector: ClockProjector, clock: Clock }): Handler {
  return async (tx, events) => await projector.advance(tx, updatesOf(events), clock.now())
}

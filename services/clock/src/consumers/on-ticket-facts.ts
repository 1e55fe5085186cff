import type { AgreementEventType, TicketFactType } from '@dueline/contracts'
import type { Handler } from '@dueline/messaging'
import type { Clock } from '@dueline/runtime'
import type { ClockProjector } from '../projection/clock-projector.ts'
import { updatesOf } from '../projection/updates.ts'

/**
 * What happened to tickets, and what was agreed for them: together, so that a ticket's clocks are folded once per
 * batch.
 */
export function onTicketFacts (
  { projector, clock }: { projector: ClockProjector, clock: Clock }
): Handler<TicketFactType | AgreementEventType> {
  return async (tx, events) => await projector.advance(tx, updatesOf(events), clock.now())
}

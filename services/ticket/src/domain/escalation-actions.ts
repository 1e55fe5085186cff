import { priorities, type EscalationAction, type Priority } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'
import { assigned, factTime, updated } from './changes.ts'
import { isWorking } from './status.ts'
import { systemActor, type TicketFact, type Ticket } from './ticket.ts'

/** Whether the first priority is more urgent than the second. */
export function isMoreUrgent (a: Priority, b: Priority): boolean {
  return priorities.indexOf(a) < priorities.indexOf(b)
}

/**
 * Carries out what an escalation level decided, as facts of the system at `now`. Does nothing to a ticket that is no
 * longer worked on, never lowers a priority, and gives the ticket only to somebody in `assignable`.
 */
export function carryOut (
  ticket: Ticket,
  actions: readonly EscalationAction[],
  reason: string,
  now: Micros,
  assignable: ReadonlySet<string>
): TicketFact[] {
  const facts: TicketFact[] = []
  for (const action of actions) {
    const current = facts.at(-1)?.ticket ?? ticket
    if (!isWorking(current.status)) break
    const fact = carryOutOne(current, action, reason, factTime(current, now), assignable)
    if (fact !== null) facts.push(fact)
  }
  return facts
}

function carryOutOne (
  ticket: Ticket,
  action: EscalationAction,
  reason: string,
  at: Micros,
  assignable: ReadonlySet<string>
): TicketFact | null {
  if (action.kind === 'raise_priority') {
    return isMoreUrgent(action.priority, ticket.priority)
      ? updated(ticket, { priority: action.priority }, at, systemActor)
      : null
  }
  if (action.kind === 'reassign' && assignable.has(action.assigneeId)) {
    return assigned(ticket, { assigneeId: action.assigneeId, teamId: ticket.teamId }, reason, at, systemActor)
  }
  return null
}

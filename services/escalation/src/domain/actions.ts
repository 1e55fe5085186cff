import { priorities, type EscalationAction, type Priority } from '@dueline/contracts'
import type { Action } from './escalation-policy.ts'
import type { NamedTarget } from './targets.ts'

/** What of a ticket an action is decided by. */
export interface ActionSubject {
  readonly priority: Priority
  readonly assigneeId: string | null
}

/** Which kinds of action a level of a catch-up leaves to a later level that is due at the same moment. */
export interface Superseded {
  readonly notify: boolean
  readonly reassign: boolean
}

/** The priority after a level's wish, or null when the ticket is that urgent already. */
export function raisedPriority (current: Priority, wish: Priority | 'one_step'): Priority | null {
  const rank = priorities.indexOf(current)
  const wanted = wish === 'one_step' ? rank - 1 : priorities.indexOf(wish)
  return wanted >= 0 && wanted < rank ? priorities[wanted]! : null
}

/** What a level asks the other services to do, in the order of its actions; what would change nothing is left out. */
export function decideActions (
  actions: readonly Action[],
  targets: readonly NamedTarget[],
  ticket: ActionSubject,
  superseded: Superseded
): EscalationAction[] {
  return actions.flatMap((action): EscalationAction[] => {
    if ('notify' in action) {
      return superseded.notify || targets.length === 0
        ? []
        : [{ kind: 'notify', personIds: targets.map(({ personId }) => personId) }]
    }
    if ('reassign' in action) {
      const first = targets[0]?.personId
      return superseded.reassign || first === undefined || first === ticket.assigneeId
        ? []
        : [{ kind: 'reassign', assigneeId: first }]
    }
    const priority = raisedPriority(ticket.priority, action.raisePriority)
    return priority === null ? [] : [{ kind: 'raise_priority', priority }]
  })
}

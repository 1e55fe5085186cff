import { isCustomer, type DuelineEvent } from '@dueline/contracts'
import type { Handler } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Clock } from '@dueline/runtime'
import { carryOut } from '../domain/escalation-actions.ts'
import type { TicketFact } from '../domain/ticket.ts'
import type { FactStore, FactBatch } from '../store/fact-store.ts'
import { findPeople } from '../store/person-store.ts'
import { lockTickets } from '../store/ticket-store.ts'
import { onEscalationChanged } from './on-escalation-changed.ts'

type LevelReached = DuelineEvent<'dueline.escalation.level-reached.v1'>

/**
 * Keeps the copies of escalations, and carries out what their levels decided: gives the ticket to somebody else, raises
 * its priority. Per tenant of a batch one lock of all tickets, one look at the people, one write. Events of the
 * imported past do nothing else.
 */
export function createOnEscalationLevelReached (
  { facts, clock }: { facts: FactStore, clock: Clock }
): Handler<LevelReached['type']> {
  return async (tx, events) => {
    await onEscalationChanged(tx, events)
    const byTenant = new Map<string, LevelReached[]>()
    for (const event of events) {
      if (!event.historical) byTenant.set(event.tenantid, [...byTenant.get(event.tenantid) ?? [], event])
    }
    // in the order of their names, so that two batches lock in the same order
    for (const [tenantId, own] of [...byTenant].sort(([a], [b]) => a < b ? -1 : 1)) {
      await carryOutAll(tx, tenantId, own, { facts, clock })
    }
  }
}

async function carryOutAll (
  tx: Tx,
  tenantId: string,
  events: readonly LevelReached[],
  { facts, clock }: { facts: FactStore, clock: Clock }
): Promise<void> {
  const decided = events.map(({ data }) => data).filter(({ actions }) => actions.some(({ kind }) => kind !== 'notify'))
  if (decided.length === 0) return
  const tickets = await lockTickets(tx, tenantId, [...new Set(decided.map(({ escalation }) => escalation.ticketId))])
  const people = await findPeople(
    tx,
    tenantId,
    decided.flatMap(({ actions }) => actions.flatMap((action) => action.kind === 'reassign' ? [action.assigneeId] : []))
  )
  const assignable = new Set(
    [...people.values()].filter(({ active, role }) => active && !isCustomer(role)).map(({ id }) => id)
  )
  const batches = new Map<string, TicketFact[]>()
  for (const { escalation, level, actions } of decided) {
    const batch = batches.get(escalation.ticketId) ?? []
    const ticket = batch.at(-1)?.ticket ?? tickets.get(escalation.ticketId)
    // a ticket that is not here was never this tenant's
    if (ticket === undefined) continue
    batches.set(escalation.ticketId, [
      ...batch,
      ...carryOut(ticket, actions, reasonOf(escalation.escalationPolicyName, level), clock.now(), assignable)
    ])
  }
  const changed = [...batches.values()].filter((batch): batch is [TicketFact, ...TicketFact[]] => batch.length > 0)
  await facts.append(tx, tenantId, changed satisfies FactBatch[])
}

function reasonOf (escalationPolicyName: string, { number, name }: LevelReached['data']['level']): string {
  return `escalation “${escalationPolicyName}” reached level ${number} (${name})`
}

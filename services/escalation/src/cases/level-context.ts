import type { Role, TicketSummary } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import type { Level } from '../domain/escalation-policy.ts'
import { People } from '../domain/people.ts'
import { standIns } from '../domain/targets.ts'
import type { StoredCase } from '../store/case-store.ts'
import { loadPeople } from '../store/people-store.ts'

/** Nobody is notified of a ticket that is not known here; an escalation cannot be announced without it. */
export class UnknownTicket extends Error {
  override readonly name = 'UnknownTicket'
}

/**
 * The ticket of a stored case. It came with the clock's first event at the latest.
 * @throws UnknownTicket when the copy is gone
 */
export function ticketOf ({ tenantId, id, ticket }: StoredCase): TicketSummary {
  if (ticket === null) throw new UnknownTicket(`no copy of the ticket of clock ${tenantId}/${id}`)
  return ticket
}

function named (levels: readonly Level[]): { ids: string[], roles: Role[] } {
  const targets = levels.flatMap((level) => level.targets)
  return {
    ids: targets.flatMap((target) => 'personId' in target ? [target.personId] : []),
    roles: targets.flatMap((target) => 'role' in target ? [target.role] : [])
  }
}

/**
 * The people that the next levels of these cases may address, by tenant: lines above, wanted roles, and those that
 * stand in.
 */
export async function peopleAround (tx: Tx, cases: readonly StoredCase[]): Promise<Map<string, People>> {
  const wanted = new Map<string, { ids: Set<string>, roles: Set<Role> }>()
  for (const { tenantId, ticket, state: { policy, cursor } } of cases) {
    const of = wanted.get(tenantId) ?? { ids: new Set(), roles: new Set<Role>(standIns) }
    const { ids, roles } = named(policy?.levels.slice(cursor) ?? [])
    for (const id of ticket === null || ticket.assigneeId === null ? ids : [ticket.assigneeId, ...ids]) of.ids.add(id)
    for (const role of roles) of.roles.add(role)
    wanted.set(tenantId, of)
  }
  return await loadPeople(tx, wanted)
}

import type { Micros } from '@dueline/business-time'
import { candidatesInCharge, inChargeOf, type InCharge, type Role, type TicketSummary } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import { noInChargeCopies, readInChargeCopies, type QueuedTicket } from '@dueline/service'
import type { Level } from '../domain/escalation-policy.ts'
import { People, type Organization, type Person } from '../domain/people.ts'
import { standIns } from '../domain/targets.ts'
import type { StoredCase } from '../store/case-store.ts'
import { readOrganizations, substitutesIn } from '../store/organization-store.ts'
import { loadPeople, type PeopleWanted } from '../store/people-store.ts'

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

/** What the levels of some cases are decided from. */
export interface LevelFacts {
  /** The people that the next levels may address: lines above, wanted roles, and those that stand in. */
  peopleOf(stored: StoredCase): People
  /** Who acts for the assignee that the ticket of the case does not have; nobody for one that has. */
  inChargeOf(stored: StoredCase): InCharge
}

/** Reads, for all of these cases at once, what their next levels are decided from at an instant. */
export async function readLevelFacts (tx: Tx, cases: readonly StoredCase[], now: Micros): Promise<LevelFacts> {
  const copies = await readInChargeCopies(tx, cases.flatMap(queuedTicket))
  const wanted = new Map<string, { ids: Set<string>, roles: Set<Role> }>()
  for (const { tenantId, ticket, state: { policy, cursor } } of cases) {
    const of = wanted.get(tenantId) ?? { ids: new Set(), roles: new Set<Role>(standIns) }
    const { ids, roles } = named(policy?.levels.slice(cursor) ?? [])
    for (const id of ticket === null || ticket.assigneeId === null ? ids : [ticket.assigneeId, ...ids]) of.ids.add(id)
    for (const role of roles) of.roles.add(role)
    wanted.set(tenantId, of)
  }
  for (const [tenantId, of] of copies) for (const id of candidatesInCharge(of)) wanted.get(tenantId)!.ids.add(id)
  const people = await organized(tx, await loadPeople(tx, wanted), tenantsThatClimbLevels(cases), now)
  return {
    peopleOf: ({ tenantId }) => people.get(tenantId)!,
    inChargeOf (stored) {
      const { tenantId } = stored
      const ticket = ticketOf(stored)
      if (ticket.assigneeId !== null) return { personIds: [], rule: null }
      const facts = { ...copies.get(tenantId) ?? noInChargeCopies, people: people.get(tenantId)!.byId }
      return inChargeOf(ticket, facts)
    }
  }
}

function tenantsThatClimbLevels (cases: readonly StoredCase[]): Set<string> {
  const climbs = ({ state: { policy, cursor } }: StoredCase): boolean =>
    policy?.levels.slice(cursor).some(({ targets }) => targets.some((target) => 'nextLevelUp' in target)) ?? false
  return new Set(cases.filter(climbs).map(({ tenantId }) => tenantId))
}

/** The people of each tenant; of those that climb by levels also their levels, who is there, and who stands in. */
async function organized (
  tx: Tx,
  people: ReadonlyMap<string, readonly Person[]>,
  tenants: ReadonlySet<string>,
  now: Micros
): Promise<Map<string, People>> {
  const asked = new Map([...tenants].map((tenantId) => [tenantId, people.get(tenantId)!.map(({ id }) => id)]))
  const organizations = await readOrganizations(tx, asked, now)
  const substitutes = await loadPeople(tx, substitutesWanted(organizations))
  return new Map([...people].map(([tenantId, own]) => {
    const all = [...own, ...substitutes.get(tenantId) ?? []]
    return [tenantId, new People(all, organizations.get(tenantId))] as const
  }))
}

function substitutesWanted (organizations: ReadonlyMap<string, Organization>): Map<string, PeopleWanted> {
  const named = [...organizations].map(([tenantId, organization]) => [tenantId, substitutesIn(organization)] as const)
  return new Map(
    named.filter(([, ids]) => ids.length > 0).map(([tenantId, ids]) =>
      [tenantId, { ids: new Set(ids), roles: new Set<Role>() }] as const
    )
  )
}

function queuedTicket ({ tenantId, ticket }: StoredCase): QueuedTicket[] {
  return ticket === null || ticket.assigneeId !== null ? [] : [{ tenantId, ticket }]
}

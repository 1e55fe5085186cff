// Whose job a ticket is that nobody works on. Who is notified of its clocks and whom its escalations address is decided
// here, by one rule, so that both reach the same person.
import type { ResponsibilityChanged, TeamSnapshot } from './events/directory.ts'
import type { PersonSnapshot, TicketSnapshot } from './events/parts.ts'
import type { Role } from './vocabulary.ts'

/** What of a ticket decides it. */
export type TicketInQueue = Pick<TicketSnapshot, 'productId'> & Partial<Pick<TicketSnapshot, 'teamId' | 'moduleId'>>

/** What is known of a person. */
export type StaffStanding = Pick<PersonSnapshot, 'id' | 'role' | 'managerId' | 'active'>

/** Who is responsible for what. */
export type Responsibility = Pick<
  ResponsibilityChanged['responsibility'],
  'productId' | 'moduleId' | 'personId' | 'teamId'
>

/** What of one tenant the decision is made from. More than it needs does no harm. */
export interface InChargeFacts {
  readonly teams: ReadonlyArray<Pick<TeamSnapshot, 'id' | 'name' | 'leadId' | 'productIds' | 'moduleIds' | 'active'>>
  readonly responsibilities: readonly Responsibility[]
  /** Leads, who is responsible, and the lines above these; everybody active in `rolesInCharge`. */
  readonly people: ReadonlyMap<string, StaffStanding>
}

/** Who holds one of these answers for tickets that are nobody else's. */
export const rolesInCharge = ['manager', 'ceo', 'admin'] as const satisfies readonly Role[]

/** By which rule somebody was found. */
export const inChargeRules = ['team_lead', 'responsible', 'manager', 'chief_or_admin'] as const
export type InChargeRule = typeof inChargeRules[number]

/** Who acts for the assignee that a ticket does not have. */
export interface InCharge {
  /** Active, of the staff, each once, by id. Empty: there is nobody. */
  readonly personIds: readonly string[]
  /** Null when there is nobody. */
  readonly rule: InChargeRule | null
}

/**
 * Who acts for the missing assignee: the lead of the ticket's team; else who is responsible for its module, else for
 * its product (a manager, the manager above a responsible agent, the lead of a responsible team); else the managers of
 * the tenant; else its chiefs and admins. Inactive people and teams are passed over, and customers are never taken.
 */
export function inChargeOf (ticket: TicketInQueue, facts: InChargeFacts): InCharge {
  const candidates: ReadonlyArray<readonly [InChargeRule, () => readonly string[]]> = [
    ['team_lead', () => leadsOf(facts.teams.filter((team) => isTeam(team, ticket.teamId)), facts)],
    ['responsible', () => responsibleFor('module', ticket.moduleId, facts)],
    ['responsible', () => responsibleFor('product', ticket.productId, facts)],
    ['manager', () => holding(facts, ['manager'])],
    ['chief_or_admin', () => holding(facts, ['ceo', 'admin'])]
  ]
  for (const [rule, find] of candidates) {
    const personIds = [...new Set(find())].sort()
    if (personIds.length > 0) return { personIds, rule }
  }
  return { personIds: [], rule: null }
}

/** Ids of the people that the decision may look at, besides the lines above them and who holds `rolesInCharge`. */
export function candidatesInCharge (
  { teams, responsibilities }: Pick<InChargeFacts, 'teams' | 'responsibilities'>
): string[] {
  return [...teams.map(({ leadId }) => leadId), ...responsibilities.map(({ personId }) => personId)]
    .filter((id) => id !== null)
}

/** Tickets name a team by its id or, as any text may stand there, by its name. */
function isTeam ({ id, name }: { id: string, name: string }, teamId: string | null | undefined): boolean {
  const named = teamId?.trim().toLowerCase()
  return named !== undefined && named !== '' && (id === named || name.toLowerCase() === named)
}

type Team = InChargeFacts['teams'][number]

function leadsOf (teams: readonly Team[], facts: InChargeFacts): string[] {
  return teams.flatMap(({ active, leadId }) => active && leadId !== null && activeStaff(leadId, facts) ? [leadId] : [])
}

function responsibleFor (
  what: 'module' | 'product',
  id: string | null | undefined,
  facts: InChargeFacts
): readonly string[] {
  if (id === null || id === undefined) return []
  const entries = facts.responsibilities.filter((each) => each[`${what}Id`] === id)
  const responsibleTeams = new Set(entries.map(({ teamId }) => teamId))
  const covers = (team: Team): boolean => responsibleTeams.has(team.id) || team[`${what}Ids`].includes(id)
  return [
    ...entries.flatMap(({ personId }) => personId === null ? [] : managerAt(personId, facts)),
    ...leadsOf(facts.teams.filter(covers), facts)
  ]
}

/** The person when it is an active manager or chief, else the nearest above who is; a line in a circle ends. */
function managerAt (personId: string, facts: InChargeFacts): string[] {
  const seen = new Set<string>()
  let at: string | null = personId
  while (at !== null && !seen.has(at)) {
    seen.add(at)
    const person: StaffStanding | undefined = facts.people.get(at)
    if (person?.active === true && (person.role === 'manager' || person.role === 'ceo')) return [at]
    at = person?.managerId ?? null
  }
  return []
}

function activeStaff (id: string, { people }: InChargeFacts): boolean {
  const person = people.get(id)
  return person?.active === true && person.role !== 'customer'
}

function holding ({ people }: InChargeFacts, roles: readonly Role[]): string[] {
  return [...people.values()].filter(({ active, role }) => active && roles.includes(role)).map(({ id }) => id)
}

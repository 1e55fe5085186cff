import { baseErrors, pathId, problem, type App } from '@dueline/http'
import { access, heads } from '../access.ts'
import type { AgentFacts } from '../domain/assignment.ts'
import {
  divisionsByProduct,
  divisionsByTeam,
  divisionsByUnit,
  type Division as Named
} from '../store/organization-store.ts'
import { noWork, openTicketsMax, overviewMax, sumOf, workBy, type Work } from '../store/overview-store.ts'
import { findProfiled } from '../store/profile-store.ts'
import { agentsOf, capacityOf } from '../store/snapshot-store.ts'
import { OrganizationOverview, type Division } from './overview-shapes.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/people/{personId}/organization-overview */
export function getOrganizationOverview (app: App, { database, clock, calendars }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/people/:personId/organization-overview',
    config: { roles: access.getOrganizationOverview, area: 'people' },
    schema: {
      operationId: 'getOrganizationOverview',
      summary: 'Read how the organization of a ceo stands',
      description:
        'Load against capacity, deadlines and escalations of the whole tenant by product, by team and by unit. The ' +
        'person is a ceo or an administrator; of anybody else it is a 404. At most ' +
        `${overviewMax} products, ${overviewMax} teams, ${overviewMax} units and ${openTicketsMax} open tickets.`,
      tags: ['people'],
      params: pathId('personId'),
      response: { 200: OrganizationOverview }
    },
    handler: async ({ principal: { tenantId }, params: { personId } }) => {
      const { read } = database.forTenant(tenantId)
      const person = await findProfiled(read, tenantId, personId)
      if (person === null || !heads.includes(person.role)) problem(baseErrors.not_found)
      const products = await divisionsByProduct(read, tenantId)
      const teams = await divisionsByTeam(read, tenantId)
      const units = await divisionsByUnit(read, tenantId)
      const personIds = [...new Set([...products, ...teams, ...units].flatMap((each) => each.personIds))]
      const { points, defaultCapacityPoints } = await capacityOf(read, tenantId)
      const facts = await agentsOf(read, tenantId, personIds, {
        points,
        defaultCapacityPoints,
        at: clock.now(),
        calendars
      })
      const asked = { points, assigneeIds: null }
      const ofProducts = await workBy(read, tenantId, 'productId', asked)
      const ofTeams = await workBy(read, tenantId, 'teamId', asked)
      const ofUnits = await workBy(read, tenantId, 'unitId', asked)
      const parents = new Map(units.map(({ id, parentId }) => [id, parentId]))
      const all = sumOf(ofTeams.values())
      return {
        personId,
        byProduct: divided(products, ofProducts, facts),
        byTeam: divided(teams, ofTeams, facts),
        byUnit: divided(units, ofUnits, facts).map((each) => ({
          ...each,
          parentId: each.id === null ? null : parents.get(each.id) ?? null
        })),
        capped: [products, teams, units].some(({ length }) => length > overviewMax) ||
          all.openTickets === openTicketsMax,
        totals: { ...strengthOf(personIds, facts), ...all },
        performance: null
      }
    }
  })
}

/** Each with its work and its people; what belongs to none of them comes last, if there is any. */
function divided (
  found: readonly Named[],
  works: ReadonlyMap<string | null, Work>,
  facts: Readonly<Record<string, AgentFacts>>
): Division[] {
  const named = found.slice(0, overviewMax)
  const rest = new Map(works)
  for (const { id } of named) rest.delete(id)
  const divisions = named.map(({ id, name, personIds }) => ({
    id,
    name,
    ...strengthOf(personIds, facts),
    ...works.get(id) ?? noWork
  }))
  const none = { id: null, name: null, ...strengthOf([], facts) }
  return rest.size === 0 ? divisions : [...divisions, { ...none, ...sumOf(rest.values()) }]
}

/** What people can carry together; who has left, or is a customer, is not counted. */
function strengthOf (personIds: readonly string[], facts: Readonly<Record<string, AgentFacts>>) {
  const people = personIds.flatMap((id) => facts[id] ?? []).filter(({ reason }) => reason !== 'inactive')
  return {
    people: people.length,
    available: people.filter(({ availability }) => availability === 'available').length,
    capacityPoints: people.reduce((sum, { capacity }) => sum + capacity, 0)
  }
}

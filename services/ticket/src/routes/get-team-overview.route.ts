import { isCustomer } from '@dueline/contracts'
import { baseErrors, pathId, problem, type App } from '@dueline/http'
import { access, authorize } from '../access.ts'
import { membersOf, noWork, openTicketsMax, overviewMax, sumOf, workBy } from '../store/overview-store.ts'
import { findProfiled } from '../store/profile-store.ts'
import { agentsOf, capacityOf } from '../store/snapshot-store.ts'
import { TeamOverview } from './overview-shapes.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/people/{personId}/team-overview */
export function getTeamOverview (app: App, { database, clock, calendars }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/people/:personId/team-overview',
    config: { roles: access.getTeamOverview, area: 'people' },
    schema: {
      operationId: 'getTeamOverview',
      summary: 'Read how the team of a manager stands',
      description:
        'Availability, load against capacity, deadlines and escalations of everybody below the person in the ' +
        'reporting line and in the teams that it leads. The person, managers above it, ceos and administrators ' +
        `see it; for others it is a 404. At most ${overviewMax} people and ${openTicketsMax} open tickets.`,
      tags: ['people'],
      params: pathId('personId'),
      response: { 200: TeamOverview }
    },
    handler: async ({ principal, params: { personId } }) => {
      const { tenantId } = principal
      const { read } = database.forTenant(tenantId)
      const person = await findProfiled(read, tenantId, personId)
      if (person === null || isCustomer(person.role) || !authorize(principal, 'seeTeamOverview', person)) {
        problem(baseErrors.not_found)
      }
      const found = await membersOf(read, tenantId, personId)
      const people = found.slice(0, overviewMax)
      const ids = people.map(({ id }) => id)
      const { points, defaultCapacityPoints } = await capacityOf(read, tenantId)
      const facts = await agentsOf(read, tenantId, ids, { points, defaultCapacityPoints, at: clock.now(), calendars })
      const works = await workBy(read, tenantId, 'assigneeId', { points, assigneeIds: ids })
      const members = people.flatMap(({ id, role, screenName, active }) => {
        // whoever has become a customer meanwhile is no member any more
        if (facts[id] === undefined) return []
        const { availability: state, reason, capacity } = facts[id]
        const { unassigned: _, ...work } = works.get(id) ?? noWork
        const capacityPoints = active ? capacity : 0
        return [{ id, role, screenName, active, availability: { state, reason }, capacityPoints, ...work }]
      })
      const { unassigned: _, ...sum } = sumOf(works.values())
      return {
        personId,
        members,
        capped: found.length > overviewMax || sum.openTickets === openTicketsMax,
        totals: {
          members: members.length,
          available: members.filter(({ availability }) => availability.state === 'available').length,
          capacityPoints: members.reduce((total, { capacityPoints }) => total + capacityPoints, 0),
          ...sum
        },
        performance: null
      }
    }
  })
}

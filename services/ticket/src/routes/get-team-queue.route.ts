import { Instant, nullable, Uuid } from '@dueline/contracts'
import { baseErrors, decodeCursor, pageOf, PageQuery, pathId, problem, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { formatInstant } from '@dueline/business-time'
import { access } from '../access.ts'
import { findTeams } from '../store/team-store.ts'
import { findTickets } from '../store/ticket-store.ts'
import { waitingTickets } from '../store/waiting-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { TicketSchema } from './schemas.ts'
import { ticketView } from './views.ts'

const Place = Type.Object({ dueAt: nullable(Instant), id: Uuid })

/** GET /v1/teams/{teamId}/queue */
export function getTeamQueue (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/teams/:teamId/queue',
    config: { roles: access.listTeamQueue },
    schema: {
      operationId: 'listTeamQueue',
      summary: 'List what waits in a team',
      description:
        'Tickets of the team that nobody has and that are not finished, nearest due first; those without a deadline ' +
        'come last, the oldest of them first.',
      tags: ['assignment'],
      params: pathId('teamId'),
      querystring: PageQuery,
      response: { 200: pageOf(TicketSchema) }
    },
    handler: async ({ principal: { tenantId }, params: { teamId }, query: { limit, cursor } }) => {
      const { read } = database.forTenant(tenantId)
      const team = (await findTeams(read, tenantId, [teamId])).get(teamId)
      if (team === undefined || team.deleted) problem(baseErrors.not_found)
      const place = cursor === undefined ? null : decodeCursor(cursor, Place)
      const after = place === null ? null : { dueAt: place.dueAt ?? 'infinity', id: place.id }
      const { tickets } = await waitingTickets(read, tenantId, { limit: limit + 1, after, sticky: false, teamId })
      const page = toPage(
        tickets,
        limit,
        ({ dueAt, id }) => ({ dueAt: dueAt === null ? null : formatInstant(dueAt), id })
      )
      const found = await findTickets(read, tenantId, page.items.map(({ id }) => id))
      return { ...page, items: page.items.flatMap(({ id }) => found.get(id) ?? []).map(ticketView) }
    }
  })
}

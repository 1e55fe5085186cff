import { baseErrors, etagOf, problem, type App } from '@dueline/http'
import { Type } from 'typebox'
import { findTicket } from '../store/ticket-store.ts'
import { access, authorize, ownOnly } from '../access.ts'
import { Expand, expanded, messagesOfOne } from './expand.ts'
import type { RouteDeps } from './route-deps.ts'
import { TicketSchema, TicketPath } from './schemas.ts'
import { ticketViews } from './views.ts'

/** GET /v1/tickets/{ticketId} */
export function getTicket (app: App, { database, directory }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/tickets/:ticketId',
    config: { roles: access.getTicket, etag: true },
    schema: {
      operationId: 'getTicket',
      summary: 'Read a ticket',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['tickets'],
      params: TicketPath,
      querystring: Type.Object({ expand: Expand }),
      response: { 200: TicketSchema }
    },
    handler: async ({ principal, params, query: { expand = [] } }, reply) => {
      const { read } = database.forTenant(principal.tenantId)
      const ticket = await findTicket(read, principal.tenantId, params.ticketId, ownOnly(principal)) ??
        problem(baseErrors.not_found)
      const views = await ticketViews(read, [ticket], principal, directory)
      const [view] = await expanded(read, views, expand, principal, { each: messagesOfOne })
      // its SLA, names and clocks move without it; what customers see is another body, with names of staff
      const isWhole = expand.length > 0 || !authorize(principal, 'seeInternals')
      reply.header('etag', etagOf(ticket.version, isWhole ? view : view!.sla))
      return view!
    }
  })
}

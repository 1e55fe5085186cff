import { baseErrors, etagOf, pathId, problem, type App } from '@dueline/http'
import { findTicket } from '../store/ticket-store.ts'
import { access, ownOnly } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { TicketSchema } from './schemas.ts'
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
      params: pathId('ticketId'),
      response: { 200: TicketSchema }
    },
    handler: async ({ principal, params }, reply) => {
      const { read } = database.forTenant(principal.tenantId)
      const ticket = await findTicket(read, principal.tenantId, params.ticketId, ownOnly(principal)) ??
        problem(baseErrors.not_found)
      const [view] = await ticketViews(read, [ticket], principal, directory)
      // a promise moves without its ticket
      reply.header('etag', etagOf(ticket.version, view!.sla))
      return view!
    }
  })
}

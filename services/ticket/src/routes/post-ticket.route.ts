import { baseErrors, etagOf, problem, write, type App, type WriteResult } from '@dueline/http'
import { staffRoles } from './access.ts'
import { openTickets } from './open-tickets.ts'
import type { Parts } from './parts.ts'
import { NewTicket, TicketSchema } from './schemas.ts'
import { ticketView } from './views.ts'

/** POST /v1/tickets */
export function postTicket (app: App, parts: Parts): void {
  app.route({
    method: 'POST',
    url: '/v1/tickets',
    config: { roles: ['customer', ...staffRoles], problems: ['validation_failed'] },
    schema: {
      operationId: 'createTicket',
      summary: 'Open a ticket',
      description: 'A customer opens it for itself; staff names the customer. A module implies its product, a question its module and product. What follows (agreement, clocks) comes within moments.',
      tags: ['tickets'],
      body: NewTicket,
      response: { 201: TicketSchema }
    },
    handler: async (request, reply) => {
      const [opened] = await openTickets([request.body], request.principal, request.headers.authorization, parts)
      if (opened === undefined || opened.fact === null) return problem(baseErrors.validation_failed, { faults: opened?.faults ?? [] })
      const { ticket } = opened.fact
      const answer: WriteResult = { status: 201, body: ticketView(ticket), headers: { etag: etagOf(ticket.version), location: `/v1/tickets/${ticket.id}` } }
      const told = { story: [opened.fact], traceparent: request.traceparent } as const
      return await write(request, reply, parts.database, async (tx) => {
        await parts.facts.create(tx, tx.tenantId, [told])
        return answer
      }, {
        shared: async () => {
          await parts.creations.add(request.principal.tenantId, told)
          return answer
        }
      })
    }
  })
}

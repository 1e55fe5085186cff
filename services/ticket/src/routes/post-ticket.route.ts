import { baseErrors, etagOf, problem, write, type App, type Principal, type WriteResult } from '@dueline/http'
import type { Read } from '@dueline/postgres'
import type { Ticket } from '../domain/ticket.ts'
import { errors } from '../errors.ts'
import { ExternalIdTaken } from '../store/fact-store.ts'
import { findTicketByExternalId } from '../store/ticket-store.ts'
import { access } from '../access.ts'
import { openTickets } from './open-tickets.ts'
import type { RouteDeps } from './route-deps.ts'
import { NewTicket, TicketSchema } from './schemas.ts'
import { ticketViews } from './views.ts'

/** POST /v1/tickets */
export function postTicket (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/tickets',
    config: { roles: access.createTicket, problems: ['validation_failed', 'ticket_exists'] },
    schema: {
      operationId: 'createTicket',
      summary: 'Open a ticket',
      description:
        'Customers open tickets for themselves. Staff and integrators name the customer, who may be any active ' +
        'person: staff have requests too. What that person writes in the ticket counts as a customer’s message. A ' +
        'module implies its product, a question implies its module and product. Where the question has a ' +
        'template, `answers` are checked by its published version, and what its rules set wins over `priority` ' +
        'and `severity`. Customers who leave `answers` out are asked for what is required as with `{}`; staff and ' +
        'integrators may open without, and nothing is checked then. `externalId` is the ticket’s key in ' +
        'another system, unique within the tenant. ' +
        '`createdAt` is when the customer asked, if that was earlier: clocks count from then. Only staff and ' +
        'integrators may send these two. The agreement and the clocks follow within moments.',
      tags: ['tickets'],
      body: NewTicket,
      response: { 201: TicketSchema }
    },
    handler: async (request, reply) => {
      const { principal } = request
      const [opened] = await openTickets([request.body], principal, request.headers.authorization, deps)
      if (opened === undefined || opened.fact === null) {
        return problem(baseErrors.validation_failed, { faults: opened?.faults ?? [] })
      }
      const { ticket } = opened.fact
      const traced = [opened.fact] as const
      const answer = await answerOf(ticket, principal, deps)
      const transact = deps.creations.of(traced)
      try {
        return await write(request, reply, deps.database, async () => answer, { transact })
      } catch (error) {
        if (error instanceof ExternalIdTaken) {
          return await refuse(deps.database.forTenant(principal.tenantId).read, ticket, principal)
        }
        throw error
      }
    }
  })
}

async function answerOf (
  ticket: Ticket,
  principal: Principal,
  { database, directory }: RouteDeps
): Promise<WriteResult> {
  const [body] = await ticketViews(database.forTenant(principal.tenantId).read, [ticket], principal, directory)
  return { status: 201, body, headers: { etag: etagOf(ticket.version), location: `/v1/tickets/${ticket.id}` } }
}

/** @throws Problem 409 naming the ticket that has the external id */
async function refuse (read: Read, { externalId }: Ticket, { tenantId }: Principal): Promise<never> {
  const other = await findTicketByExternalId(read, tenantId, externalId!)
  return problem(errors.ticket_exists, { extra: { ticketId: other?.id ?? null } })
}

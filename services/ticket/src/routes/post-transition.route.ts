import { nullable, TicketStatusSchema, type TicketStatus } from '@dueline/contracts'
import { baseErrors, etagOf, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { factTime, moved } from '../domain/changes.ts'
import { allowedMoves } from '../domain/status.ts'
import { errors } from '../errors.ts'
import { lockTicket } from '../store/ticket-store.ts'
import { access, authorize, ownOnly } from '../access.ts'
import { actorOf, type RouteDeps } from './route-deps.ts'
import { Reason, TicketSchema, TicketPath } from './schemas.ts'
import { ticketViews } from './views.ts'

/** Where customers may move their own tickets. */
const customersMoves: ReadonlySet<string> = new Set<TicketStatus>(['resolved', 'cancelled'])

/** POST /v1/tickets/{ticketId}/transitions */
export function postTransition (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/tickets/:ticketId/transitions',
    config: {
      roles: access.transitionTicket,
      problems: ['ticket_transition_refused'],
      etag: true,
      answers: { 200: 'The ticket with its new status' }
    },
    schema: {
      operationId: 'transitionTicket',
      summary: 'Change the status of a ticket',
      description:
        'The README of the ticket service lists the allowed changes; a refusal lists them in `allowed`. From ' +
        '`resolved` or `closed` to `open` is a reopening. Customers may resolve or cancel their own tickets, and ' +
        'reopen them by writing.',
      tags: ['tickets'],
      params: TicketPath,
      body: Type.Object({ to: TicketStatusSchema, reason: Type.Optional(nullable(Reason)) }),
      response: { 200: TicketSchema }
    },
    handler: async (request, reply) => {
      const { principal, params, body } = request
      return await write(request, reply, deps.database, async (tx) => {
        const ticket = await lockTicket(tx, tx.tenantId, params.ticketId, ownOnly(principal)) ??
          problem(baseErrors.not_found)
        const isStaff = authorize(principal, 'workOnTickets')
        if (!isStaff && !customersMoves.has(body.to)) {
          problem(baseErrors.forbidden, {
            detail: 'customers resolve or cancel their own tickets, and reopen by writing'
          })
        }
        const now = deps.clock.now()
        const moves = allowedMoves(ticket, now, deps.reopenWindowMicros)
        const allowed = isStaff ? moves : moves.filter((to) => customersMoves.has(to))
        if (!allowed.includes(body.to)) {
          problem(errors.ticket_transition_refused, {
            detail: `from ${ticket.status} a ticket cannot be moved to ${body.to}`,
            extra: { from: ticket.status, allowed }
          })
        }
        const fact = moved(
          ticket,
          body.to,
          body.reason ?? null,
          factTime(ticket, now),
          await actorOf(tx, principal, ticket.customerId, deps.directory)
        )
        await deps.facts.append(tx, tx.tenantId, [[fact]])
        const [view] = await ticketViews(tx, [fact.ticket], principal, deps.directory)
        return { status: 200, body: view, headers: { etag: etagOf(fact.ticket.version) } }
      })
    }
  })
}

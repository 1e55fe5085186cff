import { nullable, TicketStatusSchema } from '@dueline/contracts'
import { baseErrors, pathId, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { factTime, moved } from '../domain/changes.ts'
import { allowedMoves } from '../domain/status.ts'
import { errors } from '../errors.ts'
import { lockTicket } from '../store/ticket-store.ts'
import { access } from '../access.ts'
import { actorOf, type RouteDeps } from './route-deps.ts'
import { Reason, TicketSchema } from './schemas.ts'
import { ticketAnswer } from './views.ts'

/** POST /v1/tickets/{ticketId}/transitions */
export function postTransition (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/tickets/:ticketId/transitions',
    config: {
      roles: access.transitionTicket,
      problems: ['ticket_transition_refused'],
      answers: { 200: 'The ticket with its new status' }
    },
    schema: {
      operationId: 'transitionTicket',
      summary: 'Change the status of a ticket',
      description:
        'The README of the ticket service lists the allowed changes; a refusal lists them in `allowed`. From ' +
        '`resolved` or `closed` to `open` is a reopening.',
      tags: ['tickets'],
      params: pathId('ticketId'),
      body: Type.Object({ to: TicketStatusSchema, reason: Type.Optional(nullable(Reason)) }),
      response: { 200: TicketSchema }
    },
    handler: async (request, reply) => {
      const { principal, params, body } = request
      return await write(request, reply, deps.database, async (tx) => {
        const ticket = await lockTicket(tx, tx.tenantId, params.ticketId, null) ?? problem(baseErrors.not_found)
        const now = deps.clock.now()
        const allowed = allowedMoves(ticket, now, deps.reopenWindowMicros)
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
        return ticketAnswer(200, fact.ticket)
      })
    }
  })
}

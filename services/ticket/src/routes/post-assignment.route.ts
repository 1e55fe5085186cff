import { nullable, Uuid } from '@dueline/contracts'
import { baseErrors, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { assigned, factTime } from '../domain/changes.ts'
import { teamFaults } from '../domain/team-and-unit-faults.ts'
import { findPerson } from '../store/person-store.ts'
import type { Team } from '../store/team-store.ts'
import { lockTicket } from '../store/ticket-store.ts'
import { access } from '../access.ts'
import { assignableFault, personFaults } from './open-tickets.ts'
import { actorOf, type RouteDeps } from './route-deps.ts'
import { Reason, TeamId, TicketSchema, TicketPath } from './schemas.ts'
import { ticketAnswer } from './views.ts'

/** POST /v1/tickets/{ticketId}/assignments */
export function postAssignment (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/tickets/:ticketId/assignments',
    config: { roles: access.assignTicket, etag: true, answers: { 200: 'The ticket after the assignment' } },
    schema: {
      operationId: 'assignTicket',
      summary: 'Assign a ticket',
      description:
        'Assigns it to a person or a team. A field that you leave out stays as it is; null removes the person or ' +
        'team. The person must be active and not a customer, the team active. A request that changes ' +
        'nothing makes no new version.',
      tags: ['tickets'],
      params: TicketPath,
      body: Type.Object({
        assigneeId: Type.Optional(nullable(Uuid)),
        teamId: Type.Optional(nullable(TeamId)),
        reason: Type.Optional(nullable(Reason))
      }, { minProperties: 1 }),
      response: { 200: TicketSchema }
    },
    handler: async (request, reply) => {
      const { principal, params, body, headers: { authorization } } = request
      if (body.assigneeId === undefined && body.teamId === undefined) {
        problem(baseErrors.validation_failed, {
          faults: [{ pointer: '', message: 'must name assigneeId, teamId or both' }]
        })
      }
      // outside of the transaction: the directory may have to be asked
      const asker = { tenantId: principal.tenantId, authorization }
      if (typeof body.assigneeId === 'string') await deps.directory.renew(asker, [body.assigneeId])
      const teams = typeof body.teamId === 'string'
        ? await deps.teams.find(asker, [body.teamId])
        : new Map<string, Team>()
      return await write(request, reply, deps.database, async (tx) => {
        const ticket = await lockTicket(tx, tx.tenantId, params.ticketId, null) ?? problem(baseErrors.not_found)
        const { assigneeId = ticket.assigneeId, teamId = ticket.teamId, reason = null } = body
        const faults = teamId === ticket.teamId ? [] : teamFaults(teamId, teams)
        if (assigneeId !== null && assigneeId !== ticket.assigneeId) {
          const person = await findPerson(tx, tx.tenantId, assigneeId) ?? undefined
          faults.unshift(...personFaults(person, '/assigneeId', assignableFault))
        }
        if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
        const actor = await actorOf(tx, principal, ticket.customerId, deps.directory)
        const fact = assigned(ticket, { assigneeId, teamId }, reason, factTime(ticket, deps.clock.now()), actor)
        if (fact !== null) await deps.facts.append(tx, tx.tenantId, [[fact]])
        return ticketAnswer(200, fact?.ticket ?? ticket)
      })
    }
  })
}

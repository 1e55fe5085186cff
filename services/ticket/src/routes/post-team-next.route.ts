import { isCustomer, nullable } from '@dueline/contracts'
import { baseErrors, pathId, problem, refuseUnlinked, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { assigned, factTime } from '../domain/changes.ts'
import { isWorking } from '../domain/status.ts'
import { findPerson, type Person } from '../store/person-store.ts'
import { findTeams } from '../store/team-store.ts'
import { lockTickets } from '../store/ticket-store.ts'
import { addTurn, lockTurn, waitingTickets } from '../store/waiting-store.ts'
import { actorOf, type RouteDeps } from './route-deps.ts'
import { TicketSchema } from './schemas.ts'
import { ticketView } from './views.ts'

/** How many of the queue are looked at: the first may just have been given away by hand. */
const looks = 5

/** POST /v1/teams/{teamId}/next */
export function postTeamNext (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/teams/:teamId/next',
    config: {
      roles: access.claimNextTicket,
      keys: 'none',
      problems: ['validation_failed', 'not_found'],
      answers: { 200: 'The ticket, which the caller has now, or null when nothing waits' }
    },
    schema: {
      operationId: 'claimNextTicket',
      summary: 'Take the next ticket of a team',
      description:
        'Gives the caller the ticket of the team’s queue that is due first. Two who call at the same time get two ' +
        'tickets. The caller is a person of the staff, and need not be a member of the team. A person who asks for ' +
        'more may have more than the capacity says.',
      tags: ['assignment'],
      params: pathId('teamId'),
      response: {
        200: Type.Object({ ticket: nullable(TicketSchema) }, {
          title: 'NextTicket',
          description: 'What the caller was given'
        })
      }
    },
    handler: async (request, reply) => {
      const { principal, params: { teamId } } = request
      const { tenantId, personId } = principal
      return await write(request, reply, deps.database, async (tx) => {
        const team = (await findTeams(tx, tenantId, [teamId])).get(teamId)
        if (team === undefined || team.deleted) problem(baseErrors.not_found)
        if (!team.active) {
          const message = 'the team is not active: it hands out no tickets'
          problem(baseErrors.validation_failed, { faults: [{ in: 'path', pointer: '/teamId', message }] })
        }
        requireStaff(tenantId, await findPerson(tx, tenantId, personId))
        await addTurn(tx, tenantId)
        await lockTurn(tx, tenantId, { wait: true })
        const { tickets } = await waitingTickets(tx, tenantId, { limit: looks, after: null, sticky: false, teamId })
        for (const { id } of tickets) {
          const ticket = (await lockTickets(tx, tenantId, [id])).get(id)
          if (ticket === undefined || ticket.assigneeId !== null || !isWorking(ticket.status)) continue
          const actor = await actorOf(tx, principal, ticket.customerId, deps.directory)
          const at = factTime(ticket, deps.clock.now())
          const fact = assigned(
            ticket,
            { assigneeId: personId, teamId: ticket.teamId },
            'next of the queue',
            at,
            actor
          )!
          await deps.facts.append(tx, tenantId, [[fact]])
          return { status: 200, body: { ticket: ticketView(fact.ticket) } }
        }
        return { status: 200, body: { ticket: null } }
      })
    }
  })
}

/** Tickets are given to people: a token of the staff may have nobody behind it. */
function requireStaff (tenantId: string, person: Person | null): void {
  if (person === null) throw refuseUnlinked(tenantId, null)
  if (!person.active) problem(baseErrors.person_inactive)
  if (isCustomer(person.role)) {
    problem(baseErrors.forbidden, { detail: 'your person is a customer; tickets are given to people of the staff' })
  }
}

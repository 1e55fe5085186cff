import { NamedText, nullable, type TicketSummary } from '@dueline/contracts'
import { baseErrors, problem, write, type App, type Principal } from '@dueline/http'
import { Type } from 'typebox'
import { detailView, EscalationDetail, EscalationParams } from './escalation-schema.ts'
import { escalationMasters, type Parts } from './parts.ts'

function permit ({ roles, personId }: Principal, { assigneeId }: TicketSummary): void {
  if (roles.some((role) => escalationMasters.includes(role)) || assigneeId === personId) return
  problem(baseErrors.forbidden, { detail: 'an agent may acknowledge the escalations of the tickets assigned to them' })
}

/** POST /v1/escalations/{escalationId}/acknowledge */
export function postAcknowledge (app: App, { database, commands }: Parts): void {
  app.route({
    method: 'POST',
    url: '/v1/escalations/:escalationId/acknowledge',
    config: { roles: ['agent', ...escalationMasters], problems: ['escalation_closed'] },
    schema: {
      operationId: 'acknowledgeEscalation',
      summary: 'Take an escalation on: no further level is reached',
      description: 'For the agent that the ticket is assigned to, managers, the ceo and admins. The clock is not touched.',
      tags: ['escalations'],
      params: EscalationParams,
      body: Type.Object({ note: Type.Optional(nullable(NamedText(2_000))) }),
      response: { 200: EscalationDetail }
    },
    handler: async (request, reply) => await write(request, reply, database, async (tx) => {
      const { principal, params: { escalationId }, body: { note = null } } = request
      const { escalation, history } = await commands.run(tx, principal, escalationId, (ticket) => permit(principal, ticket), () => ({ kind: 'acknowledge', note }))
      return { status: 200, body: detailView(escalation, history) }
    })
  })
}

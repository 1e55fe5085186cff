import { NamedText, nullable } from '@dueline/contracts'
import { baseErrors, pathId, problem, write, type App, type Principal } from '@dueline/http'
import { Type } from 'typebox'
import { access, authorize, type Concerned } from '../access.ts'
import { detailView, EscalationDetail } from './escalation-schema.ts'
import type { Parts } from './parts.ts'

/** @throws Problem 403 for whom the escalation does not concern */
function permit (principal: Principal, concerned: Concerned): void {
  if (authorize(principal, 'acknowledge', concerned)) return
  problem(baseErrors.forbidden, {
    detail:
      'it is for the person that the ticket is assigned to, those that a level addressed, managers, the ceo and admins'
  })
}

/** POST /v1/escalations/{escalationId}/acknowledge */
export function postAcknowledge (app: App, { database, commands }: Parts): void {
  app.route({
    method: 'POST',
    url: '/v1/escalations/:escalationId/acknowledge',
    config: { roles: access.acknowledgeEscalation, problems: ['escalation_closed'] },
    schema: {
      operationId: 'acknowledgeEscalation',
      summary: 'Take an escalation on: no further level is reached',
      description:
        'For the person that the ticket is assigned to, everybody that one of its levels addressed, managers, ' +
        'the ceo and admins. It records who took it on, also after the last level, ' +
        'and when somebody else takes it over. The clock is not touched; when it stops and goes on later, ' +
        'the levels begin anew.',
      tags: ['escalations'],
      params: pathId('escalationId'),
      body: Type.Object({ note: Type.Optional(nullable(NamedText(2_000))) }),
      response: { 200: EscalationDetail }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { principal, params: { escalationId }, body: { note = null } } = request
        const { escalation, history } = await commands.run(tx, principal, escalationId, (concerned) =>
          permit(principal, concerned), () => ({ kind: 'acknowledge', note }))
        return { status: 200, body: detailView(escalation, history) }
      })
  })
}

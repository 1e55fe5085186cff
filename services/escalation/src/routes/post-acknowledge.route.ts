import { NamedText, nullable } from '@dueline/contracts'
import { baseErrors, pathId, problem, write, type App, type Principal } from '@dueline/http'
import { Type } from 'typebox'
import { access, authorize, type Concerned } from '../access.ts'
import { detailView, EscalationDetail } from './escalation-schema.ts'
import type { RouteDeps } from './route-deps.ts'

/** @throws Problem 403 for whom the escalation does not concern */
function permit (principal: Principal, concerned: Concerned): void {
  if (authorize(principal, 'acknowledge', concerned)) return
  problem(baseErrors.forbidden, {
    detail:
      'it is for the person that the ticket is assigned to, those that a level addressed, managers, the ceo and admins'
  })
}

/** POST /v1/escalations/{escalationId}/acknowledge */
export function postAcknowledge (app: App, { database, commands }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/escalations/:escalationId/acknowledge',
    config: {
      roles: access.acknowledgeEscalation,
      problems: ['escalation_closed'],
      answers: { 200: 'The acknowledged escalation' }
    },
    schema: {
      operationId: 'acknowledgeEscalation',
      summary: 'Acknowledge an escalation',
      description:
        'No further level is reached. The assignee, the people whom its levels addressed, managers, the ceo and ' +
        'admins may do it. It records who took the escalation on, also after the last level, and also when ' +
        'another person takes it over. The clock goes on. If the clock stops and later runs again, the levels ' +
        'begin anew.',
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

import { NamedText } from '@dueline/contracts'
import { pathId, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { detailView, EscalationDetail } from './escalation-schema.ts'
import type { RouteDeps } from './route-deps.ts'

/** POST /v1/escalations/{escalationId}/raise */
export function postRaise (app: App, { database, commands }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/escalations/:escalationId/raise',
    config: {
      roles: access.raiseEscalation,
      problems: ['escalation_closed'],
      answers: { 200: 'The escalation at its new level' }
    },
    schema: {
      operationId: 'raiseEscalation',
      summary: 'Go to the next level now',
      description: 'Levels whose filters do not match the ticket are skipped. After the last level the escalation is ' +
        'exhausted.',
      tags: ['escalations'],
      params: pathId('escalationId'),
      body: Type.Object({ reason: NamedText(2_000) }),
      response: { 200: EscalationDetail }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { principal, params: { escalationId }, body: { reason } } = request
        const { escalation, history } = await commands.run(
          tx,
          principal,
          escalationId,
          () => {},
          (around) => ({ kind: 'raise', reason, ...around })
        )
        return { status: 200, body: detailView(escalation, history) }
      })
  })
}

import { baseErrors, pathId, problem, type App } from '@dueline/http'
import { access } from '../access.ts'
import { findEscalation, historyOf } from '../store/escalation-store.ts'
import { detailView, EscalationDetail } from './escalation-schema.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/escalations/{escalationId} */
export function getEscalation (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/escalations/:escalationId',
    config: { roles: access.getEscalation },
    schema: {
      operationId: 'getEscalation',
      summary: 'Read an escalation with its history',
      description:
        'The history lists each level that was reached, whom it addressed and what it did, and who acknowledged.',
      tags: ['escalations'],
      params: pathId('escalationId'),
      response: { 200: EscalationDetail }
    },
    handler: async ({ principal: { tenantId }, params: { escalationId } }) => {
      const { read } = database.forTenant(tenantId)
      const escalation = await findEscalation(read, tenantId, escalationId) ?? problem(baseErrors.not_found)
      return detailView(escalation, await historyOf(read, tenantId, escalationId))
    }
  })
}

import { baseErrors, etagOf, pathId, problem, type App } from '@dueline/http'
import { access } from '../access.ts'
import { findRule } from '../store/rule-store.ts'
import { AssignmentRuleSchema, ruleView } from './assignment-shapes.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/assignment-rules/{ruleId} */
export function getAssignmentRule (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/assignment-rules/:ruleId',
    config: { roles: access.getAssignmentRule, etag: true },
    schema: {
      operationId: 'getAssignmentRule',
      summary: 'Read an assignment rule',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['assignment'],
      params: pathId('ruleId'),
      response: { 200: AssignmentRuleSchema }
    },
    handler: async ({ principal: { tenantId }, params: { ruleId } }, reply) => {
      const rule = await findRule(database.forTenant(tenantId).read, tenantId, ruleId) ?? problem(baseErrors.not_found)
      reply.header('etag', etagOf(rule.version))
      return ruleView(rule)
    }
  })
}

import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { listRules } from '../store/rule-store.ts'
import { AssignmentRuleSchema, ruleView } from './assignment-shapes.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/assignment-rules */
export function getAssignmentRules (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/assignment-rules',
    config: { roles: access.listAssignmentRules },
    schema: {
      operationId: 'listAssignmentRules',
      summary: 'List the assignment rules',
      description: 'All of them, in the order in which they are tried.',
      tags: ['assignment'],
      response: {
        200: Type.Object({ items: Type.Array(AssignmentRuleSchema) }, {
          title: 'AssignmentRules',
          description: 'The rules of a tenant'
        })
      }
    },
    handler: async ({ principal: { tenantId } }) => {
      const rules = await listRules(database.forTenant(tenantId).read, tenantId)
      return { items: rules.map(ruleView) }
    }
  })
}

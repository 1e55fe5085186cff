import { Uuid } from '@dueline/contracts'
import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { listEscalationPolicies } from '../store/escalation-policy-store.ts'
import { EscalationPolicySchema, escalationPolicyView } from './escalation-policy-schema.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/escalation-policies */
export function getEscalationPolicies (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/escalation-policies',
    config: { roles: access.listEscalationPolicies },
    schema: {
      operationId: 'listEscalationPolicies',
      summary: 'List escalation policies',
      description: 'The oldest comes first.',
      tags: ['escalation policies'],
      querystring: Type.Object({ active: Type.Optional(Type.Boolean()), ...PageQuery.properties }),
      response: { 200: pageOf(EscalationPolicySchema) }
    },
    handler: async ({ principal, query: { active, limit, cursor } }) => {
      const { read } = database.forTenant(principal.tenantId)
      const after = cursor === undefined ? undefined : decodeCursor(cursor, Uuid)
      const page = toPage(
        await listEscalationPolicies(read, principal.tenantId, { limit: limit + 1, after, active }),
        limit,
        ({ id }) => id
      )
      return { ...page, items: page.items.map(escalationPolicyView) }
    }
  })
}

import { baseErrors, etagOf, pathId, problem, type App } from '@dueline/http'
import { access } from '../access.ts'
import { findEscalationPolicy } from '../store/escalation-policy-store.ts'
import { EscalationPolicySchema, escalationPolicyView } from './escalation-policy-schema.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/escalation-policies/{escalationPolicyId} */
export function getEscalationPolicy (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/escalation-policies/:escalationPolicyId',
    config: { roles: access.getEscalationPolicy, etag: true },
    schema: {
      operationId: 'getEscalationPolicy',
      summary: 'Read an escalation policy',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['escalation policies'],
      params: pathId('escalationPolicyId'),
      response: { 200: EscalationPolicySchema }
    },
    handler: async ({ principal, params: { escalationPolicyId } }, reply) => {
      const { read } = database.forTenant(principal.tenantId)
      const policy = await findEscalationPolicy(read, principal.tenantId, escalationPolicyId) ??
        problem(baseErrors.not_found)
      reply.header('etag', etagOf(policy.version))
      return escalationPolicyView(policy)
    }
  })
}

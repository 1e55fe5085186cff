import { etagOf, problem, write, type App } from '@dueline/http'
import { isUniqueViolation } from '@dueline/postgres'
import { access } from '../access.ts'
import { errors } from '../errors.ts'
import { insertEscalationPolicy, oneDefault } from '../store/escalation-policy-store.ts'
import {
  EscalationPolicyInput,
  EscalationPolicySchema,
  escalationPolicyView,
  toDraft
} from './escalation-policy-schema.ts'
import type { RouteDeps } from './route-deps.ts'

/** POST /v1/escalation-policies */
export function postEscalationPolicy (app: App, { database, clock, ids, guard }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/escalation-policies',
    config: { roles: access.createEscalationPolicy, problems: ['default_escalation_policy_exists'] },
    schema: {
      operationId: 'createEscalationPolicy',
      summary: 'Create an escalation policy',
      description:
        'It applies to clocks that start, get a new deadline or breach from now on. An open escalation keeps the ' +
        'policy with which it opened. The trigger of each level must be later than that of the level before, ' +
        'counted from the deadline. Product ids are not checked.',
      tags: ['escalation policies'],
      body: EscalationPolicyInput,
      response: { 201: EscalationPolicySchema }
    },
    handler: async (request, reply) => {
      const draft = toDraft(request.body)
      await guard.check(request.principal.tenantId, draft, request.headers.authorization ?? '')
      return await write(request, reply, database, async (tx) => {
        const policy = await insertEscalationPolicy(tx, ids.next(), draft, clock.now()).catch((error: unknown) => {
          throw isUniqueViolation(error, oneDefault) ? problem(errors.default_escalation_policy_exists) : error
        })
        return {
          status: 201,
          body: escalationPolicyView(policy),
          headers: { etag: etagOf(policy.version), location: `/v1/escalation-policies/${policy.id}` }
        }
      })
    }
  })
}

import { baseErrors, etagOf, patchOf, pathId, problem, requireIfMatch, write, type App } from '@dueline/http'
import { isUniqueViolation } from '@dueline/postgres'
import { access } from '../access.ts'
import { errors } from '../errors.ts'
import { findEscalationPolicy, oneDefault, updateEscalationPolicy } from '../store/escalation-policy-store.ts'
import {
  EscalationPolicyPatch,
  EscalationPolicySchema,
  escalationPolicyView,
  toDraft
} from './escalation-policy-schema.ts'
import type { RouteDeps } from './route-deps.ts'

/** PATCH /v1/escalation-policies/{escalationPolicyId} */
export function patchEscalationPolicy (app: App, { database, clock, guard }: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/escalation-policies/:escalationPolicyId',
    config: {
      roles: access.updateEscalationPolicy,
      problems: ['precondition_required', 'precondition_failed', 'default_escalation_policy_exists']
    },
    schema: {
      operationId: 'updateEscalationPolicy',
      summary: 'Change an escalation policy',
      description:
        'Each field that you send is replaced as a whole; in a merge patch (`application/merge-patch+json`), ' +
        '`filters` one by one. Open escalations keep the version with which they ' +
        'opened.',
      tags: ['escalation policies'],
      params: pathId('escalationPolicyId'),
      body: EscalationPolicyPatch,
      response: { 200: EscalationPolicySchema }
    },
    handler: async (request, reply) => {
      const { principal: { tenantId }, params: { escalationPolicyId } } = request
      const check = async () => {
        const { read } = database.forTenant(tenantId)
        const seen = await findEscalationPolicy(read, tenantId, escalationPolicyId) ??
          problem(baseErrors.not_found)
        requireIfMatch(request, seen.version)
        const draft = toDraft(patchOf(request, seen), seen)
        // people may have to be asked for over HTTP: not while a row is locked
        await guard.check(tenantId, draft, request.headers.authorization ?? '')
        return { seen, draft }
      }
      const [checked] = await Promise.allSettled([check()])
      return await write(request, reply, database, async (tx) => {
        // refused in here, where a repeated request gets the answer that it had
        if (checked.status === 'rejected') throw checked.reason
        const { seen, draft } = checked.value
        const policy = await findEscalationPolicy(tx, tenantId, escalationPolicyId, { lock: true }) ??
          problem(baseErrors.not_found)
        if (policy.version !== seen.version) {
          problem(baseErrors.precondition_failed, { headers: { etag: etagOf(policy.version) } })
        }
        const changed = await updateEscalationPolicy(tx, policy, draft, clock.now()).catch((error: unknown) => {
          throw isUniqueViolation(error, oneDefault) ? problem(errors.default_escalation_policy_exists) : error
        })
        return { status: 200, body: escalationPolicyView(changed), headers: { etag: etagOf(changed.version) } }
      })
    }
  })
}

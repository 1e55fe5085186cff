import { baseErrors, pathId, problem, requireIfMatchWhereSent, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { deleteEscalationPolicy, findEscalationPolicy } from '../store/escalation-policy-store.ts'
import type { RouteDeps } from './route-deps.ts'

/** DELETE /v1/escalation-policies/{escalationPolicyId} */
export function deleteEscalationPolicyRoute (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/escalation-policies/:escalationPolicyId',
    config: { roles: access.deleteEscalationPolicy, problems: ['precondition_failed'] },
    schema: {
      operationId: 'deleteEscalationPolicy',
      summary: 'Delete an escalation policy',
      description:
        'Open escalations keep the version with which they opened. Agreements that name the deleted policy use ' +
        'another one of the tenant that fits.',
      tags: ['escalation policies'],
      params: pathId('escalationPolicyId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { escalationPolicyId } = request.params
        const policy = await findEscalationPolicy(tx, tx.tenantId, escalationPolicyId, { lock: true }) ??
          problem(baseErrors.not_found)
        requireIfMatchWhereSent(request, policy.version)
        await deleteEscalationPolicy(tx, escalationPolicyId)
        return { status: 204 }
      })
  })
}

import { baseErrors, pathId, problem, requireIfMatchWhereSent, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { deleteRule, findRule } from '../store/rule-store.ts'
import type { RouteDeps } from './route-deps.ts'

/** DELETE /v1/assignment-rules/{ruleId} */
export function deleteAssignmentRule (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/assignment-rules/:ruleId',
    config: { roles: access.deleteAssignmentRule, problems: ['not_found', 'precondition_failed'] },
    schema: {
      operationId: 'deleteAssignmentRule',
      summary: 'Delete an assignment rule',
      description: 'Tickets that it has given stay where they are.',
      tags: ['assignment'],
      params: pathId('ruleId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { id, version } = await findRule(tx, tx.tenantId, request.params.ruleId, { lock: true }) ??
          problem(baseErrors.not_found)
        requireIfMatchWhereSent(request, version)
        await deleteRule(tx, id)
        return { status: 204 }
      })
  })
}

import { baseErrors, pathId, problem, requireIfMatchWhereSent, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { findCustomField, removeCustomField } from '../store/custom-field-store.ts'
import type { RouteDeps } from './route-deps.ts'

/** DELETE /v1/custom-fields/{customFieldId} */
export function deleteCustomField (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/custom-fields/:customFieldId',
    config: { roles: access.deleteCustomField, problems: ['not_found', 'precondition_failed'] },
    schema: {
      operationId: 'deleteCustomField',
      summary: 'Forget what holds for a custom field',
      description:
        'Its values stay in the tickets. From then on it takes any value, and a customer sees it only where that ' +
        'customer has set it.',
      tags: ['tickets'],
      params: pathId('customFieldId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { id, version } = await findCustomField(tx, tx.tenantId, request.params.customFieldId, { lock: true }) ??
          problem(baseErrors.not_found)
        requireIfMatchWhereSent(request, version)
        await removeCustomField(tx, id)
        return { status: 204 }
      })
  })
}

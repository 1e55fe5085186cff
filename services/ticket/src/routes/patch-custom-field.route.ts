import { baseErrors, etagOf, patchOf, pathId, problem, requireIfMatch, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import { findCustomField, updateCustomField } from '../store/custom-field-store.ts'
import { checkCustomField, CustomFieldPatch, CustomFieldSchema, customFieldView } from './custom-field-shapes.ts'
import type { RouteDeps } from './route-deps.ts'

/** PATCH /v1/custom-fields/{customFieldId} */
export function patchCustomField (app: App, { database, clock }: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/custom-fields/:customFieldId',
    config: {
      roles: access.updateCustomField,
      problems: ['validation_failed', 'not_found', 'precondition_failed', 'precondition_required']
    },
    schema: {
      operationId: 'updateCustomField',
      summary: 'Change what holds for a custom field',
      description:
        'Objects and lists are replaced as a whole; a merge patch of `valueSchema` names its `type`. Values that ' +
        'tickets have stay as they are until they are changed.',
      tags: ['tickets'],
      params: pathId('customFieldId'),
      body: CustomFieldPatch,
      response: { 200: CustomFieldSchema }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { customFieldId } = request.params
        const before = await findCustomField(tx, tx.tenantId, customFieldId, { lock: true }) ??
          problem(baseErrors.not_found)
        requireIfMatch(request, before.version)
        const version = before.version + 1
        const updatedAt = Math.max(clock.now(), before.updatedAt + 1)
        const next = { ...before, ...patchOf(request, before), version, updatedAt }
        checkCustomField(next)
        await updateCustomField(tx, next)
        return { status: 200, body: customFieldView(next), headers: { etag: etagOf(version) } }
      })
  })
}

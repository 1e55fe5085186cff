import { baseErrors, etagOf, pathId, problem, type App } from '@dueline/http'
import { access, authorize } from '../access.ts'
import { findCustomField } from '../store/custom-field-store.ts'
import { CustomFieldSchema, customFieldView } from './custom-field-shapes.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/custom-fields/{customFieldId} */
export function getCustomField (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/custom-fields/:customFieldId',
    config: { roles: access.getCustomField, etag: true },
    schema: {
      operationId: 'getCustomField',
      summary: 'Read a custom field of tickets',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['tickets'],
      params: pathId('customFieldId'),
      response: { 200: CustomFieldSchema }
    },
    handler: async ({ principal, params: { customFieldId } }, reply) => {
      const { tenantId } = principal
      const field = await findCustomField(database.forTenant(tenantId).read, tenantId, customFieldId)
      if (field === undefined) return problem(baseErrors.not_found)
      if (!authorize(principal, 'seeInternals') && field.customers === 'hidden') return problem(baseErrors.not_found)
      reply.header('etag', etagOf(field.version))
      return customFieldView(field)
    }
  })
}

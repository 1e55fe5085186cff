import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access, authorize } from '../access.ts'
import { listCustomFields } from '../store/custom-field-store.ts'
import { CustomFieldSchema, customFieldView } from './custom-field-shapes.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/custom-fields */
export function getCustomFields (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/custom-fields',
    config: { roles: access.listCustomFields },
    schema: {
      operationId: 'listCustomFields',
      summary: 'List the custom fields of tickets',
      description: 'All of them, by name. Customers get those that they may see.',
      tags: ['tickets'],
      response: {
        200: Type.Object({ items: Type.Array(CustomFieldSchema) }, {
          title: 'CustomFields',
          description: 'The custom fields of a tenant'
        })
      }
    },
    handler: async ({ principal }) => {
      const { tenantId } = principal
      const fields = await listCustomFields(database.forTenant(tenantId).read, tenantId)
      const shown = fields.filter(({ customers }) => authorize(principal, 'seeInternals') || customers !== 'hidden')
      return { items: shown.map(customFieldView) }
    }
  })
}

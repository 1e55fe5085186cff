import { etagOf, type App } from '@dueline/http'
import { access } from '../access.ts'
import { readSettings } from '../store/settings-store.ts'
import { AssignmentSettingsSchema, settingsView } from './assignment-settings.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/assignment-settings */
export function getAssignmentSettings (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/assignment-settings',
    config: { roles: access.getAssignmentSettings, etag: true },
    schema: {
      operationId: 'getAssignmentSettings',
      summary: 'Read what holds for assignment beside the rules',
      description: 'A tenant that has set none has the built-in ones. The `ETag` is what a change needs in `If-Match`.',
      tags: ['assignment'],
      response: { 200: AssignmentSettingsSchema }
    },
    handler: async ({ principal: { tenantId } }, reply) => {
      const found = await readSettings(database.forTenant(tenantId).read, tenantId)
      reply.header('etag', etagOf(found.version))
      return settingsView(found)
    }
  })
}

import { etagOf, type App } from '@dueline/http'
import { access } from '../access.ts'
import { readSettings } from '../store/policy-store.ts'
import { PolicySettings, settingsToWire } from './policy-settings.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/sla-policy-settings: the tenant's defaults and rules for the SLA table. */
export function getSlaPolicySettings (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/sla-policy-settings',
    config: { roles: access.getSlaPolicySettings, etag: true },
    schema: {
      operationId: 'getSlaPolicySettings',
      summary: 'Read the settings of the SLA table',
      description: 'The defaults apply where no row matches. The `ETag` is what a change needs in `If-Match`.',
      tags: ['sla table'],
      response: { 200: PolicySettings }
    },
    async handler (request, reply) {
      const { read } = database.forTenant(request.principal.tenantId)
      const settings = await readSettings(read, request.principal.tenantId)
      reply.header('etag', etagOf(settings.version))
      return settingsToWire(settings)
    }
  })
}

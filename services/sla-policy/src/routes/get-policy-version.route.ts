import { baseErrors, problem, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { findVersion } from '../store/policy-store.ts'
import { PolicyVersion, publishedRowToWire, versionToWire } from './policy-versions.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/policy-versions/{version}: one version with its rows. */
export function getPolicyVersion (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/policy-versions/:version',
    config: { roles: access.getPolicyVersion, problems: ['not_found'] },
    schema: {
      operationId: 'getPolicyVersion',
      summary: 'Read a policy version with its rows',
      description: 'The rows and defaults are those that were published; later changes of the table do not show here.',
      tags: ['policy versions'],
      params: Type.Object({ version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) }),
      response: { 200: PolicyVersion }
    },
    async handler (request) {
      const { read } = database.forTenant(request.principal.tenantId)
      const found = await findVersion(read, request.principal.tenantId, request.params.version) ??
        problem(baseErrors.not_found)
      return { ...versionToWire(found), rows: found.rows.map(publishedRowToWire) }
    }
  })
}

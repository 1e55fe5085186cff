import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { listVersions } from '../store/policy-store.ts'
import { PolicyVersionSummary, versionToWire } from './policy-versions.ts'
import type { RouteDeps } from './route-deps.ts'

const Position = Type.Object({ version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) })

/** GET /v1/policy-versions: published versions without their rows, newest first. */
export function listPolicyVersions (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/policy-versions',
    config: { roles: access.listPolicyVersions },
    schema: {
      operationId: 'listPolicyVersions',
      summary: 'List policy versions',
      description: 'The newest comes first. A version never changes.',
      tags: ['policy versions'],
      querystring: PageQuery,
      response: { 200: pageOf(PolicyVersionSummary) }
    },
    async handler (request) {
      const { read } = database.forTenant(request.principal.tenantId)
      const { limit, cursor } = request.query
      const before = cursor === undefined ? undefined : decodeCursor(cursor, Position).version
      const rows = await listVersions(read, request.principal.tenantId, { before, limit: limit + 1 })
      return toPage(rows.map(versionToWire), limit, ({ version }) => ({ version }))
    }
  })
}

import { baseErrors, etagOf, pathId, problem, type App } from '@dueline/http'
import { access } from '../access.ts'
import { findTemplate } from '../store/template-store.ts'
import { inForceVersions } from '../store/version-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { TemplateSchema, templateView } from './template-shapes.ts'

/** GET /v1/templates/{templateId} */
export function getTemplate (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/templates/:templateId',
    config: { roles: access.getTemplate, problems: ['not_found'], etag: true },
    schema: {
      operationId: 'getTemplate',
      summary: 'Read a template',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['templates'],
      params: pathId('templateId'),
      response: { 200: TemplateSchema }
    },
    handler: async ({ principal: { tenantId }, params: { templateId } }, reply) => {
      const { read } = database.forTenant(tenantId)
      const found = await findTemplate(read, tenantId, templateId) ?? problem(baseErrors.not_found)
      const inForce = (await inForceVersions(read, tenantId, [templateId])).get(templateId) ?? null
      reply.header('etag', etagOf(found.version, inForce))
      return templateView(found, inForce)
    }
  })
}

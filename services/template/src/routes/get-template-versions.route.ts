import { baseErrors, decodeCursor, pageOf, PageQuery, pathId, problem, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { findTemplate } from '../store/template-store.ts'
import { listVersions } from '../store/version-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { VersionHead, versionHeadView } from './template-shapes.ts'

/** GET /v1/templates/{templateId}/versions */
export function getTemplateVersions (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/templates/:templateId/versions',
    config: { roles: access.listTemplateVersions, problems: ['not_found'] },
    schema: {
      operationId: 'listTemplateVersions',
      summary: 'List the versions of a template',
      description:
        'The newest comes first, without its questions. What a draft changes is said where it is read alone.',
      tags: ['templates'],
      params: pathId('templateId'),
      querystring: Type.Object(PageQuery.properties),
      response: { 200: pageOf(VersionHead) }
    },
    handler: async ({ principal: { tenantId }, params: { templateId }, query: { limit, cursor } }) => {
      const { read } = database.forTenant(tenantId)
      if (await findTemplate(read, tenantId, templateId) === undefined) problem(baseErrors.not_found)
      const before = cursor === undefined ? undefined : decodeCursor(cursor, Type.Integer())
      const found = await listVersions(read, tenantId, { templateId, limit: limit + 1, before })
      const page = toPage(found, limit, ({ number }) => number)
      return { ...page, items: page.items.map(versionHeadView) }
    }
  })
}

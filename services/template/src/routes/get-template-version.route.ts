import { etagOf, pathId, type App } from '@dueline/http'
import { access, authorize } from '../access.ts'
import { publishedLast } from '../store/version-store.ts'
import { readableVersion } from './readable-version.ts'
import type { RouteDeps } from './route-deps.ts'
import { VersionSchema, versionView } from './template-shapes.ts'

/** GET /v1/template-versions/{templateVersionId} */
export function getTemplateVersion (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/template-versions/:templateVersionId',
    config: { roles: access.getTemplateVersion, problems: ['not_found'], etag: true },
    schema: {
      operationId: 'getTemplateVersion',
      summary: 'Read a version of a template',
      description: 'With its questions and rules. Customers read what is published, without where it ' +
        'comes from and what its editors saw in it.',
      tags: ['templates'],
      params: pathId('templateVersionId'),
      response: { 200: VersionSchema }
    },
    handler: async ({ principal, params: { templateVersionId } }, reply) => {
      const { read } = database.forTenant(principal.tenantId)
      const found = await readableVersion(read, principal, templateVersionId)
      const before = found.state === 'published'
        ? undefined
        : await publishedLast(read, principal.tenantId, found.templateId)
      // what a draft changes depends on the version before it
      reply.header('etag', etagOf(found.version, before?.id ?? null))
      const view = versionView(found, before)
      if (authorize(principal, 'readInternals')) return view
      return { ...view, issues: [], changes: [], source: { ...view.source, uploadId: null, fileName: null } }
    }
  })
}

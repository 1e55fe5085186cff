import { pathId, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { readableVersion } from './readable-version.ts'
import type { RouteDeps } from './route-deps.ts'
import { Bytes, sourcePdf, writtenBy } from './version-files.ts'

/** GET /v1/template-versions/{templateVersionId}/page-image */
export function getTemplatePage (app: App, { database, converter, files }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/template-versions/:templateVersionId/page-image',
    config: {
      roles: access.drawTemplatePage,
      problems: ['not_found', 'unavailable'],
      answers: { 200: 'The page as a picture' }
    },
    schema: {
      operationId: 'drawTemplatePage',
      summary: 'Draw a page of a PDF template',
      description: 'Of the PDF that the version was read from, as a PNG; what can be filled in is highlighted. Not ' +
        'found where the version comes from something else, the PDF has no such page, or it cannot be drawn.',
      tags: ['templates'],
      produces: ['image/png'],
      params: pathId('templateVersionId'),
      querystring: Type.Object({
        page: Type.Integer({ minimum: 1, maximum: 200, default: 1, description: 'From 1' }),
        widthPx: Type.Integer({ minimum: 50, maximum: 2_000, default: 900, description: 'At most so wide' })
      }),
      response: { 200: { content: { 'image/png': { schema: Bytes } } } }
    },
    handler: async ({ principal, params: { templateVersionId }, query: { page, widthPx } }, reply) => {
      const own = database.forTenant(principal.tenantId)
      const version = await readableVersion(own.read, principal, templateVersionId)
      const bytes = await sourcePdf(files, own, version)
      const png = await writtenBy(converter, { kind: 'draw', bytes, page, widthPx })
      return await reply.type('image/png').send(png)
    }
  })
}

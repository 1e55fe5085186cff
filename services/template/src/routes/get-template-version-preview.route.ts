import { createHash } from 'node:crypto'
import { pathId, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { readableVersion } from './readable-version.ts'
import type { RouteDeps } from './route-deps.ts'
import { LanguageTag } from './template-shapes.ts'
import { assertWhole, fileHeader, writtenBy } from './version-files.ts'

/** GET /v1/template-versions/{templateVersionId}/preview */
export function getTemplateVersionPreview (app: App, { database, converter }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/template-versions/:templateVersionId/preview',
    config: {
      roles: access.previewTemplateVersion,
      problems: ['not_found', 'version_unfinished', 'unavailable'],
      answers: { 200: 'A page of HTML' }
    },
    schema: {
      operationId: 'previewTemplateVersion',
      summary: 'Show a version of a template as HTML',
      description:
        'One accessible page without scripts: each control has its label, and the page runs as its language ' +
        'does. Its security policy lets it load and send nothing. Conditions are not computed: what is asked in some ' +
        'cases only says so.',
      tags: ['templates'],
      produces: ['text/html'],
      params: pathId('templateVersionId'),
      querystring: Type.Object({
        language: Type.Optional({
          ...LanguageTag,
          description: 'The first of the questionnaire when left out; what has no text in it is shown in the first'
        })
      }),
      response: {
        200: {
          headers: { 'Content-Security-Policy': fileHeader('Only the style of the page itself') },
          content: { 'text/html': { schema: { type: 'string' } } }
        }
      }
    },
    handler: async ({ principal, params: { templateVersionId }, query: { language } }, reply) => {
      const { read } = database.forTenant(principal.tenantId)
      const version = await readableVersion(read, principal, templateVersionId)
      assertWhole(version)
      const { questionnaire } = version
      const asked = language === undefined ? {} : { language }
      const page = (await writtenBy(converter, { kind: 'write', format: 'html', questionnaire, ...asked })).toString()
      return await reply.type('text/html; charset=utf-8')
        .header('content-security-policy', policyFor(page))
        .send(page)
    }
  })
}

/** The page may show itself in its own style, and nothing else. */
function policyFor (page: string): string {
  const [, style = ''] = /<style>([^<]*)<\/style>/.exec(page) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; ` +
    "frame-ancestors 'none'; sandbox"
}

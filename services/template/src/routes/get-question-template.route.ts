import { baseErrors, etagOf, pathId, problem, type App } from '@dueline/http'
import { access } from '../access.ts'
import { findTie } from '../store/question-store.ts'
import { publishedLast } from '../store/version-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { TieSchema } from './template-shapes.ts'

/** GET /v1/questions/{questionId}/template */
export function getQuestionTemplate (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/questions/:questionId/template',
    config: { roles: access.getQuestionTemplate, problems: ['not_found'], etag: true },
    schema: {
      operationId: 'getQuestionTemplate',
      summary: 'Read which template a question has',
      description:
        'There is none (404) where it never had one. While `templateId` is null, tickets about it take any answers.',
      tags: ['templates'],
      params: pathId('questionId'),
      response: { 200: TieSchema }
    },
    handler: async ({ principal: { tenantId }, params: { questionId: id } }, reply) => {
      const { read } = database.forTenant(tenantId)
      const { templateId, version } = await findTie(read, tenantId, id) ?? problem(baseErrors.not_found)
      const published = templateId === null ? undefined : await publishedLast(read, tenantId, templateId)
      // a publish counts as a change of its ties
      reply.header('etag', etagOf(version))
      return { id, templateId, templateVersionId: published?.id ?? null, version }
    }
  })
}

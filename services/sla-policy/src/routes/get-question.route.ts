import { pathId } from '@dueline/http'
import type { App } from '@dueline/http'
import { access } from '../access.ts'
import { readItem, Question } from './catalogue.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/questions/{questionId}: one question. */
export function getQuestion (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/questions/:questionId',
    config: { roles: access.getQuestion, problems: ['not_found'], etag: true },
    schema: {
      operationId: 'getQuestion',
      summary: 'Read a question',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['catalogue'],
      params: pathId('questionId'),
      response: { 200: Question }
    },
    handler: async (request, reply) => await readItem(request, reply, deps, 'question', request.params.questionId)
  })
}

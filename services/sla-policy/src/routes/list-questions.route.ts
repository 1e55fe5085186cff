import { Uuid } from '@dueline/contracts'
import { pageOf, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { ListQuery, Question, readItems } from './catalogue.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/questions: questions, oldest first, of one product or module or all. */
export function listQuestions (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/questions',
    config: { roles: access.listQuestions },
    schema: {
      operationId: 'listQuestions',
      summary: 'List questions',
      description: 'The oldest comes first. `q` finds parts of names.',
      tags: ['catalogue'],
      querystring: Type.Object({ productId: Type.Optional(Uuid), moduleId: Type.Optional(Uuid), ...ListQuery }),
      response: { 200: pageOf(Question) }
    },
    handler: async (request) => await readItems(request, deps, 'question', request.query)
  })
}

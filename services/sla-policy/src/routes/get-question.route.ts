import type { App } from '@dueline/http'
import { readItem, Question } from './catalogue.ts'
import { everybody, IdParams, type RouteDeps } from './route-deps.ts'

/** GET /v1/questions/{id}: one question. */
export function getQuestion (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/questions/:id',
    config: { roles: everybody, problems: ['not_found'] },
    schema: {
      operationId: 'getQuestion',
      summary: 'One question',
      tags: ['catalogue'],
      params: IdParams,
      response: { 200: Question }
    },
    handler: async (request, reply) => await readItem(request, reply, deps, 'question', request.params.id)
  })
}

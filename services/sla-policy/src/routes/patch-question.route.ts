import { pathId } from '@dueline/http'
import type { App } from '@dueline/http'
import { access } from '../access.ts'
import { changeItem, ItemPatch, Question } from './catalogue.ts'
import type { RouteDeps } from './route-deps.ts'

/** PATCH /v1/questions/{questionId}: another name, or no longer offered. */
export function patchQuestion (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/questions/:questionId',
    config: {
      roles: access.updateQuestion,
      problems: ['not_found', 'catalogue_name_taken', 'precondition_failed', 'precondition_required']
    },
    schema: {
      operationId: 'updateQuestion',
      summary: 'Change a question',
      description: 'Renames it, or takes it out of use or back into use. Tickets and rows that name it keep it.',
      tags: ['catalogue'],
      params: pathId('questionId'),
      body: ItemPatch,
      response: { 200: Question }
    },
    handler: async (request, reply) =>
      await changeItem(request, reply, deps, { kind: 'question', id: request.params.questionId, patch: request.body })
  })
}

import type { App } from '@dueline/http'
import { changeItem, ItemPatch, Question } from './catalogue.ts'
import { editors, IdParams, type RouteDeps } from './route-deps.ts'

/** PATCH /v1/questions/{id}: another name, or no longer offered. */
export function patchQuestion (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/questions/:id',
    config: {
      roles: editors,
      problems: ['not_found', 'catalogue_name_taken', 'precondition_failed', 'precondition_required']
    },
    schema: {
      operationId: 'patchQuestion',
      summary: 'Rename a question, or take it out of use or back',
      tags: ['catalogue'],
      params: IdParams,
      body: ItemPatch,
      response: { 200: Question }
    },
    handler: async (request, reply) =>
      await changeItem(request, reply, deps, { kind: 'question', id: request.params.id, patch: request.body })
  })
}

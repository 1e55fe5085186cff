import { pathId } from '@dueline/http'
import type { App } from '@dueline/http'
import { access } from '../access.ts'
import { changeItem, ItemPatch, Module } from './catalogue.ts'
import type { RouteDeps } from './route-deps.ts'

/** PATCH /v1/modules/{moduleId}: another name, or no longer offered. */
export function patchModule (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/modules/:moduleId',
    config: {
      roles: access.updateModule,
      problems: ['not_found', 'catalogue_name_taken', 'precondition_failed', 'precondition_required']
    },
    schema: {
      operationId: 'updateModule',
      summary: 'Change a module',
      description: 'Renames it, or takes it out of use or back into use. Tickets and rows that name it keep it.',
      tags: ['catalogue'],
      params: pathId('moduleId'),
      body: ItemPatch,
      response: { 200: Module }
    },
    handler: async (request, reply) =>
      await changeItem(request, reply, deps, { kind: 'module', id: request.params.moduleId, patch: request.body })
  })
}

import { pathId } from '@dueline/http'
import type { App } from '@dueline/http'
import { access } from '../access.ts'
import { readItem, Module } from './catalogue.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/modules/{moduleId}: one module. */
export function getModule (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/modules/:moduleId',
    config: { roles: access.getModule, problems: ['not_found'], etag: true },
    schema: {
      operationId: 'getModule',
      summary: 'Read a module',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['catalogue'],
      params: pathId('moduleId'),
      response: { 200: Module }
    },
    handler: async (request, reply) => await readItem(request, reply, deps, 'module', request.params.moduleId)
  })
}

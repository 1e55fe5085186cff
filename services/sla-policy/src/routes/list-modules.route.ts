import { Uuid } from '@dueline/contracts'
import { pageOf, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { ListQuery, Module, readItems } from './catalogue.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/modules: modules, oldest first, of one product or all. */
export function listModules (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/modules',
    config: { roles: access.listModules },
    schema: {
      operationId: 'listModules',
      summary: 'List modules',
      description: 'The oldest comes first. `q` finds parts of names.',
      tags: ['catalogue'],
      querystring: Type.Object({ productId: Type.Optional(Uuid), ...ListQuery }),
      response: { 200: pageOf(Module) }
    },
    handler: async (request) => await readItems(request, deps, 'module', request.query)
  })
}

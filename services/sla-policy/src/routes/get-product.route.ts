import type { App } from '@dueline/http'
import { readItem, Product } from './catalogue.ts'
import { everybody, IdParams, type RouteDeps } from './route-deps.ts'

/** GET /v1/products/{id}: one product. */
export function getProduct (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/products/:id',
    config: { roles: everybody, problems: ['not_found'] },
    schema: {
      operationId: 'getProduct',
      summary: 'One product',
      tags: ['catalogue'],
      params: IdParams,
      response: { 200: Product }
    },
    handler: async (request, reply) => await readItem(request, reply, deps, 'product', request.params.id)
  })
}

import { pageOf, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { ListQuery, Product, readItems } from './catalogue.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/products: the products of the tenant, oldest first. */
export function listProducts (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/products',
    config: { roles: access.listProducts },
    schema: {
      operationId: 'listProducts',
      summary: 'List products',
      description: 'The oldest comes first. `q` finds parts of names.',
      tags: ['catalogue'],
      querystring: Type.Object(ListQuery),
      response: { 200: pageOf(Product) }
    },
    handler: async (request) => await readItems(request, deps, 'product', request.query)
  })
}

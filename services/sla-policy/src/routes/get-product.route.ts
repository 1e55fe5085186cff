import { pathId } from '@dueline/http'
import type { App } from '@dueline/http'
import { access } from '../access.ts'
import { readItem, Product } from './catalogue.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/products/{productId}: one product. */
export function getProduct (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/products/:productId',
    config: { roles: access.getProduct, problems: ['not_found'], etag: true },
    schema: {
      operationId: 'getProduct',
      summary: 'Read a product',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['catalogue'],
      params: pathId('productId'),
      response: { 200: Product }
    },
    handler: async (request, reply) => await readItem(request, reply, deps, 'product', request.params.productId)
  })
}

import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { createItem, Product } from './catalogue.ts'
import { Name, type RouteDeps } from './route-deps.ts'

/** POST /v1/products: a new product. */
export function postProduct (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/products',
    config: { roles: access.createProduct, problems: ['catalogue_name_taken'] },
    schema: {
      operationId: 'createProduct',
      summary: 'Create a product',
      description: 'Its name must be new among the products of the tenant.',
      tags: ['catalogue'],
      body: Type.Object({ name: Name }),
      response: { 201: Product }
    },
    handler: async (request, reply) =>
      await createItem(request, reply, deps, {
        kind: 'product',
        name: request.body.name,
        parents: async () => ({ productId: null, moduleId: null })
      })
  })
}

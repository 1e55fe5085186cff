import { Uuid } from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { findItem } from '../store/catalogue-store.ts'
import { createItem, Module } from './catalogue.ts'
import { Name, refuse, type RouteDeps } from './route-deps.ts'

/** POST /v1/modules: a new module of a product. */
export function postModule (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/modules',
    config: { roles: access.createModule, problems: ['catalogue_name_taken'] },
    schema: {
      operationId: 'createModule',
      summary: 'Create a module',
      description: 'A module belongs to one product. Its name must be new within the product.',
      tags: ['catalogue'],
      body: Type.Object({ productId: Uuid, name: Name }),
      response: { 201: Module }
    },
    handler: async (request, reply) =>
      await createItem(request, reply, deps, {
        kind: 'module',
        name: request.body.name,
        async parents (tx) {
          const product = await findItem(tx, tx.tenantId, 'product', request.body.productId) ??
            refuse('/productId', 'there is no such product')
          return { productId: product.id, moduleId: null }
        }
      })
  })
}

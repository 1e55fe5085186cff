import { pathId } from '@dueline/http'
import type { App } from '@dueline/http'
import { access } from '../access.ts'
import { changeItem, ItemPatch, Product } from './catalogue.ts'
import type { RouteDeps } from './route-deps.ts'

/** PATCH /v1/products/{productId}: another name, or no longer offered. */
export function patchProduct (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/products/:productId',
    config: {
      roles: access.updateProduct,
      problems: ['not_found', 'catalogue_name_taken', 'precondition_failed', 'precondition_required']
    },
    schema: {
      operationId: 'updateProduct',
      summary: 'Change a product',
      description: 'Renames it, or takes it out of use or back into use. Tickets and rows that name it keep it.',
      tags: ['catalogue'],
      params: pathId('productId'),
      body: ItemPatch,
      response: { 200: Product }
    },
    handler: async (request, reply) =>
      await changeItem(request, reply, deps, { kind: 'product', id: request.params.productId, patch: request.body })
  })
}

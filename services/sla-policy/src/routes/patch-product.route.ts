import type { App } from '@dueline/http'
import { changeItem, ItemPatch, Product } from './catalogue.ts'
import { editors, IdParams, type RouteDeps } from './route-deps.ts'

/** PATCH /v1/products/{id}: another name, or no longer offered. */
export function patchProduct (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/products/:id',
    config: {
      roles: editors,
      problems: ['not_found', 'catalogue_name_taken', 'precondition_failed', 'precondition_required']
    },
    schema: {
      operationId: 'patchProduct',
      summary: 'Rename a product, or take it out of use or back',
      tags: ['catalogue'],
      params: IdParams,
      body: ItemPatch,
      response: { 200: Product }
    },
    handler: async (request, reply) =>
      await changeItem(request, reply, deps, { kind: 'product', id: request.params.id, patch: request.body })
  })
}

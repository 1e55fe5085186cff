import { Uuid } from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { findItem } from '../store/catalogue-store.ts'
import { createItem, Question } from './catalogue.ts'
import { Name, refuse, type RouteDeps } from './route-deps.ts'

/** POST /v1/questions: a new question of a module; its product follows from the module. */
export function postQuestion (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/questions',
    config: { roles: access.createQuestion, problems: ['catalogue_name_taken'] },
    schema: {
      operationId: 'createQuestion',
      summary: 'Create a question',
      description: 'A question belongs to one module. Its name must be new within the module.',
      tags: ['catalogue'],
      body: Type.Object({ moduleId: Uuid, name: Name }),
      response: { 201: Question }
    },
    handler: async (request, reply) =>
      await createItem(request, reply, deps, {
        kind: 'question',
        name: request.body.name,
        async parents (tx) {
          const module = await findItem(tx, tx.tenantId, 'module', request.body.moduleId) ??
            refuse('/moduleId', 'there is no such module')
          return { productId: module.productId, moduleId: module.id }
        }
      })
  })
}

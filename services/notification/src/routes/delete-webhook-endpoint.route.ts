import { baseErrors, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import type { RouteDeps } from '../deps.ts'
import { deleteEndpoint } from '../store/webhook-store.ts'
import { IdParams } from './shapes.ts'

export function deleteWebhookEndpoint (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/webhook-endpoints/:id',
    config: { roles: ['integrator', 'admin'] },
    schema: { operationId: 'deleteWebhookEndpoint', summary: 'Remove an endpoint with its deliveries', tags: ['webhooks'], params: IdParams, response: { 204: Type.Null() } },
    handler: async (request, reply) => await write(request, reply, database, async (tx) => {
      // Timers of its deliveries find no owner any more and vanish when they are due.
      if (!await deleteEndpoint(tx, request.params.id)) problem(baseErrors.not_found)
      return { status: 204 }
    })
  })
}

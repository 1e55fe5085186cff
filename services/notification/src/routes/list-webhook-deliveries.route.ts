import { stringEnum, Uuid } from '@dueline/contracts'
import { decodeCursor, PageQuery, pageOf, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { listDeliveries } from '../store/webhook-store.ts'
import { Delivery, IdCursor, toDelivery } from './shapes.ts'

export function listWebhookDeliveries (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/webhook-deliveries',
    config: { roles: access.listWebhookDeliveries },
    schema: {
      operationId: 'listWebhookDeliveries',
      summary: 'List webhook deliveries',
      description: 'Shows what was delivered where and how it ended, the newest first.',
      tags: ['webhooks'],
      querystring: Type.Object({
        ...PageQuery.properties,
        endpointId: Type.Optional(Uuid),
        state: Type.Optional(stringEnum(['pending', 'delivered', 'exhausted']))
      }),
      response: { 200: pageOf(Delivery) }
    },
    handler: async (request) => {
      const { read } = database.forTenant(request.principal.tenantId)
      const { limit, cursor, endpointId, state } = request.query
      const before = cursor === undefined ? undefined : decodeCursor(cursor, IdCursor).id
      const page = toPage(
        await listDeliveries(read, {
          tenantId: request.principal.tenantId,
          before,
          limit: limit + 1,
          endpointId,
          state
        }),
        limit,
        (row) => ({ id: row.id })
      )
      return { items: page.items.map(toDelivery), nextCursor: page.nextCursor }
    }
  })
}

import { baseErrors, problem, write, type App } from '@dueline/http'
import type { RouteDeps } from '../deps.ts'
import { errors } from '../errors.ts'
import { lockDeliveryById, updateDelivery } from '../store/webhook-store.ts'
import { Delivery, IdParams, toDelivery } from './shapes.ts'

export function postWebhookDeliveryReplay (app: App, { database, clock, timers }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/webhook-deliveries/:id/replay',
    config: { roles: ['integrator', 'admin'], problems: ['delivery_pending'] },
    schema: { operationId: 'replayWebhookDelivery', summary: 'Deliver an event again, with its webhook-id and a fresh timestamp', tags: ['webhooks'], params: IdParams, response: { 202: Delivery } },
    handler: async (request, reply) => await write(request, reply, database, async (tx) => {
      const before = await lockDeliveryById(tx, request.params.id)
      if (before === undefined) problem(baseErrors.not_found)
      if (before.state === 'pending') problem(errors.delivery_pending)
      const now = clock.now()
      const row = await updateDelivery(tx, before, { state: 'pending', attempts: 0, nextAttemptAt: now }) ?? before
      await timers.set(tx, [{ kind: 'webhook', tenantId: tx.tenantId, ownerId: row.id, dueAt: now }])
      return { status: 202, body: toDelivery(row) }
    })
  })
}

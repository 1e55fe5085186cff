import { baseErrors, pathId, problem, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { errors } from '../errors.ts'
import { webhookTimer } from '../delivery/webhook-channel.ts'
import { promoteHeads } from '../store/lane-store.ts'
import { lockDeliveryById, lockEndpoint, readDelivery, requeueDelivery } from '../store/webhook-store.ts'
import { Delivery, toDelivery } from './shapes.ts'

export function postWebhookDeliveryReplay (app: App, { database, clock, timers }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/webhook-deliveries/:deliveryId/replay',
    config: {
      roles: access.replayWebhookDelivery,
      problems: ['delivery_pending'],
      answers: { 202: 'The delivery, waiting to be sent' }
    },
    schema: {
      operationId: 'replayWebhookDelivery',
      summary: 'Deliver an event again',
      description:
        'It keeps its `webhook-id` and gets a new timestamp. It goes out after what waits for the same subject.',
      tags: ['webhooks'],
      params: pathId('deliveryId'),
      response: { 202: Delivery }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const found = await readDelivery(tx, tx.tenantId, request.params.deliveryId) ?? problem(baseErrors.not_found)
        await lockEndpoint(tx, tx.tenantId, found.endpointId)
        const before = await lockDeliveryById(tx, found.id) ?? problem(baseErrors.not_found)
        if (before.state === 'pending') problem(errors.delivery_pending)
        const now = clock.now()
        await requeueDelivery(tx, before)
        await promoteHeads(tx, [before], now)
        await timers.set(tx, [webhookTimer(before, now)])
        return { status: 202, body: toDelivery(await readDelivery(tx, tx.tenantId, before.id) ?? before) }
      })
  })
}

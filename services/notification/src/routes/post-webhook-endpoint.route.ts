import { etagOf, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { newWebhookSecret } from '../delivery/webhook-secrets.ts'
import type { RouteDeps } from './route-deps.ts'
import { feedEnd } from '../store/feed-store.ts'
import { insertEndpoint } from '../store/webhook-store.ts'
import { endpointFields, refuseBadEndpoint } from './endpoint-input.ts'
import { EndpointWithSecret, toEndpoint } from './shapes.ts'

export function postWebhookEndpoint (app: App, { database, clock, ids, outgoing, secrets }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/webhook-endpoints',
    config: {
      roles: access.createWebhookEndpoint,
      answers: { 201: 'The new endpoint with its signing secret' },
      answerSeal: secrets
    },
    schema: {
      operationId: 'createWebhookEndpoint',
      summary: 'Create a webhook endpoint',
      description:
        'Events are sent to its address, signed as Standard Webhooks says. The answer shows the signing secret; ' +
        'no other answer does, except when you rotate it.',
      tags: ['webhooks'],
      body: Type.Object({
        url: endpointFields.url,
        types: Type.Optional(endpointFields.types),
        description: Type.Optional(endpointFields.description)
      }, { title: 'NewWebhookEndpoint', description: 'An address to which events are to be delivered' }),
      response: { 201: EndpointWithSecret }
    },
    handler: async (request, reply) => {
      const { url, types = [], description = '' } = request.body
      refuseBadEndpoint({ url, types }, outgoing)
      return await write(request, reply, database, async (tx) => {
        const secret = newWebhookSecret()
        const row = {
          tenantId: tx.tenantId,
          id: ids.next(),
          url,
          types: [...types],
          description,
          secret: secrets.seal(secret),
          previousSecret: null,
          previousUntil: null,
          state: 'enabled' as const,
          disabledReason: null,
          failingSince: null,
          linedUpTo: await feedEnd(tx, tx.tenantId),
          missedAfter: null,
          missedUntil: null,
          createdAt: clock.now(),
          createdBy: request.principal.subject,
          version: 1
        }
        await insertEndpoint(tx, row)
        return {
          status: 201,
          body: { ...toEndpoint(row), secret },
          headers: { etag: etagOf(row.version), location: `/v1/webhook-endpoints/${row.id}` }
        }
      })
    }
  })
}

import { baseErrors, pathId, problem, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import { newWebhookSecret } from '../delivery/webhook-secrets.ts'
import type { RouteDeps } from './route-deps.ts'
import { lockEndpoint, updateEndpoint } from '../store/webhook-store.ts'
import { EndpointWithSecret, toEndpoint } from './shapes.ts'

/** For a day both secrets sign, so that receivers can change over without losing a delivery. */
const overlapMicros = 24 * 3_600_000_000

export function postWebhookEndpointRotateSecret (app: App, { database, clock, secrets }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/webhook-endpoints/:endpointId/rotate-secret',
    config: {
      roles: access.rotateWebhookSecret,
      answers: { 200: 'The endpoint with its new signing secret' },
      answerSeal: secrets
    },
    schema: {
      operationId: 'rotateWebhookSecret',
      summary: 'Get a new signing secret',
      description: 'For 24 hours each delivery is signed with both secrets.',
      tags: ['webhooks'],
      params: pathId('endpointId'),
      response: { 200: EndpointWithSecret }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const before = await lockEndpoint(tx, tx.tenantId, request.params.endpointId)
        if (before === undefined) problem(baseErrors.not_found)
        const secret = newWebhookSecret()
        const row = await updateEndpoint(tx, before, {
          secret: secrets.seal(secret),
          previousSecret: before.secret,
          previousUntil: clock.now() + overlapMicros
        }) ?? before
        return { status: 200, body: { ...toEndpoint(row), secret } }
      })
  })
}

import { baseErrors, etagOf, pathId, problem, requireIfMatch, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { lockEndpoint, updateEndpoint } from '../store/webhook-store.ts'
import { endpointFields, refuseBadEndpoint } from './endpoint-input.ts'
import { Endpoint, toEndpoint } from './shapes.ts'

export function patchWebhookEndpoint (app: App, { database, outgoing }: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/webhook-endpoints/:endpointId',
    config: { roles: access.updateWebhookEndpoint, problems: ['precondition_required', 'precondition_failed'] },
    schema: {
      operationId: 'updateWebhookEndpoint',
      summary: 'Change a webhook endpoint',
      description:
        'Changes the address, the event types or the description. Deliveries that wait go to the new address.',
      tags: ['webhooks'],
      params: pathId('endpointId'),
      body: Type.Partial(Type.Object(endpointFields), {
        title: 'WebhookEndpointPatch',
        description: 'What is to change of an endpoint',
        minProperties: 1
      }),
      response: { 200: Endpoint }
    },
    handler: async (request, reply) => {
      refuseBadEndpoint(request.body, outgoing)
      return await write(request, reply, database, async (tx) => {
        const before = await lockEndpoint(tx, tx.tenantId, request.params.endpointId)
        if (before === undefined) problem(baseErrors.not_found)
        requireIfMatch(request, before.version)
        const row = await updateEndpoint(tx, before, request.body) ?? before
        return { status: 200, body: toEndpoint(row), headers: { etag: etagOf(row.version) } }
      })
    }
  })
}

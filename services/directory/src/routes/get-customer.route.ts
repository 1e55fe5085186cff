import { pathId, type App } from '@dueline/http'
import { access } from '../access.ts'
import { readOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { Customer, customers } from './customers.ts'

/** GET /v1/customers/{customerId} */
export function getCustomer (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/customers/:customerId',
    config: { roles: access.getCustomer, etag: true },
    schema: {
      operationId: 'getCustomer',
      summary: 'Read a customer',
      description: 'The `ETag` is what a change needs in `If-Match`.',
      tags: ['customers'],
      params: pathId('customerId'),
      response: { 200: Customer }
    },
    handler: async (request, reply) => await readOne(request, reply, deps, customers, request.params.customerId)
  })
}

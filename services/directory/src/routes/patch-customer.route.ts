import { pathId, type App } from '@dueline/http'
import { access } from '../access.ts'
import { changeOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { Customer, CustomerPatch, customers } from './customers.ts'

/** PATCH /v1/customers/{customerId} */
export function patchCustomer (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/customers/:customerId',
    config: { roles: access.updateCustomer, problems: ['precondition_required', 'precondition_failed', 'name_taken'] },
    schema: {
      operationId: 'updateCustomer',
      summary: 'Change a customer',
      description:
        'Each field that you send is replaced as a whole, so also a list. A company never belongs to itself.',
      tags: ['customers'],
      params: pathId('customerId'),
      body: CustomerPatch,
      response: { 200: Customer }
    },
    handler: async (request, reply) =>
      await changeOne(request, reply, deps, customers, { id: request.params.customerId, sent: request.body })
  })
}

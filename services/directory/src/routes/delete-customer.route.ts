import { pathId, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { deleteOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { customers } from './customers.ts'

/** DELETE /v1/customers/{customerId} */
export function deleteCustomer (app: App, deps: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/customers/:customerId',
    config: { roles: access.deleteCustomer, problems: ['precondition_failed', 'customer_in_use'] },
    schema: {
      operationId: 'deleteCustomer',
      summary: 'Delete a customer',
      description: 'One to which other companies belong is not deleted. Its people and their tickets stay.',
      tags: ['customers'],
      params: pathId('customerId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) => await deleteOne(request, reply, deps, customers, request.params.customerId)
  })
}

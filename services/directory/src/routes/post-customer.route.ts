import type { App } from '@dueline/http'
import { access } from '../access.ts'
import { createOne } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { NewCustomer, Customer, customers } from './customers.ts'

/** POST /v1/customers */
export function postCustomer (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/customers',
    config: { roles: access.createCustomer, problems: ['name_taken'] },
    schema: {
      operationId: 'createCustomer',
      summary: 'Create a customer',
      description: 'A company. Its contacts are people who are there already, and its name must be new.',
      tags: ['customers'],
      body: NewCustomer,
      response: { 201: Customer }
    },
    handler: async (request, reply) => await createOne(request, reply, deps, customers, request.body)
  })
}

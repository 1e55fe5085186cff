import { OneLine, Uuid } from '@dueline/contracts'
import { pageOf, PageQuery, type App } from '@dueline/http'
import { namePart } from '@dueline/postgres'
import { and, eq, ilike, sql } from 'drizzle-orm'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { customer } from '../store/tables.ts'
import { readPage } from './aggregates.ts'
import { Customer, customers } from './customers.ts'
import { SearchText, type RouteDeps } from './route-deps.ts'

const Query = Type.Object({
  q: SearchText,
  parentId: Type.Optional(Uuid),
  contactId: Type.Optional({ ...Uuid, description: 'The company of this person' }),
  productId: Type.Optional({ ...Uuid, description: 'Those entitled to this product' }),
  contractTier: Type.Optional(OneLine(100, 'a tier of contract')),
  active: Type.Optional(Type.Boolean()),
  ...PageQuery.properties
})

/** GET /v1/customers */
export function getCustomers (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/customers',
    config: { roles: access.listCustomers },
    schema: {
      operationId: 'listCustomers',
      summary: 'List customers',
      description: 'Companies, the oldest first. `q` finds parts of names.',
      tags: ['customers'],
      querystring: Query,
      response: { 200: pageOf(Customer) }
    },
    handler: async (request) => {
      const { limit, cursor, q, parentId, contactId, productId, contractTier, active } = request.query
      const where = and(
        q === undefined ? undefined : ilike(customer.name, namePart(q)),
        parentId === undefined ? undefined : eq(customer.parentId, parentId),
        contactId === undefined ? undefined : sql`${contactId}::uuid = any(${customer.contactIds})`,
        productId === undefined ? undefined : sql`${productId}::uuid = any(${customer.productIds})`,
        contractTier === undefined ? undefined : eq(customer.contractTier, contractTier),
        active === undefined ? undefined : eq(customer.active, active)
      )
      return await readPage(request, deps, customers, { limit, cursor, where })
    }
  })
}

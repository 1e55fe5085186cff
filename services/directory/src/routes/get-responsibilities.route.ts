import { Uuid } from '@dueline/contracts'
import { pageOf, PageQuery, type App } from '@dueline/http'
import { and, eq } from 'drizzle-orm'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { responsibility } from '../store/tables.ts'
import { readPage } from './aggregates.ts'
import { responsibilities, Responsibility } from './responsibilities.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/responsibilities */
export function getResponsibilities (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/responsibilities',
    config: { roles: access.listResponsibilities },
    schema: {
      operationId: 'listResponsibilities',
      summary: 'List who is responsible for what',
      description: 'The oldest comes first. Filters narrow it down together.',
      tags: ['organization'],
      querystring: Type.Object({
        productId: Type.Optional(Uuid),
        moduleId: Type.Optional(Uuid),
        personId: Type.Optional(Uuid),
        teamId: Type.Optional(Uuid),
        ...PageQuery.properties
      }),
      response: { 200: pageOf(Responsibility) }
    },
    handler: async (request) => {
      const { limit, cursor, ...filter } = request.query
      const where = and(
        ...(['productId', 'moduleId', 'personId', 'teamId'] as const).map((field) =>
          filter[field] === undefined ? undefined : eq(responsibility[field], filter[field])
        )
      )
      return await readPage(request, deps, responsibilities, { limit, cursor, where })
    }
  })
}

import { Uuid } from '@dueline/contracts'
import { pageOf, PageQuery, type App } from '@dueline/http'
import { namePart } from '@dueline/postgres'
import { and, eq, ilike, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { team } from '../store/tables.ts'
import { readPage } from './aggregates.ts'
import { SearchText, type RouteDeps } from './route-deps.ts'
import { Team, teams } from './teams.ts'

const Query = Type.Object({
  q: SearchText,
  leadId: Type.Optional(Uuid),
  memberId: Type.Optional(Uuid),
  productId: Type.Optional(Uuid),
  moduleId: Type.Optional(Uuid),
  active: Type.Optional(Type.Boolean()),
  ...PageQuery.properties
})

/** GET /v1/teams */
export function getTeams (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/teams',
    config: { roles: access.listTeams },
    schema: {
      operationId: 'listTeams',
      summary: 'List teams',
      description: 'The oldest comes first. Filters narrow it down together; `q` finds parts of names.',
      tags: ['teams'],
      querystring: Query,
      response: { 200: pageOf(Team) }
    },
    handler: async (request) => {
      const { limit, cursor, q, leadId, memberId, productId, moduleId, active } = request.query
      const where = and(
        q === undefined ? undefined : ilike(team.name, namePart(q)),
        leadId === undefined ? undefined : eq(team.leadId, leadId),
        has(team.memberIds, memberId),
        has(team.productIds, productId),
        has(team.moduleIds, moduleId),
        active === undefined ? undefined : eq(team.active, active)
      )
      return await readPage(request, deps, teams, { limit, cursor, where })
    }
  })
}

function has (column: PgColumn, id: string | undefined) {
  return id === undefined ? undefined : sql`${id}::uuid = any(${column})`
}

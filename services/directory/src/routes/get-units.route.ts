import { Uuid, uuidText } from '@dueline/contracts'
import { pageOf, PageQuery, type App } from '@dueline/http'
import { namePart } from '@dueline/postgres'
import { and, eq, ilike, isNull } from 'drizzle-orm'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { unit } from '../store/tables.ts'
import { isWithin } from '../store/unit-store.ts'
import { readPage } from './aggregates.ts'
import { SearchText, type RouteDeps } from './route-deps.ts'
import { Unit, units } from './units.ts'

const Query = Type.Object({
  q: SearchText,
  within: Type.Optional({ ...Uuid, description: 'This unit and all below it, at any depth' }),
  parentId: Type.Optional(Type.String({
    pattern: `^(none|${uuidText})$`,
    description: 'The parts of this unit; `none`: those at the top'
  })),
  headId: Type.Optional(Uuid),
  active: Type.Optional(Type.Boolean()),
  ...PageQuery.properties
})

/** GET /v1/units */
export function getUnits (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/units',
    config: { roles: access.listUnits },
    schema: {
      operationId: 'listUnits',
      summary: 'List units',
      description: 'The oldest comes first. `within` lists a whole branch of the tree, `parentId` one step of it.',
      tags: ['organization'],
      querystring: Query,
      response: { 200: pageOf(Unit) }
    },
    handler: async (request) => {
      const { principal: { tenantId }, query: { limit, cursor, q, within, parentId, headId, active } } = request
      const isPart = parentId === 'none' ? isNull(unit.parentId) : eq(unit.parentId, parentId ?? '')
      const where = and(
        q === undefined ? undefined : ilike(unit.name, namePart(q)),
        within === undefined ? undefined : isWithin(tenantId, within),
        parentId === undefined ? undefined : isPart,
        headId === undefined ? undefined : eq(unit.headId, headId),
        active === undefined ? undefined : eq(unit.active, active)
      )
      return await readPage(request, deps, units, { limit, cursor, where })
    }
  })
}

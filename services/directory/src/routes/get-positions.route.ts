import { Uuid } from '@dueline/contracts'
import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { listPositions } from '../store/position-store.ts'
import { LevelKey } from './levels.ts'
import { PositionSchema, positionView } from './positions.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/positions */
export function getPositions (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/positions',
    config: { roles: access.listPositions },
    schema: {
      operationId: 'listPositions',
      summary: 'List where people stand',
      description: 'By person. `managerId` finds those who report to somebody, `unitId` those who belong to a unit.',
      tags: ['organization'],
      querystring: Type.Object({
        managerId: Type.Optional(Uuid),
        level: Type.Optional(LevelKey),
        unitId: Type.Optional(Uuid),
        ...PageQuery.properties
      }),
      response: { 200: pageOf(PositionSchema) }
    },
    handler: async ({ principal: { tenantId }, query: { limit, cursor, ...filter } }) => {
      const after = cursor === undefined ? undefined : decodeCursor(cursor, Uuid)
      const { read } = database.forTenant(tenantId)
      const rows = await listPositions(read, tenantId, filter, { limit: limit + 1, after })
      return toPage(rows.map(positionView), limit, ({ personId }) => personId)
    }
  })
}

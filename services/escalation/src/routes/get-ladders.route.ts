import { Uuid } from '@dueline/contracts'
import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { listLadders } from '../store/ladder-store.ts'
import { LadderSchema, ladderView } from './ladder-schema.ts'
import { readers, type Parts } from './parts.ts'

/** GET /v1/ladders */
export function getLadders (app: App, { database }: Parts): void {
  app.route({
    method: 'GET',
    url: '/v1/ladders',
    config: { roles: readers },
    schema: {
      operationId: 'listLadders',
      summary: 'Read the ladders, the eldest first',
      tags: ['ladders'],
      querystring: Type.Object({ active: Type.Optional(Type.Boolean()), ...PageQuery.properties }),
      response: { 200: pageOf(LadderSchema) }
    },
    handler: async ({ principal, query: { active, limit, cursor } }) => {
      const after = cursor === undefined ? undefined : decodeCursor(cursor, Uuid)
      const page = toPage(
        await listLadders(database.read, principal.tenantId, { limit: limit + 1, after, active }),
        limit,
        ({ id }) => id
      )
      return { ...page, items: page.items.map(ladderView) }
    }
  })
}

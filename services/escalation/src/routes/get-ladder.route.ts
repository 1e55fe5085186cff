import { baseErrors, etagOf, problem, type App } from '@dueline/http'
import { findLadder } from '../store/ladder-store.ts'
import { LadderParams, LadderSchema, ladderView } from './ladder-schema.ts'
import { readers, type Parts } from './parts.ts'

/** GET /v1/ladders/{ladderId} */
export function getLadder (app: App, { database }: Parts): void {
  app.route({
    method: 'GET',
    url: '/v1/ladders/:ladderId',
    config: { roles: readers },
    schema: {
      operationId: 'getLadder',
      summary: 'Read a ladder',
      tags: ['ladders'],
      params: LadderParams,
      response: { 200: LadderSchema }
    },
    handler: async ({ principal, params: { ladderId } }, reply) => {
      const ladder = await findLadder(database.read, principal.tenantId, ladderId) ?? problem(baseErrors.not_found)
      reply.header('etag', etagOf(ladder.version))
      return ladderView(ladder)
    }
  })
}

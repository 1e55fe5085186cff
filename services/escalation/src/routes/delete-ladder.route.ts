import { baseErrors, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { deleteLadder } from '../store/ladder-store.ts'
import { LadderParams } from './ladder-schema.ts'
import { ladderWriters, type Parts } from './parts.ts'

/** DELETE /v1/ladders/{ladderId} */
export function deleteLadderRoute (app: App, { database }: Parts): void {
  app.route({
    method: 'DELETE',
    url: '/v1/ladders/:ladderId',
    config: { roles: ladderWriters },
    schema: {
      operationId: 'deleteLadder',
      summary: 'Delete a ladder',
      description:
        "Open escalations go on with the version they opened with; agreements that name it go by the tenant's other ladders.",
      tags: ['ladders'],
      params: LadderParams,
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        if (!await deleteLadder(tx, request.params.ladderId)) problem(baseErrors.not_found)
        return { status: 204 }
      })
  })
}

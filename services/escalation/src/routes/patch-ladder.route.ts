import { baseErrors, etagOf, problem, requireIfMatch, write, type App } from '@dueline/http'
import { isUniqueViolation } from '@dueline/postgres'
import { errors } from '../errors.ts'
import { findLadder, oneDefault, updateLadder } from '../store/ladder-store.ts'
import { LadderParams, LadderPatch, LadderSchema, ladderView, toDraft } from './ladder-schema.ts'
import { ladderWriters, type Parts } from './parts.ts'

/** PATCH /v1/ladders/{ladderId} */
export function patchLadder (app: App, { database, clock, guard }: Parts): void {
  app.route({
    method: 'PATCH',
    url: '/v1/ladders/:ladderId',
    config: {
      roles: ladderWriters,
      problems: ['precondition_required', 'precondition_failed', 'default_ladder_exists']
    },
    schema: {
      operationId: 'updateLadder',
      summary: 'Change a ladder',
      description: 'What the body names is replaced as a whole. Open escalations keep the version they opened with.',
      tags: ['ladders'],
      params: LadderParams,
      body: LadderPatch,
      response: { 200: LadderSchema }
    },
    handler: async (request, reply) => {
      const { principal: { tenantId }, params: { ladderId }, body } = request
      const seen = await findLadder(database.read, tenantId, ladderId) ?? problem(baseErrors.not_found)
      requireIfMatch(request, seen.version)
      const draft = toDraft(body, seen)
      // people may have to be asked for over HTTP: not while a row is locked
      await guard.check(tenantId, draft, request.headers.authorization ?? '')
      return await write(request, reply, database, async (tx) => {
        const ladder = await findLadder(tx, tenantId, ladderId, { lock: true }) ?? problem(baseErrors.not_found)
        requireIfMatch(request, ladder.version)
        if (ladder.version !== seen.version) {
          problem(baseErrors.precondition_failed, { headers: { etag: etagOf(ladder.version) } })
        }
        const changed = await updateLadder(tx, ladder, draft, clock.now()).catch((error: unknown) => {
          throw isUniqueViolation(error, oneDefault) ? problem(errors.default_ladder_exists) : error
        })
        return { status: 200, body: ladderView(changed), headers: { etag: etagOf(changed.version) } }
      })
    }
  })
}

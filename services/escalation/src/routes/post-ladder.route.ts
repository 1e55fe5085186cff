import { etagOf, problem, write, type App } from '@dueline/http'
import { isUniqueViolation } from '@dueline/postgres'
import { errors } from '../errors.ts'
import { insertLadder, oneDefault } from '../store/ladder-store.ts'
import { LadderInput, LadderSchema, ladderView, toDraft } from './ladder-schema.ts'
import { ladderWriters, type Parts } from './parts.ts'

/** POST /v1/ladders */
export function postLadder (app: App, { database, clock, ids, guard }: Parts): void {
  app.route({
    method: 'POST',
    url: '/v1/ladders',
    config: { roles: ladderWriters, problems: ['default_ladder_exists'] },
    schema: {
      operationId: 'createLadder',
      summary: 'Make a ladder',
      description:
        'It holds for clocks that start, are planned anew or breach from now on; an open escalation keeps the ladder it opened with. ' +
        'Levels come one after another: each trigger must be later than the one before, counted from the deadline. Product ids are not looked up.',
      tags: ['ladders'],
      body: LadderInput,
      response: { 201: LadderSchema }
    },
    handler: async (request, reply) => {
      const draft = toDraft(request.body)
      await guard.check(request.principal.tenantId, draft, request.headers.authorization ?? '')
      return await write(request, reply, database, async (tx) => {
        const ladder = await insertLadder(tx, ids.next(), draft, clock.now()).catch((error: unknown) => {
          throw isUniqueViolation(error, oneDefault) ? problem(errors.default_ladder_exists) : error
        })
        return {
          status: 201,
          body: ladderView(ladder),
          headers: { etag: etagOf(ladder.version), location: `/v1/ladders/${ladder.id}` }
        }
      })
    }
  })
}

import { roles } from '@dueline/contracts'
import { baseErrors, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import type { RouteDeps } from '../deps.ts'
import { markRead } from '../store/message-store.ts'
import { inboxOwner } from './inbox-owner.ts'
import { IdParams } from './shapes.ts'

export function postInboxRead (app: App, { database, clock }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/inbox/:id/read',
    config: { roles },
    schema: {
      operationId: 'readInboxMessage',
      summary: 'Mark one message read',
      tags: ['inbox'],
      params: IdParams,
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const count = await markRead(tx, inboxOwner(request.principal), clock.now(), request.params.id)
        if (count === 0) problem(baseErrors.not_found)
        return { status: 204 }
      })
  })
}

import { baseErrors, pathId, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access, inboxOwner } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { markRead } from '../store/message-store.ts'

export function postInboxRead (app: App, { database, clock }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/inbox/:messageId/read',
    config: { roles: access.readInboxMessage },
    schema: {
      operationId: 'readInboxMessage',
      summary: 'Mark a message as read',
      description: 'Nothing changes if you have read it before.',
      tags: ['inbox'],
      params: pathId('messageId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const count = await markRead(tx, inboxOwner(request.principal), clock.now(), request.params.messageId)
        if (count === 0) problem(baseErrors.not_found)
        return { status: 204 }
      })
  })
}

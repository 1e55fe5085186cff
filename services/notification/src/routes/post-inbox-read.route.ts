import { baseErrors, pathId, problem, write, type App } from '@dueline/http'
import { afterCommit } from '@dueline/postgres'
import { Type } from 'typebox'
import { access, inboxOwner } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { announceRead } from '../delivery/inbox-events.ts'
import { markRead, readMessage } from '../store/message-store.ts'

export function postInboxRead (app: App, { database, clock, ids, streams }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/inbox/:messageId/read',
    config: { roles: access.readInboxMessage, keys: 'none' },
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
        const { messageId } = request.params
        const personId = inboxOwner(request.principal)
        const message = await readMessage(tx, tx.tenantId, messageId)
        if (message?.personId !== personId || message.channel !== 'inbox') return problem(baseErrors.not_found)
        if (await markRead(tx, personId, clock.now(), messageId) > 0) {
          await announceRead(tx, { tenantId: tx.tenantId, personId, messageId }, { clock, ids })
          afterCommit(tx, () => streams.grew())
        }
        return { status: 204 }
      })
  })
}

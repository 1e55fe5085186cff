import { write, type App } from '@dueline/http'
import { afterCommit } from '@dueline/postgres'
import { Type } from 'typebox'
import { access, inboxOwner } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { announceRead } from '../delivery/inbox-events.ts'
import { markRead } from '../store/message-store.ts'

export function postInboxReadAll (app: App, { database, clock, ids, streams }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/inbox/read-all',
    config: { roles: access.readAllInboxMessages, keys: 'none', answers: { 200: 'How many messages were unread' } },
    schema: {
      operationId: 'readAllInboxMessages',
      summary: 'Mark all messages as read',
      description: 'Messages that arrive later stay unread.',
      tags: ['inbox'],
      response: { 200: Type.Object({ count: Type.Integer({ description: 'how many were unread' }) }) }
    },
    handler: async (request, reply) =>
      await write(
        request,
        reply,
        database,
        async (tx) => {
          const personId = inboxOwner(request.principal)
          const count = await markRead(tx, personId, clock.now())
          if (count > 0) {
            await announceRead(tx, { tenantId: tx.tenantId, personId, messageId: null }, { clock, ids })
            afterCommit(tx, () => streams.grew())
          }
          return { status: 200, body: { count } }
        }
      )
  })
}

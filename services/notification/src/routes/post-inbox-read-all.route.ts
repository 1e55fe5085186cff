import { write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access, inboxOwner } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { markRead } from '../store/message-store.ts'

export function postInboxReadAll (app: App, { database, clock }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/inbox/read-all',
    config: { roles: access.readAllInboxMessages, answers: { 200: 'How many messages were unread' } },
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
        async (tx) => ({ status: 200, body: { count: await markRead(tx, inboxOwner(request.principal), clock.now()) } })
      )
  })
}

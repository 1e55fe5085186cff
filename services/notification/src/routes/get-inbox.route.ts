import { decodeCursor, PageQuery, pageOf, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access, inboxOwner } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { countUnread, listMessages } from '../store/message-store.ts'
import { IdCursor, InboxItem, toInboxItem } from './shapes.ts'

export function getInbox (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/inbox',
    config: { roles: access.listInboxMessages, keys: 'none' },
    schema: {
      operationId: 'listInboxMessages',
      summary: 'List your messages',
      description: 'The newest comes first. `unreadCount` counts all messages that you have not read.',
      tags: ['inbox'],
      querystring: Type.Object({
        ...PageQuery.properties,
        unread: Type.Optional(Type.Boolean({ description: 'only what has not been read' }))
      }),
      response: {
        200: Type.Object({ ...pageOf(InboxItem).properties, unreadCount: Type.Integer() }, {
          title: 'InboxPage'
        })
      }
    },
    handler: async (request) => {
      const { read } = database.forTenant(request.principal.tenantId)
      const { tenantId } = request.principal
      const personId = inboxOwner(request.principal)
      const { limit, cursor, unread } = request.query
      const before = cursor === undefined ? undefined : decodeCursor(cursor, IdCursor).id
      const rows = await listMessages(read, {
        tenantId,
        personId,
        channel: 'inbox',
        before,
        limit: limit + 1,
        unread: unread === true
      })
      const page = toPage(rows, limit, (row) => ({ id: row.id }))
      return {
        items: page.items.map(toInboxItem),
        nextCursor: page.nextCursor,
        unreadCount: await countUnread(read, tenantId, personId)
      }
    }
  })
}

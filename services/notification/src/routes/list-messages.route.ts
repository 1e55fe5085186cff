import { Uuid, stringEnum } from '@dueline/contracts'
import { decodeCursor, PageQuery, pageOf, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { listMessages as readMessages } from '../store/message-store.ts'
import { IdCursor, Message, toMessage } from './shapes.ts'

export function listMessages (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/messages',
    config: { roles: access.listSentMessages, answers: { 200: 'A page of messages' } },
    schema: {
      operationId: 'listSentMessages',
      summary: 'List messages that were sent',
      description: 'Shows who got what and how it ended, the newest first. Mails that failed carry the reason.',
      tags: ['messages'],
      querystring: Type.Object({
        ...PageQuery.properties,
        ticketId: Type.Optional(Uuid),
        personId: Type.Optional(Uuid),
        channel: Type.Optional(stringEnum(['email', 'inbox'])),
        state: Type.Optional(stringEnum(['pending', 'sent', 'failed']))
      }),
      response: { 200: pageOf(Message) }
    },
    handler: async (request) => {
      const { read } = database.forTenant(request.principal.tenantId)
      const { limit, cursor, ...filter } = request.query
      const before = cursor === undefined ? undefined : decodeCursor(cursor, IdCursor).id
      const rows = await readMessages(read, {
        ...filter,
        tenantId: request.principal.tenantId,
        before,
        limit: limit + 1
      })
      const page = toPage(rows, limit, (row) => ({ id: row.id }))
      return { items: page.items.map(toMessage), nextCursor: page.nextCursor }
    }
  })
}

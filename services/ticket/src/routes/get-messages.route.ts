import { baseErrors, decodeCursor, pageOf, PageQuery, problem, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { listMessages } from '../store/message-store.ts'
import { findTicket } from '../store/ticket-store.ts'
import { access, authorize, ownOnly } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { MessageSchema, TicketPath } from './schemas.ts'
import { messageView } from './views.ts'

/** The last version shown; versions of a ticket are at most 2³¹. */
export const VersionCursor = Type.Integer({ minimum: 0, maximum: 2_147_483_647 })

/** GET /v1/tickets/{ticketId}/messages */
export function getMessages (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/tickets/:ticketId/messages',
    config: { roles: access.listTicketMessages, answers: { 200: 'A page of messages' } },
    schema: {
      operationId: 'listTicketMessages',
      summary: 'List the messages of a ticket',
      description:
        'The oldest comes first. Customers do not see internal messages, and of staff they see only the screen ' +
        'name.',
      tags: ['tickets'],
      params: TicketPath,
      querystring: PageQuery,
      response: { 200: pageOf(MessageSchema) }
    },
    handler: async ({ principal, params: { ticketId }, query: { limit, cursor } }) => {
      const { read } = database.forTenant(principal.tenantId)
      const afterVersion = cursor === undefined ? 0 : decodeCursor(cursor, VersionCursor)
      const ticket = await findTicket(read, principal.tenantId, ticketId, ownOnly(principal)) ??
        problem(baseErrors.not_found)
      const publicOnly = !authorize(principal, 'seeInternals')
      const rows = await listMessages(read, principal.tenantId, ticket.id, {
        afterVersion,
        limit: limit + 1,
        publicOnly
      })
      const page = toPage(rows, limit, (row) => row.version)
      return { ...page, items: page.items.map((message) => messageView(message, principal)) }
    }
  })
}

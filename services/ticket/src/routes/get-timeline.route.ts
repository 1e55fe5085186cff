import { fieldsOfStaff } from '@dueline/contracts'
import { baseErrors, decodeCursor, pageOf, PageQuery, problem, toPage, type App } from '@dueline/http'
import { findTicket } from '../store/ticket-store.ts'
import { listTimeline } from '../store/timeline-store.ts'
import { access, authorize, ownOnly } from '../access.ts'
import { VersionCursor } from './get-messages.route.ts'
import type { RouteDeps } from './route-deps.ts'
import { TimelineEntrySchema, TicketPath } from './schemas.ts'
import { timelineView } from './views.ts'

/** GET /v1/tickets/{ticketId}/timeline */
export function getTimeline (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/tickets/:ticketId/timeline',
    config: { roles: access.listTimelineEntries },
    schema: {
      operationId: 'listTimelineEntries',
      summary: 'Read the timeline of a ticket',
      description:
        'One entry per version, in the order in which they were recorded: what, when, by whom and why. A fact ' +
        'that was brought late has an earlier `at`. Customers do not see internal messages, labels of staff, or ' +
        'reasons that a person wrote.',
      tags: ['tickets'],
      params: TicketPath,
      querystring: PageQuery,
      response: { 200: pageOf(TimelineEntrySchema) }
    },
    handler: async ({ principal, params: { ticketId }, query: { limit, cursor } }) => {
      const { read } = database.forTenant(principal.tenantId)
      const afterVersion = cursor === undefined ? 0 : decodeCursor(cursor, VersionCursor)
      const ticket = await findTicket(read, principal.tenantId, ticketId, ownOnly(principal)) ??
        problem(baseErrors.not_found)
      const without = authorize(principal, 'seeInternals') ? null : fieldsOfStaff
      const rows = await listTimeline(read, principal.tenantId, ticket.id, {
        afterVersion,
        limit: limit + 1,
        without
      })
      const page = toPage(rows, limit, (row) => row.version)
      return { ...page, items: page.items.map((entry) => timelineView(entry, principal)) }
    }
  })
}

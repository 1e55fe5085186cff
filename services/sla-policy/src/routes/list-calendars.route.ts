import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { access } from '../access.ts'
import { listCalendars as readCalendars } from '../store/calendar-store.ts'
import { CalendarHead, headToWire } from './calendars.ts'
import { IdCursor, type RouteDeps } from './route-deps.ts'

/** GET /v1/calendars: the calendars of the tenant, oldest first, without their hours. */
export function listCalendars (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/calendars',
    config: { roles: access.listCalendars },
    schema: {
      operationId: 'listCalendars',
      summary: 'List calendars',
      description: 'The oldest comes first. Read one calendar to see its hours.',
      tags: ['calendars'],
      querystring: PageQuery,
      response: { 200: pageOf(CalendarHead) }
    },
    async handler (request) {
      const { read } = database.forTenant(request.principal.tenantId)
      const { limit, cursor } = request.query
      const afterId = cursor === undefined ? undefined : decodeCursor(cursor, IdCursor).id
      const rows = await readCalendars(read, request.principal.tenantId, { afterId, limit: limit + 1 })
      return toPage(rows.map(headToWire), limit, ({ id }) => ({ id }))
    }
  })
}

import { baseErrors, etagOf, pathId, problem, type App } from '@dueline/http'
import { access } from '../access.ts'
import { findCalendar } from '../store/calendar-store.ts'
import { Calendar, calendarToWire } from './calendars.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/calendars/{calendarId}: a calendar as of its newest version. */
export function getCalendar (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/calendars/:calendarId',
    config: { roles: access.getCalendar, problems: ['not_found'], etag: true },
    schema: {
      operationId: 'getCalendar',
      summary: 'Read a calendar',
      description: 'Shows its newest version.',
      tags: ['calendars'],
      params: pathId('calendarId'),
      response: { 200: Calendar }
    },
    async handler (request, reply) {
      const { read } = database.forTenant(request.principal.tenantId)
      const found = await findCalendar(read, request.principal.tenantId, request.params.calendarId) ??
        problem(baseErrors.not_found)
      reply.header('etag', etagOf(found.version))
      return calendarToWire(found)
    }
  })
}

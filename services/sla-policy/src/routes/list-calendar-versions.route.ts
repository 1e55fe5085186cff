import { baseErrors, decodeCursor, pageOf, PageQuery, pathId, problem, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { calendarExists, listCalendarVersions as readVersions } from '../store/calendar-store.ts'
import { CalendarVersion, calendarVersionToWire } from './calendars.ts'
import type { RouteDeps } from './route-deps.ts'

const Position = Type.Object({ version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) })

/** GET /v1/calendars/{calendarId}/versions: every version with its hours, newest first. */
export function listCalendarVersions (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/calendars/:calendarId/versions',
    config: { roles: access.listCalendarVersions, problems: ['not_found'] },
    schema: {
      operationId: 'listCalendarVersions',
      summary: 'List the versions of a calendar',
      description: 'The newest comes first. A version never changes.',
      tags: ['calendars'],
      params: pathId('calendarId'),
      querystring: PageQuery,
      response: { 200: pageOf(CalendarVersion) }
    },
    async handler (request) {
      const { read } = database.forTenant(request.principal.tenantId)
      const { tenantId } = request.principal
      const { limit, cursor } = request.query
      const before = cursor === undefined ? undefined : decodeCursor(cursor, Position).version
      if (!await calendarExists(read, tenantId, request.params.calendarId)) problem(baseErrors.not_found)
      const rows = await readVersions(read, tenantId, request.params.calendarId, { before, limit: limit + 1 })
      return toPage(rows.map(calendarVersionToWire), limit, ({ version }) => ({ version }))
    }
  })
}

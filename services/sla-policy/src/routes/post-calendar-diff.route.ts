import { pathId, instantOf } from '@dueline/http'
import { formatDuration } from '@dueline/business-time'
import { Instant, SignedDuration } from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { openCalendar, VersionChoice } from './calendars.ts'
import type { RouteDeps } from './route-deps.ts'

/** POST /v1/calendars/{calendarId}/diff: how much open time lies between two instants. */
export function postCalendarDiff (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/calendars/:calendarId/diff',
    config: {
      roles: access.diffInCalendar,
      problems: ['not_found'],
      idempotent: false,
      answers: { 200: 'The open time' }
    },
    schema: {
      operationId: 'diffInCalendar',
      summary: 'Measure the open time between two instants',
      description: 'Counts the time in which the calendar is open, from the first instant to the second.',
      tags: ['calendars'],
      params: pathId('calendarId'),
      body: Type.Object({ from: Instant, to: Instant, version: VersionChoice }),
      response: {
        200: Type.Object({
          version: Type.Integer(),
          duration: { ...SignedDuration, description: 'With a leading minus when `to` is before `from`' }
        })
      }
    },
    async handler (request) {
      const { calendar, version } = await openCalendar(request, deps, request.params.calendarId, request.body.version)
      return {
        version,
        duration: formatDuration(
          calendar.diff(instantOf(request.body.from, '/from'), instantOf(request.body.to, '/to'))
        )
      }
    }
  })
}

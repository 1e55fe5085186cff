import { pathId, instantOf } from '@dueline/http'
import { Duration, Instant, nullable, instantText, durationOf } from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { openCalendar, VersionChoice } from './calendars.ts'
import { refuse, type RouteDeps } from './route-deps.ts'

/** POST /v1/calendars/{calendarId}/add: the instant at which so much open time has passed. */
export function postCalendarAdd (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/calendars/:calendarId/add',
    config: {
      roles: access.addToCalendar,
      problems: ['not_found'],
      idempotent: false,
      answers: { 200: 'The instant at which the time has passed' }
    },
    schema: {
      operationId: 'addToCalendar',
      summary: 'Add open time to an instant',
      description:
        'Finds the earliest instant at which so much open time has passed: a duration that exactly fills a day ' +
        'ends when the day closes. The result is null when the calendar is never open for so long.',
      tags: ['calendars'],
      params: pathId('calendarId'),
      body: Type.Object({ from: Instant, duration: Duration, version: VersionChoice }),
      response: { 200: Type.Object({ version: Type.Integer(), at: nullable(Instant) }) }
    },
    async handler (request) {
      const { calendar, version } = await openCalendar(request, deps, request.params.calendarId, request.body.version)
      return {
        version,
        at: instantText(calendar.add(instantOf(request.body.from, '/from'), countable(request.body.duration)))
      }
    }
  })
}

function countable (text: string): number {
  const duration = durationOf(text)
  return duration < Infinity ? duration : refuse('/duration', 'must be at most some 285 years')
}

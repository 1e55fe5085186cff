import { formatInstant } from '@dueline/business-time'
import { Instant, nullable } from '@dueline/contracts'
import { baseErrors, pathId, problem, type App, instantOf } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { openCalendar, VersionChoice } from './calendars.ts'
import type { RouteDeps } from './route-deps.ts'

const spanMax = 366 * 86_400 * 1_000_000
const intervalsMax = 1_000

/** GET /v1/calendars/{calendarId}/open-intervals: when it is open within a span of at most 366 days. */
export function getOpenIntervals (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/calendars/:calendarId/open-intervals',
    config: { roles: access.listOpenIntervals, problems: ['not_found'], answers: { 200: 'The open intervals' } },
    schema: {
      operationId: 'listOpenIntervals',
      summary: 'List the open hours of a calendar',
      description: 'At most 366 days and 1,000 intervals. When there are more, `nextFrom` says where to continue.',
      tags: ['calendars'],
      params: pathId('calendarId'),
      querystring: Type.Object({ from: Instant, to: Instant, version: VersionChoice }),
      response: {
        200: Type.Object({
          version: Type.Integer(),
          intervals: Type.Array(Type.Object({ from: Instant, to: Instant }, {
            title: 'OpenInterval',
            description: 'Open from an instant (inclusive) until another (exclusive)'
          })),
          nextFrom: nullable(Instant)
        }, { title: 'OpenIntervals', description: 'When a calendar is open within a span' })
      }
    },
    async handler (request) {
      const from = instantOf(request.query.from, '/from', 'query')
      const to = instantOf(request.query.to, '/to', 'query')
      if (to <= from || to - from > spanMax) {
        problem(baseErrors.validation_failed, {
          faults: [{ in: 'query', pointer: '/to', message: 'must be after from, by at most 366 days' }]
        })
      }
      const { calendar, version } = await openCalendar(request, deps, request.params.calendarId, request.query.version)
      const intervals: Array<{ from: string, to: string }> = []
      let nextFrom: string | null = null
      for (const interval of calendar.openIntervals(from, to)) {
        if (intervals.length === intervalsMax) {
          nextFrom = formatInstant(interval.from)
          break
        }
        intervals.push({ from: formatInstant(interval.from), to: formatInstant(interval.to) })
      }
      return { version, intervals, nextFrom }
    }
  })
}

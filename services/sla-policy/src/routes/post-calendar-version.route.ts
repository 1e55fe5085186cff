import { baseErrors, etagOf, pathId, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { insertCalendarVersion } from '../store/calendar-store.ts'
import { Calendar, calendarToWire, checkSpec, publishedEvent, Spec } from './calendars.ts'
import type { RouteDeps } from './route-deps.ts'

/** POST /v1/calendars/{calendarId}/versions: the next version; those before it stay as they are. */
export function postCalendarVersion (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/calendars/:calendarId/versions',
    config: { roles: access.createCalendarVersion, problems: ['not_found'], etag: true },
    schema: {
      operationId: 'createCalendarVersion',
      summary: 'Publish a new version of a calendar',
      description:
        'Agreements that are made from now on use it. Open tickets keep the version that they have until a policy ' +
        'is published with the effect `from_now` or `retroactive`.',
      tags: ['calendars'],
      params: pathId('calendarId'),
      body: Type.Object({ spec: Spec }),
      response: { 201: Calendar }
    },
    async handler (request, reply) {
      const { spec } = request.body
      checkSpec(spec)
      return await write(request, reply, deps.database, async (tx) => {
        const next = await insertCalendarVersion(tx, {
          id: request.params.calendarId,
          spec,
          at: deps.clock.now(),
          by: request.principal.personId
        })
        const made = next ?? problem(baseErrors.not_found)
        await deps.outbox.add(tx, [publishedEvent(deps, tx.tenantId, made)])
        return { status: 201, body: calendarToWire(made), headers: { etag: etagOf(made.version) } }
      })
    }
  })
}

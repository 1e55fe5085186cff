import { etagOf, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { errors } from '../errors.ts'
import { insertCalendar } from '../store/calendar-store.ts'
import { Calendar, calendarToWire, checkSpec, publishedEvent, Spec } from './calendars.ts'
import { Name, type RouteDeps } from './route-deps.ts'

/** POST /v1/calendars: a new calendar, with its version 1. */
export function postCalendar (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/calendars',
    config: { roles: access.createCalendar, problems: ['calendar_name_taken'] },
    schema: {
      operationId: 'createCalendar',
      summary: 'Create a calendar',
      description: 'Publishes its first version. Each fault of the calendar is listed with a pointer below `/spec`.',
      tags: ['calendars'],
      body: Type.Object({ name: Name, spec: Spec }),
      response: { 201: Calendar }
    },
    async handler (request, reply) {
      const { name, spec } = request.body
      checkSpec(spec)
      return await write(request, reply, deps.database, async (tx) => {
        const at = deps.clock.now()
        const made = { id: deps.ids.next(), name: name.trim(), version: 1, spec, createdAt: at, updatedAt: at }
        if (!await insertCalendar(tx, { ...made, at, by: request.principal.personId })) {
          problem(errors.calendar_name_taken, { detail: `there is a calendar named ${made.name} already` })
        }
        await deps.outbox.add(tx, [publishedEvent(deps, tx.tenantId, made)])
        return {
          status: 201,
          body: calendarToWire(made),
          headers: { etag: etagOf(1), location: `/v1/calendars/${made.id}` }
        }
      })
    }
  })
}

import { AvailabilityStateSchema, Instant, nullable } from '@dueline/contracts'
import { instantOf, pathId, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access, requireSelfOrManager } from '../access.ts'
import { refuse } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { changeProfile, WorkingProfileSchema } from './working-profile.ts'

const Body = Type.Object({
  state: nullable(AvailabilityStateSchema),
  until: Type.Optional(nullable({ ...Instant, description: 'When that ends by itself; null or left out: never' }))
}, { title: 'AvailabilityUpdate', description: 'A state set by hand; null takes it back' })

/** PUT /v1/people/{personId}/availability */
export function putAvailability (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PUT',
    url: '/v1/people/:personId/availability',
    config: { roles: access.updateAvailability, problems: ['precondition_failed'] },
    schema: {
      operationId: 'updateAvailability',
      summary: 'Say whether a person can be given work',
      description:
        'For oneself; managers and administrators also for others. It beats planned absences and the calendar until ' +
        '`until`, without which until it is taken back (`state: null`). `If-Match` is not needed; where it is sent, ' +
        'it counts.',
      tags: ['availability'],
      params: pathId('personId'),
      body: Body,
      response: { 200: WorkingProfileSchema }
    },
    handler: async (request, reply) => {
      const { principal, params: { personId }, body: { state, until: text = null } } = request
      requireSelfOrManager(principal, personId)
      const until = text === null ? null : instantOf(text, '/until')
      if (until !== null && state === null) refuse([{ pointer: '/until', message: 'must be null where state is' }])
      if (until !== null && until <= deps.clock.now()) {
        refuse([{ pointer: '/until', message: 'must be in the future' }])
      }
      return await changeProfile(request, reply, deps, personId, { state, until })
    }
  })
}

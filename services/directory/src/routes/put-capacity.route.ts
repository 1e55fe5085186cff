import { CapacityPoints, nullable } from '@dueline/contracts'
import { pathId, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { changeProfile, WorkingProfileSchema } from './working-profile.ts'

const Body = Type.Object({
  capacityPoints: nullable({ ...CapacityPoints, description: '0: none; null: the default of the tenant' })
}, { title: 'CapacityUpdate', description: 'How much a person can carry at once' })

/** PUT /v1/people/{personId}/capacity */
export function putCapacity (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PUT',
    url: '/v1/people/:personId/capacity',
    config: { roles: access.updateCapacity, problems: ['precondition_failed'] },
    schema: {
      operationId: 'updateCapacity',
      summary: 'Say how much a person can carry',
      description:
        'In the points that `GET /v1/capacity-rules` gives to tickets by their priority. `If-Match` is not needed; ' +
        'where it is sent, it counts.',
      tags: ['availability'],
      params: pathId('personId'),
      body: Body,
      response: { 200: WorkingProfileSchema }
    },
    handler: async (request, reply) => await changeProfile(request, reply, deps, request.params.personId, request.body)
  })
}

import { pathId } from '@dueline/http'
import { access } from '../access.ts'
import { ClockView } from './clock-view.ts'
import { commandClock } from './command-clock.ts'
import type { Route } from './route-deps.ts'

export const postClockRecompute: Route = (app, deps) => {
  app.route({
    method: 'POST',
    url: '/v1/clocks/:clockId/recompute',
    config: {
      roles: access.recomputeClock,
      problems: ['not_found'],
      answers: { 200: 'The clock after it was computed again' }
    },
    schema: {
      operationId: 'recomputeClock',
      summary: 'Compute the clocks of a ticket again',
      description: 'Every change of the ticket does this too. The clock stays the same unless something was repaired.',
      tags: ['clocks'],
      params: pathId('clockId'),
      response: { 200: ClockView }
    },
    handler: async (request, reply) => await commandClock(request, reply, deps, request.params.clockId, null)
  })
}

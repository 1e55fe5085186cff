import { pathId } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { ClockView } from './clock-view.ts'
import { commandClock } from './command-clock.ts'
import { Reason } from './command-parts.ts'
import type { Route } from './route-deps.ts'

export const postClockResume: Route = (app, deps) => {
  app.route({
    method: 'POST',
    url: '/v1/clocks/:clockId/resume',
    config: {
      roles: access.resumeClock,
      problems: ['not_found', 'clock_command_refused'],
      answers: { 200: 'The clock after the pause has ended' }
    },
    schema: {
      operationId: 'resumeClock',
      summary: 'End the pause that a person set',
      description: 'The clock stays paused while another reason to pause holds.',
      tags: ['clocks'],
      params: pathId('clockId'),
      body: Type.Object({ reason: Reason }),
      response: { 200: ClockView }
    },
    async handler (request, reply) {
      const { reason } = request.body
      return await commandClock(request, reply, deps, request.params.clockId, {
        kind: 'clock_resumed',
        reason,
        data: () => ({})
      })
    }
  })
}

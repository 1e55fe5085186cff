import { pathId } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { ClockView } from './clock-view.ts'
import { commandClock } from './command-clock.ts'
import { ApproverId, Reason } from './command-parts.ts'
import type { Route } from './route-deps.ts'

export const postClockWaive: Route = (app, deps) => {
  app.route({
    method: 'POST',
    url: '/v1/clocks/:clockId/waive',
    config: {
      roles: access.waiveClock,
      problems: ['not_found', 'clock_command_refused'],
      answers: { 200: 'The waived clock' }
    },
    schema: {
      operationId: 'waiveClock',
      summary: 'End a clock that was not met',
      description: 'A breach that has happened stays in the record.',
      tags: ['clocks'],
      params: pathId('clockId'),
      body: Type.Object({ reason: Reason, approverId: ApproverId }),
      response: { 200: ClockView }
    },
    async handler (request, reply) {
      const { reason, approverId = null } = request.body
      return await commandClock(request, reply, deps, request.params.clockId, {
        kind: 'clock_waived',
        reason,
        data: () => ({ approverId })
      })
    }
  })
}

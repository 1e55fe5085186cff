import { pathId } from '@dueline/http'
import { Duration } from '@dueline/contracts'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { ClockView } from './clock-view.ts'
import { commandClock } from './command-clock.ts'
import { ApproverId, positiveDuration, Reason } from './command-parts.ts'
import type { Route } from './route-deps.ts'

export const postClockExtend: Route = (app, deps) => {
  app.route({
    method: 'POST',
    url: '/v1/clocks/:clockId/extend',
    config: {
      roles: access.extendClock,
      problems: ['not_found', 'clock_command_refused'],
      answers: { 200: 'The clock with its new deadline' }
    },
    schema: {
      operationId: 'extendClock',
      summary: 'Give a clock more time',
      description: '`by` is open time that is added to the target, from now on. A breach that has happened stays.',
      tags: ['clocks'],
      params: pathId('clockId'),
      body: Type.Object({ by: Duration, reason: Reason, approverId: ApproverId }),
      response: { 200: ClockView }
    },
    async handler (request, reply) {
      const { by, reason, approverId = null } = request.body
      const data = { by: positiveDuration(by, '/by'), approverId }
      return await commandClock(request, reply, deps, request.params.clockId, {
        kind: 'clock_extended',
        reason,
        data: () => data
      })
    }
  })
}

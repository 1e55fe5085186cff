import { parseDuration, type Micros } from '@dueline/business-time'
import { Duration, Instant, existingInstant } from '@dueline/contracts'
import { baseErrors, pathId, problem } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import type { ClockConfig } from '../config.ts'
import { ClockView } from './clock-view.ts'
import { commandClock } from './command-clock.ts'
import { positiveDuration, Reason } from './command-parts.ts'
import type { Route } from './route-deps.ts'

const Body = Type.Object({
  reason: Reason,
  until: Type.Optional(Instant),
  maxDuration: Type.Optional(Duration)
})

export const postClockPause: Route = (app, deps) => {
  app.route({
    method: 'POST',
    url: '/v1/clocks/:clockId/pause',
    config: {
      roles: access.pauseClock,
      problems: ['not_found', 'clock_command_refused'],
      answers: { 200: 'The clock after the pause' }
    },
    schema: {
      operationId: 'pauseClock',
      summary: 'Pause a clock',
      description:
        'It resumes at `until`, or after `maxDuration`, or after the longest configured duration. Send at most ' +
        'one of the two.',
      tags: ['clocks'],
      params: pathId('clockId'),
      body: Body,
      response: { 200: ClockView }
    },
    async handler (request, reply) {
      const { reason } = request.body
      const data = (now: Micros) => ({ until: endOf(request.body, now, deps.config) })
      return await commandClock(request, reply, deps, request.params.clockId, { kind: 'clock_paused', reason, data })
    }
  })
}

function endOf (
  { until, maxDuration }: { until?: string, maxDuration?: string },
  now: Micros,
  config: ClockConfig
): Micros {
  const longest = parseDuration(config.PAUSE_DURATION_MAX)
  if (until === undefined) {
    return now + positiveDuration(maxDuration ?? config.PAUSE_DURATION_DEFAULT, '/maxDuration', longest)
  }
  if (maxDuration !== undefined) refuse('goes not together with maxDuration')
  const end = existingInstant(until)
  if (end === null || end <= now || end > now + longest) {
    return refuse('must lie in the future, and not further away than the longest pause')
  }
  return end
}

function refuse (message: string): never {
  return problem(baseErrors.validation_failed, { faults: [{ pointer: '/until', message }] })
}

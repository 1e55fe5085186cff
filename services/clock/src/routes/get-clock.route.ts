import { pathId } from '@dueline/http'
import { access } from '../access.ts'
import { ClockView, findClock, viewsOf } from './clock-view.ts'
import type { Route } from './route-deps.ts'

export const getClock: Route = (app, { database, clock, calendars }) => {
  app.route({
    method: 'GET',
    url: '/v1/clocks/:clockId',
    config: { roles: access.getClock, problems: ['not_found'] },
    schema: {
      operationId: 'getClock',
      summary: 'Read a clock',
      description:
        'Consumed and remaining time are as of `serverTime`. Customers see the clocks of their own tickets, and ' +
        'only those of kind `sla`.',
      tags: ['clocks'],
      params: pathId('clockId'),
      response: { 200: ClockView }
    },
    async handler ({ params, principal }) {
      const { read } = database.forTenant(principal.tenantId)
      const found = await findClock(read, principal, params.clockId)
      const [view] = await viewsOf(read, calendars, [found], clock.now())
      return view!
    }
  })
}

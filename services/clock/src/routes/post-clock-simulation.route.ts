import { access } from '../access.ts'
import { Slices } from '../slices.ts'
import type { Route } from './parts.ts'
import { SimulationBody } from './simulation-body.ts'
import { readSimulation } from './simulation-input.ts'
import { answerOf, SimulationAnswer } from './simulation-view.ts'

export const postClockSimulation: Route = (app, { ids }) => {
  const slices = new Slices()
  const newId = (): string => ids.next()
  app.route({
    method: 'POST',
    url: '/v1/clock-simulations',
    config: { roles: access.simulateClocks, idempotent: false },
    schema: {
      operationId: 'simulateClocks',
      summary: 'Runs a promise over a list of facts, touching nothing',
      description:
        "What clocks would do under promises that are nobody's yet: the same fold as that of real tickets. " +
        'A promise is refused where a row of the SLA table would be. ' +
        'Commands that do not go with what their clock does have no effect.',
      tags: ['clocks'],
      body: SimulationBody,
      response: { 200: SimulationAnswer }
    },
    async handler ({ body }) {
      const simulation = readSimulation(body, newId)
      return await slices.run(() => answerOf(simulation, body.skip ?? {}, newId))
    }
  })
}

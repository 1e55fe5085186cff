import { access } from '../access.ts'
import { Slices } from './slices.ts'
import type { Route } from './route-deps.ts'
import { SimulationBody } from './simulation-body.ts'
import { readSimulation } from './simulation-input.ts'
import { answerOf, SimulationAnswer } from './simulation-view.ts'

export const postClockSimulation: Route = (app, { ids }) => {
  const slices = new Slices()
  const newId = (): string => ids.next()
  app.route({
    method: 'POST',
    url: '/v1/clock-simulations',
    config: {
      roles: access.simulateClocks,
      idempotent: false,
      answers: { 200: 'The clocks, their ledgers and their events' }
    },
    schema: {
      operationId: 'simulateClocks',
      summary: 'Try agreements on a list of facts',
      description:
        'Computes the clocks that a ticket with these facts and agreements would have, in the same way as for ' +
        'real tickets. It stores nothing. An agreement is refused for the same reasons as a row of the SLA table. ' +
        'A command that does not fit the state of its clock has no effect.',
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

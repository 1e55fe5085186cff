import { formatInstant } from '@dueline/business-time'
import { ClockSnapshot, nullable, Uuid } from '@dueline/contracts'
import { Type } from 'typebox'
import { ledgerOf } from '../domain/ledger.ts'
import { replay, type Replayed } from '../domain/replay.ts'
import { snapshotOf } from '../domain/snapshot.ts'
import { auditors } from './clock-view.ts'
import { entryOf, LedgerEntry } from './ledger-view.ts'
import type { Route } from './parts.ts'
import { readSimulation, SimulationBody, type Simulation } from './simulation-input.ts'

const Simulated = Type.Object({
  asOf: Type.String(),
  clocks: Type.Array(Type.Object({ ...ClockSnapshot.properties, ledger: Type.Array(LedgerEntry) })),
  events: Type.Array(Type.Object({
    type: Type.String(),
    time: Type.String(),
    clockId: Uuid,
    sequence: Type.Integer(),
    mark: nullable(Type.Object({ key: Type.String(), dueAt: Type.String(), urgent: Type.Boolean() })),
    clock: ClockSnapshot
  }), { description: 'What would go out, in order, each with its clock as it would be then' })
}, { title: 'ClockSimulation' })

export const postClockSimulation: Route = (app, { ids }) => {
  app.route({
    method: 'POST',
    url: '/v1/clock-simulations',
    config: { roles: auditors.filter((role) => role !== 'integrator'), idempotent: false },
    schema: {
      operationId: 'simulateClocks',
      summary: 'Runs a promise over a list of facts, touching nothing',
      tags: ['clocks'],
      body: SimulationBody,
      response: { 200: Simulated }
    },
    async handler ({ body }) {
      const simulation = readSimulation(body, () => ids.next())
      return viewOf(simulation, replay({ ...simulation, newId: () => ids.next() }), ids.next())
    }
  })
}

function viewOf ({ calendars }: Simulation, { folded, clocks, changes }: Replayed, ticketId: string) {
  const present = clocks.filter(({ voided }) => !voided)
  return {
    asOf: formatInstant(folded.asOf),
    clocks: folded.clocks.map((clock) => {
      const stored = present.find(({ kind, metric, cycle }) => kind === clock.kind && metric === clock.metric && cycle === clock.cycle)!
      return { ...snapshotOf(ticketId, stored, folded.asOf, calendars), ledger: ledgerOf(clock, calendars, folded.asOf).map(entryOf) }
    }),
    events: changes.map(({ type, time, clockId, sequence, mark, clock, at }) => ({
      type: `dueline.clock.${type}.v1`,
      time: formatInstant(time),
      clockId,
      sequence,
      mark: mark === null ? null : { key: mark.key, dueAt: formatInstant(mark.at), urgent: mark.urgent },
      clock: snapshotOf(ticketId, { ...clock, sequence }, at, calendars)
    }))
  }
}

import { deadLetterSamples, type Samples, type SampleWorld } from '@dueline/testkit'
import { TestTicket } from '../support/events.ts'
import { HOUR, start, type startClock } from '../support/harness.ts'

type World = SampleWorld<'clock'>
const reason = 'parts are on their way'

/** How each operation of the service is called rightly. */
export function samples (service: Awaited<ReturnType<typeof startClock>>): Samples<'clock'> {
  const { receive, call } = service

  /** A ticket with a running clock. */
  async function ticketWithClock ({ tenant }: World): Promise<string> {
    const ticket = new TestTicket(start, {}, tenant)
    const terms = { targets: { resolution: 'PT4H' }, pauseRules: { resolution: ['manual' as const] } }
    await receive(ticket.created(start), ticket.agreement(start, terms))
    return ticket.id
  }
  async function clockPath (world: World): Promise<{ clockId: string }> {
    const ticketId = await ticketWithClock(world)
    const { body } = await call('GET', `/clocks?ticketId=${ticketId}`, { of: world.tenant })
    return { clockId: body.items[0].id }
  }
  /** The path of a clock that takes no command any more. */
  const waived = async ({ make }: World) => ({ clockId: (await make('waiveClock')).id })

  return {
    listClocks: {
      request: async (world) => ({ query: { ticketId: await ticketWithClock(world), state: ['running'] } })
    },
    getClock: { request: async (world) => ({ path: await clockPath(world) }) },
    getClockLedger: { request: async (world) => ({ path: await clockPath(world) }) },
    explainClock: {
      request: async (world) => ({ path: await clockPath(world), query: { timeZone: 'Europe/Berlin', language: 'ar' } })
    },
    pauseClock: {
      request: async (world) => ({ path: await clockPath(world), body: { reason, maxDuration: 'PT2H' } }),
      answers: { clock_command_refused: async (world) => ({ path: await waived(world), body: { reason } }) }
    },
    resumeClock: {
      request: async ({ make }) => ({ path: { clockId: (await make('pauseClock')).id }, body: { reason } }),
      answers: { clock_command_refused: async (world) => ({ path: await clockPath(world), body: { reason } }) }
    },
    extendClock: {
      request: async (world) => ({ path: await clockPath(world), body: { by: 'PT1H', reason } }),
      answers: { clock_command_refused: async (world) => ({ path: await waived(world), body: { by: 'PT1H', reason } }) }
    },
    waiveClock: {
      request: async (world) => ({ path: await clockPath(world), body: { reason } }),
      answers: { clock_command_refused: async (world) => ({ path: await waived(world), body: { reason } }) }
    },
    recomputeClock: { request: async (world) => ({ path: await clockPath(world) }) },
    simulateClocks: {
      request: () => ({
        body: {
          agreement: { targets: { first_response: 'PT2H' } },
          facts: [{ at: '2026-03-02T08:00:00Z', kind: 'created' }],
          asOf: '2026-03-03T08:00:00Z'
        }
      }),
      withoutDatabase: true
    },
    previewClocks: {
      request: async (world) => ({
        body: {
          policyVersion: 1,
          effect: 'retroactive',
          terms: [{ targets: { resolution: 'PT1H' }, pauseRules: {}, reminders: [], reopen: 'continue', ...around }],
          tickets: [{
            ticketId: await ticketWithClock(world),
            agreements: [{ kind: 'sla', ticketVersion: 1, terms: 0 }]
          }],
          at: new Date((start + HOUR) / 1_000).toISOString()
        }
      })
    },
    ...deadLetterSamples('Clock', service)
  }
}

/** Open around the clock. */
const around = { calendarId: null, calendarVersion: 0 }

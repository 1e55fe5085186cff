import { systemClock, systemIds } from '@dueline/runtime'
import { deadLetterSamples, type Samples, type SampleWorld } from '@dueline/testkit'
import { clockEvent, HOUR, ticketSummary } from '../events.ts'
import type { startEscalation } from './harness.ts'

type World = SampleWorld<'escalation'>
const levels = [{
  name: 'Soon',
  trigger: { beforeDeadline: 'PT1H' },
  targets: [{ assignee: true as const }],
  actions: [{ notify: true as const }]
}]
const reason = 'nobody answers'

/** How each operation of the service is called rightly. */
export function samples (service: Awaited<ReturnType<typeof startEscalation>>): Samples<'escalation'> {
  const { deliver, call, fired } = service

  /** A clock in breach, and the escalation that it opens. */
  async function opened ({ tenant }: World) {
    const [clockId, ticketId] = [systemIds.next(), systemIds.next()]
    const due = systemClock.now() - 2 * HOUR
    const clock = { id: clockId, ticketId, dueAt: due, breachedAt: due }
    const ticket = ticketSummary({ id: ticketId })
    await deliver(clockEvent('breached', 2, clock, ticket, { tenantid: tenant }))
    await fired.find(({ ownerId }) => ownerId === clockId)
    const { body } = await call('GET', `/escalations?ticketId=${ticketId}`, undefined, { tenant })
    return { clock, ticket, path: { escalationId: body.items[0].id as string } }
  }
  /** The escalation of a clock that was met in the end. */
  async function stopped (world: World) {
    const { clock, ticket, path } = await opened(world)
    await deliver(clockEvent('met', 3, { ...clock, state: 'met' }, ticket, { tenantid: world.tenant }))
    return path
  }
  const policyPath = async ({ make }: World) => ({ escalationPolicyId: (await make('createEscalationPolicy')).id })
  const defaultPolicy = async ({ make }: World) => await make('createEscalationPolicy', { isDefault: true })

  return {
    createEscalationPolicy: {
      request: ({ unique }) => ({ body: { name: unique('Policy'), levels } }),
      answers: {
        async default_escalation_policy_exists (world) {
          await defaultPolicy(world)
          return { body: { name: 'another', levels, isDefault: true } }
        }
      }
    },
    listEscalationPolicies: {
      async request ({ make }) {
        await make('createEscalationPolicy')
        return { query: { active: true } }
      }
    },
    listEscalationPolicyPresets: { request: () => ({}), withoutDatabase: true },
    getEscalationPolicy: { request: async (world) => ({ path: await policyPath(world) }) },
    updateEscalationPolicy: {
      request: async (world) => ({ path: await policyPath(world), body: { name: world.unique('Renamed') } }),
      answers: {
        async default_escalation_policy_exists (world) {
          await defaultPolicy(world)
          return { path: await policyPath(world), body: { isDefault: true } }
        }
      }
    },
    deleteEscalationPolicy: { request: async (world) => ({ path: await policyPath(world) }) },
    listEscalations: { request: async (world) => ({ query: { ticketId: (await opened(world)).ticket.id } }) },
    getEscalation: { request: async (world) => ({ path: (await opened(world)).path }) },
    acknowledgeEscalation: {
      request: async (world) => ({ path: (await opened(world)).path, body: { note: 'mine' } }),
      answers: { escalation_closed: async (world) => ({ path: await stopped(world), body: {} }) },
      notFor: ['agent', 'sales', 'integrator', 'operator']
    },
    raiseEscalation: {
      request: async (world) => ({ path: (await opened(world)).path, body: { reason } }),
      answers: { escalation_closed: async (world) => ({ path: await stopped(world), body: { reason } }) }
    },
    ...deadLetterSamples('Escalation', service)
  }
}

import type { Samples, SampleWorld } from '@dueline/testkit'
import type { startDirectory } from './harness.ts'

type World = SampleWorld<'directory'>

/** How the operations on teams, units, customers and responsibilities are called rightly. */
export function organizationSamples ({ person, item, calendar }: Awaited<ReturnType<typeof startDirectory>>) {
  return { ...teamSamples(), ...unitSamples(), ...customerSamples(), ...responsibilitySamples() }

  function teamSamples () {
    const path = async ({ make }: World) => ({ teamId: (await make('createTeam')).id })
    const taken = async ({ make }: World) => ({ name: (await make('createTeam')).name.toUpperCase() })
    return {
      createTeam: {
        async request ({ tenant: tenantId, unique }) {
          const memberIds = [await person({ tenantId }), await person({ tenantId })]
          const leadId = await person({ tenantId, role: 'manager' })
          const productIds = [await item('product', { tenantId })]
          const moduleIds = [await item('module', { tenantId })]
          const name = unique('Team')
          return { body: { name, leadId, memberIds, calendarId: await calendar(tenantId), productIds, moduleIds } }
        },
        answers: { name_taken: async (world) => ({ body: await taken(world) }) }
      },
      listTeams: {
        async request (world) {
          const { leadId, memberIds, productIds, moduleIds } = await world.make('createTeam')
          const filters = { memberId: memberIds[0]!, productId: productIds[0]!, moduleId: moduleIds[0]! }
          return { query: { q: 'eam', leadId: leadId!, active: true, ...filters } }
        }
      },
      getTeam: { request: async (world) => ({ path: await path(world) }) },
      updateTeam: {
        request: async (world) => ({ path: await path(world), body: { name: world.unique('Renamed') } }),
        answers: { name_taken: async (world) => ({ path: await path(world), body: await taken(world) }) }
      },
      deleteTeam: {
        request: async (world) => ({ path: await path(world) }),
        answers: {
          async team_in_use (world) {
            const { teamId } = await path(world)
            await world.make('createResponsibility', { personId: null, teamId })
            return { path: { teamId } }
          }
        }
      }
    } satisfies Partial<Samples<'directory'>>
  }

  function unitSamples () {
    const path = async ({ make }: World) => ({ unitId: (await make('createUnit')).id })
    const taken = async ({ make }: World) => ({ name: (await make('createUnit')).name.toUpperCase() })
    return {
      createUnit: {
        async request ({ tenant: tenantId, unique }) {
          return { body: { name: unique('Unit'), kind: 'site', headId: await person({ tenantId, role: 'manager' }) } }
        },
        answers: { name_taken: async (world) => ({ body: await taken(world) }) }
      },
      listUnits: {
        async request ({ make }) {
          const { id, headId } = await make('createUnit')
          return { query: { q: 'nit', within: id, parentId: 'none', headId: headId!, active: true } }
        }
      },
      getUnit: { request: async (world) => ({ path: await path(world) }) },
      updateUnit: {
        request: async (world) => ({ path: await path(world), body: { name: world.unique('Renamed') } }),
        answers: { name_taken: async (world) => ({ path: await path(world), body: await taken(world) }) }
      },
      deleteUnit: {
        request: async (world) => ({ path: await path(world) }),
        answers: {
          async unit_in_use ({ make }) {
            const { unitId } = await make('createPerson')
            return { path: { unitId: unitId! } }
          }
        }
      }
    } satisfies Partial<Samples<'directory'>>
  }

  function customerSamples () {
    const path = async ({ make }: World) => ({ customerId: (await make('createCustomer')).id })
    const taken = async ({ make }: World) => ({ name: (await make('createCustomer')).name.toUpperCase() })
    return {
      createCustomer: {
        async request ({ tenant: tenantId, unique }) {
          const contactIds = [await person({ tenantId, role: 'customer' })]
          const productIds = [await item('product', { tenantId })]
          const calendarId = await calendar(tenantId)
          return { body: { name: unique('Customer'), contactIds, productIds, calendarId, contractTier: 'gold' } }
        },
        answers: { name_taken: async (world) => ({ body: await taken(world) }) }
      },
      listCustomers: {
        async request ({ make }) {
          const parent = await make('createCustomer')
          const { contactIds, productIds } = await make('createCustomer', { parentId: parent.id })
          const filters = { parentId: parent.id, contactId: contactIds[0]!, productId: productIds[0]! }
          return { query: { q: 'usto', contractTier: 'gold', active: true, ...filters } }
        }
      },
      getCustomer: { request: async (world) => ({ path: await path(world) }) },
      updateCustomer: {
        request: async (world) => ({ path: await path(world), body: { name: world.unique('Renamed') } }),
        answers: { name_taken: async (world) => ({ path: await path(world), body: await taken(world) }) }
      },
      deleteCustomer: {
        request: async (world) => ({ path: await path(world) }),
        answers: {
          async customer_in_use (world) {
            const { customerId } = await path(world)
            await world.make('createCustomer', { parentId: customerId })
            return { path: { customerId } }
          }
        }
      }
    } satisfies Partial<Samples<'directory'>>
  }

  function responsibilitySamples () {
    const path = async ({ make }: World) => ({ responsibilityId: (await make('createResponsibility')).id })
    return {
      createResponsibility: {
        async request ({ tenant: tenantId }) {
          return { body: { moduleId: await item('module', { tenantId }), personId: await person({ tenantId }) } }
        },
        answers: {
          async responsibility_exists ({ make }) {
            const { moduleId, personId } = await make('createResponsibility')
            return { body: { moduleId, personId } }
          }
        }
      },
      listResponsibilities: {
        async request ({ make }) {
          const { moduleId, personId } = await make('createResponsibility')
          return { query: { moduleId: moduleId!, personId: personId! } }
        }
      },
      getResponsibility: { request: async (world) => ({ path: await path(world) }) },
      deleteResponsibility: { request: async (world) => ({ path: await path(world) }) },
      getResponsible: {
        async request ({ make }) {
          const { moduleId } = await make('createResponsibility')
          return { query: { moduleId: moduleId! } }
        }
      }
    } satisfies Partial<Samples<'directory'>>
  }
}

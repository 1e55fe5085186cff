import { formatInstant } from '@dueline/business-time'
import { deadLetterSamples, type Samples, type SampleWorld } from '@dueline/testkit'
import type { startDirectory } from './harness.ts'

type World = SampleWorld<'directory'>
type Directory = Awaited<ReturnType<typeof startDirectory>>
const dayMicros = 86_400_000_000

/** How each operation of the service is called rightly. */
export function samples (service: Directory): Samples<'directory'> {
  const { person, item, calendar } = service
  return {
    ...teamSamples(),
    ...levelSamples(),
    ...peopleSamples(),
    ...identitySamples,
    ...apiKeySamples(service),
    ...unitSamples(),
    ...customerSamples(),
    ...responsibilitySamples(),
    ...availabilitySamples(),
    ...absenceSamples(),
    ...scimTokenSamples(),
    ...deadLetterSamples('Directory', service)
  }

  function scimTokenSamples () {
    const path = async ({ make }: World) => ({ tokenId: (await make('createScimToken')).id })
    return {
      createScimToken: {
        request: ({ unique }) => ({ body: { name: unique('Entra'), expiresAt: '2099-12-31T23:00:00.000000Z' } })
      },
      listScimTokens: {
        async request ({ make }) {
          await make('createScimToken')
          return {}
        }
      },
      rotateScimToken: {
        request: async (world) => ({ path: await path(world), body: { overlapSeconds: 3_600 } }),
        answers: {
          async scim_token_over (world) {
            const { tokenId } = await path(world)
            await world.make('revokeScimToken', {}, { tokenId })
            return { path: { tokenId }, body: { overlapSeconds: 0 } }
          }
        }
      },
      revokeScimToken: { request: async (world) => ({ path: await path(world) }) }
    } satisfies Partial<Samples<'directory'>>
  }

  function levelSamples () {
    return {
      getLevels: { request: () => ({}) },
      listLevelPresets: { request: () => ({}), withoutDatabase: true },
      updateLevels: {
        request: ({ unique }) => ({ body: { levels: [{ key: 'agent', name: unique('Agent'), role: 'agent' }] } }),
        answers: {
          async level_in_use ({ make }) {
            await make('createPerson')
            return { body: { levels: [{ key: 'other', name: 'Other', role: 'agent' }] } }
          }
        }
      }
    } satisfies Partial<Samples<'directory'>>
  }

  function peopleSamples () {
    const path = async ({ tenant: tenantId }: World) => ({ personId: await person({ tenantId }) })
    return {
      createPerson: {
        async request (world) {
          const managerId = await person({ tenantId: world.tenant, role: 'manager' })
          const unitId = (await world.make('createUnit')).id
          const calendarId = await calendar(world.tenant)
          const where = { managerId, level: 'support-executive', unitId, calendarId }
          const languages = ['ar' as const, 'en' as const]
          return { body: { role: 'agent', name: 'Anna', externalId: world.unique('person'), languages, ...where } }
        },
        answers: {
          person_exists: async ({ make }) => ({
            body: { role: 'customer', name: 'Other', externalId: String((await make('createPerson')).externalId) }
          })
        }
      },
      listPeople: {
        async request ({ make }) {
          const { managerId, level, unitId, externalId } = await make('createPerson')
          const where = { managerId: managerId!, level: level!, unitId: unitId!, externalId: externalId! }
          return { query: { role: 'agent', q: 'anna', ...where } }
        }
      },
      getPerson: { request: async (world) => ({ path: await path(world) }) },
      updatePerson: {
        request: async (world) => ({ path: await path(world), body: { name: 'Clara', level: 'support-executive' } })
      },
      getReportingLine: {
        async request ({ make }) {
          return { path: { personId: (await make('createPerson')).id } }
        }
      },
      getMe: { request: () => ({}) }
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

  function availabilitySamples () {
    const path = async ({ tenant: tenantId }: World) => ({ personId: await person({ tenantId }) })
    return {
      getAvailability: {
        request: async (world) => ({ path: await path(world), query: { at: '2026-03-02T12:00:00Z' } })
      },
      updateAvailability: {
        notFor: ['agent', 'ceo', 'sales'],
        request: async (world) => ({ path: await path(world), body: { state: 'busy', until: '2200-01-01T00:00:00Z' } })
      },
      getCapacity: { request: async (world) => ({ path: await path(world) }) },
      updateCapacity: { request: async (world) => ({ path: await path(world), body: { capacityPoints: 12 } }) },
      listTeamAvailability: {
        request: async ({ make }) => ({ path: { teamId: (await make('createTeam')).id } })
      },
      getCapacityRules: { request: () => ({}) },
      updateCapacityRules: {
        request: () => ({ body: { points: { P0: 8, P1: 4, P2: 2, P3: 0 }, defaultCapacityPoints: 16 } })
      }
    } satisfies Partial<Samples<'directory'>>
  }

  function absenceSamples () {
    const path = async ({ make }: World) => ({ absenceId: (await make('createAbsence')).id })
    const summer = { from: '2026-07-01T00:00:00Z', to: '2026-07-15T00:00:00Z' }
    return {
      createAbsence: {
        notFor: ['agent', 'ceo', 'sales'],
        async request ({ tenant: tenantId }) {
          const [personId, substituteId] = [await person({ tenantId }), await person({ tenantId })]
          return { body: { personId, ...summer, reason: 'Holidays', substituteId } }
        },
        answers: {
          async absence_overlaps ({ make }) {
            const { personId } = await make('createAbsence')
            return { body: { personId, ...summer } }
          }
        }
      },
      listAbsences: {
        async request ({ make }) {
          const { personId, substituteId } = await make('createAbsence')
          const query = { endsAfter: '2026-07-02T00:00:00Z', startsBefore: '2026-07-14T00:00:00Z' }
          return { query: { personId, substituteId: substituteId!, ...query } }
        }
      },
      getAbsence: { request: async (world) => ({ path: await path(world) }) },
      updateAbsence: {
        notFor: ['agent', 'ceo', 'sales'],
        request: async (world) => ({ path: await path(world), body: { to: '2026-07-20T00:00:00Z' } }),
        answers: {
          async absence_overlaps ({ make }) {
            const { personId } = await make('createAbsence')
            const later = { from: '2026-08-01T00:00:00Z', to: '2026-08-15T00:00:00Z' }
            const { id } = await make('createAbsence', { personId, ...later })
            return { path: { absenceId: id }, body: { from: summer.from } }
          }
        }
      },
      deleteAbsence: { notFor: ['agent', 'ceo', 'sales'], request: async (world) => ({ path: await path(world) }) }
    } satisfies Partial<Samples<'directory'>>
  }

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
}

const identitySamples = {
  createPersonIdentity: {
    request: async (world) => ({
      path: { personId: (await world.make('createPerson')).id },
      body: { issuer: 'https://issuer.example', subject: world.unique('subject') }
    }),
    answers: {
      async 200 ({ make }) {
        const { personId, issuer, subject } = await make('createPersonIdentity')
        return { path: { personId }, body: { issuer, subject } }
      },
      async identity_taken (world) {
        const { issuer, subject } = await world.make('createPersonIdentity')
        return { path: { personId: (await world.make('createPerson')).id }, body: { issuer, subject } }
      }
    }
  },
  listPersonIdentities: {
    request: async ({ make }) => ({ path: { personId: (await make('createPersonIdentity')).personId } })
  },
  deletePersonIdentity: {
    async request ({ make }) {
      const { id: identityId, personId } = await make('createPersonIdentity')
      return { path: { personId, identityId } }
    }
  }
} satisfies Partial<Samples<'directory'>>

function apiKeySamples ({ clock }: Directory) {
  const path = async ({ make }: World) => ({ keyId: (await make('createApiKey')).id })
  return {
    createApiKey: {
      request: ({ unique }) => ({
        body: {
          name: unique('mail gateway'),
          roles: ['integrator'],
          scopes: ['ticket:read', 'ticket:write'],
          expiresAt: formatInstant(clock.now() + dayMicros)
        }
      })
    },
    listApiKeys: {
      async request ({ make }) {
        await make('createApiKey')
        return {}
      }
    },
    getApiKey: { request: async (world) => ({ path: await path(world) }) },
    rotateApiKey: {
      request: async (world) => ({ path: await path(world), body: { overlapSeconds: 3_600 } }),
      answers: {
        async api_key_over (world) {
          const { keyId } = await path(world)
          await world.make('revokeApiKey', {}, { keyId })
          return { path: { keyId }, body: { overlapSeconds: 0 } }
        }
      }
    },
    revokeApiKey: { request: async (world) => ({ path: await path(world) }) },
    getCurrentApiKey: { request: () => ({}), withoutDatabase: true }
  } satisfies Partial<Samples<'directory'>>
}

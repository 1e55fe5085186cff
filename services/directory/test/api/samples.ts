import { deadLetterSamples, type Samples, type SampleWorld } from '@dueline/testkit'
import { credentialSamples } from './credential-samples.ts'
import type { startDirectory } from './harness.ts'
import { organizationSamples } from './organization-samples.ts'

type World = SampleWorld<'directory'>
type Directory = Awaited<ReturnType<typeof startDirectory>>

/** How each operation of the service is called rightly. */
export function samples (service: Directory): Samples<'directory'> {
  const { person, calendar } = service
  return {
    ...organizationSamples(service),
    ...credentialSamples(service),
    ...levelSamples(),
    ...peopleSamples(),
    ...availabilitySamples(),
    ...absenceSamples(),
    ...deadLetterSamples('Directory', service)
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
      importPeople: {
        request: ({ unique }) => ({ body: `externalId,role,name\n${unique('row')},agent,Anna\n` })
      },
      exportPeople: { request: () => ({}) },
      getMe: { request: () => ({}) }
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
}

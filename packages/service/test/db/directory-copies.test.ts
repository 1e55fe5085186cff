// What services know of teams and responsibilities, on a real Postgres.
import type { TeamSnapshot } from '@dueline/contracts'
import { testDatabase, testEvent } from '@dueline/testkit'
import t from 'tap'
import { directoryCopyMigrations, onDirectoryChanged, readInChargeCopies, type CopiedType } from '../../src/index.ts'
import type { DuelineEvent } from '@dueline/contracts'

const id = (last: string): string => `01900000-0000-7000-8000-0000000000${last}`
const [facilities, network, product, module_, lead] = ['a1', 'a2', 'b1', 'b2', 'c1'].map(id) as [
  string,
  string,
  string,
  string,
  string
]

function team (change: Partial<TeamSnapshot>, tenantId = 'acme', deleted = false): DuelineEvent<CopiedType> {
  const whole: TeamSnapshot = {
    id: facilities,
    name: 'Facilities',
    leadId: lead,
    memberIds: [],
    calendarId: null,
    productIds: [],
    moduleIds: [],
    active: true,
    version: 1,
    ...change
  }
  return testEvent('dueline.team.changed.v1', { team: whole, deleted }, { tenantid: tenantId }) as DuelineEvent<
    CopiedType
  >
}

t.test('copies of the directory', async (t) => {
  const { database } = await testDatabase(t, { schema: 'service', sources: [directoryCopyMigrations] })
  const save = async (...events: Array<DuelineEvent<CopiedType>>): Promise<void> =>
    await database.tx(async (tx) => await onDirectoryChanged(tx, events))
  const names = async (ticket: object, tenantId = 'acme'): Promise<string[]> => {
    const all = await readInChargeCopies(database.read, [{ tenantId, ticket: { productId: null, ...ticket } }])
    return (all.get(tenantId)?.teams ?? []).map(({ name }) => name)
  }

  await t.test('of each thing the newest stays, whatever order its events come in', async (t) => {
    await save(team({ name: 'Third', version: 3 }), team({ name: 'Second', version: 2 }))
    await save(team({ name: 'First' }))
    const of = async (): Promise<string[]> => await names({ teamId: facilities })
    t.same(await of(), ['Third'])
    await save(team({ name: 'Facilities', version: 4 }), team({ name: 'Facilities', version: 4 }))
    t.same(await of(), ['Facilities'])
  })

  await t.test('a team is found by its id, its name, and what it covers; of its own tenant only', async (t) => {
    await save(team({ id: network, name: 'Network', productIds: [product], moduleIds: [module_] }))
    await save(team({ name: 'Other facilities' }, 'other'))
    t.same(await names({ teamId: facilities }), ['Facilities'])
    t.same(await names({ teamId: ' FACILITIES' }), ['Facilities'])
    t.same(await names({ teamId: facilities }, 'other'), ['Other facilities'])
    t.same(await names({ teamId: 'facilities' }, 'other'), [])
    t.same(await names({ productId: product }), ['Network'])
    t.same(await names({ moduleId: module_, teamId: facilities }), ['Facilities', 'Network'])
    t.same(await names({ productId: product }, 'other'), [])
    t.same(await names({}), [])
    t.same([...await readInChargeCopies(database.read, [])], [])
  })

  await t.test('who is responsible for a product or module, with the team that is, until it is deleted', async (t) => {
    const responsibility = (change: object, deleted = false, version = 1): DuelineEvent<CopiedType> =>
      testEvent('dueline.responsibility.changed.v1', {
        responsibility: {
          id: id('d1'),
          productId: null,
          moduleId: null,
          personId: null,
          teamId: null,
          version,
          ...change
        },
        deleted
      }, { tenantid: 'acme' }) as DuelineEvent<CopiedType>
    const of = async (ticket: object): Promise<unknown> => {
      const all = await readInChargeCopies(database.read, [{
        tenantId: 'acme',
        ticket: { productId: null, ...ticket }
      }])
      const { teams = [], responsibilities = [] } = all.get('acme') ?? {}
      return [teams.map(({ name }) => name), responsibilities.map(({ personId, teamId }) => personId ?? teamId)]
    }
    const other = id('b9')
    await save(responsibility({ productId: other, personId: lead }))
    t.same(await of({ productId: other }), [[], [lead]])
    t.same(await of({ moduleId: other }), [[], [lead]], 'ids of products and modules are never the same')
    await save(responsibility({ id: id('d2'), moduleId: other, teamId: facilities }))
    t.same(await of({ moduleId: other }), [['Facilities'], [lead, facilities]])
    await save(responsibility({ productId: other, personId: lead }, true, 2))
    t.same(await of({ moduleId: other }), [['Facilities'], [facilities]])
  })

  await t.test('a deleted team covers nothing', async (t) => {
    await save(team({ id: network, name: 'Network', productIds: [product], active: false, version: 2 }, 'acme', true))
    t.same(await names({ productId: product }), [])
  })
})

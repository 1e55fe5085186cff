// What services know of teams and responsibilities, on a real Postgres.
import type { TeamSnapshot } from '@dueline/contracts'
import { testDatabase, testEvent } from '@dueline/testkit'
import t from 'tap'
import {
  directoryCopyMigrations,
  onDirectoryChanged,
  readDirectoryCopies,
  readInChargeCopies,
  type CopiedType
} from '../../src/index.ts'
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
    const of = async (): Promise<unknown> =>
      (await readDirectoryCopies<TeamSnapshot>(database.read, 'team', [{ tenantId: 'acme', id: facilities }]))
        .map(({ snapshot }) => snapshot.name)
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

  await t.test('a deleted team covers nothing', async (t) => {
    await save(team({ id: network, name: 'Network', productIds: [product], active: false, version: 2 }, 'acme', true))
    t.same(await names({ productId: product }), [])
  })
})

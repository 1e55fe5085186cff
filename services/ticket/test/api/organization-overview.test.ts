// How the whole organization stands, by product and by team, and who sees it.
import { formatInstant } from '@dueline/business-time'
import { systemIds } from '@dueline/runtime'
import { directoryCopyRow, saveDirectoryCopies } from '@dueline/service'
import t from 'tap'
import { saveItems } from '../../src/store/catalogue-store.ts'
import { other, people, start, startTicket, teams, tenant } from './harness.ts'
import { clockChanged, publish } from './sla-events.ts'

const { agent, second, manager, customer, admin } = people
const nothing = {
  openTickets: 0,
  unassigned: 0,
  points: 0,
  atRiskClocks: 0,
  breachedClocks: 0,
  openEscalations: 0
}
const [printer, paper, tray] = Array.from({ length: 3 }, () => systemIds.next()) as [string, string, string]

t.test('overviews of the organization', async (t) => {
  const service = await startTicket(t)
  const { call, database, person, post } = service
  const ceo = await person({ role: 'ceo' })
  const base = { tenantId: tenant, active: true, version: 1, moduleId: null }
  await saveItems(database.read, [
    { ...base, id: printer, kind: 'product', name: 'Printer', productId: null },
    { ...base, id: paper, kind: 'product', name: 'Paper', productId: null },
    { ...base, id: tray, kind: 'module', name: 'Tray', productId: printer }
  ])
  const responsible = (fields: object, deleted = false) => {
    const none = { productId: null, moduleId: null, personId: null, teamId: null }
    return directoryCopyRow(
      tenant,
      'responsibility',
      { ...none, id: systemIds.next(), version: 1, ...fields },
      deleted
    )
  }
  await saveDirectoryCopies(database.read, [
    responsible({ productId: printer, personId: manager.id }),
    responsible({ moduleId: tray, teamId: teams.blue }),
    responsible({ productId: paper, personId: admin.id }, true)
  ])
  const give = async (fields: object) =>
    (await post('/tickets', { subject: 'It smokes', customerId: customer.id, ...fields })).body
  const late = await give({ productId: printer, teamId: teams.blue, priority: 'P0', assigneeId: agent.id })
  await give({ productId: printer, priority: 'P3' })
  await give({ teamId: teams.red, priority: 'P3' })
  await publish(
    service,
    clockChanged(late, { id: systemIds.next(), sequence: 1, warnedAt: formatInstant(start), breachedAt: start })
  )
  const overviewOf = async (id: string, options: Parameters<typeof call>[2] = { as: 'admin' }) =>
    await call('GET', `/people/${id}/organization-overview`, options)
  const two = { people: 2, available: 2, capacityPoints: 40 }
  const burning = { ...nothing, openTickets: 1, points: 4, breachedClocks: 1 }
  const waiting = { ...nothing, openTickets: 1, unassigned: 1, points: 1 }

  await t.test('load against capacity by product and by team, and each person and ticket once in all', async (t) => {
    const { status, body } = await overviewOf(ceo)
    t.equal(status, 200)
    const idle = { people: 0, available: 0, capacityPoints: 0 }
    t.same(body, {
      personId: ceo,
      byProduct: [
        { id: paper, name: 'Paper', ...idle, ...nothing },
        {
          id: printer,
          name: 'Printer',
          people: 3,
          available: 3,
          capacityPoints: 60,
          ...burning,
          openTickets: 2,
          unassigned: 1,
          points: 5
        },
        { id: null, name: null, ...idle, ...waiting }
      ],
      byTeam: [
        { id: teams.blue, name: 'blue', ...two, ...burning },
        { id: teams.red, name: 'red', ...two, ...waiting },
        { id: null, name: null, ...idle, ...waiting }
      ],
      byUnit: [{ id: null, name: null, parentId: null, ...idle, ...burning, openTickets: 3, unassigned: 2, points: 6 }],
      capped: false,
      totals: {
        people: 3,
        available: 3,
        capacityPoints: 60,
        ...burning,
        openTickets: 3,
        unassigned: 2,
        points: 6
      },
      performance: null
    })
  })

  await t.test('ceos and administrators see it, of a ceo or an administrator', async (t) => {
    t.equal((await overviewOf(admin.id, { as: 'second', roles: ['ceo'] })).status, 200)
    for (const id of [manager.id, customer.id, systemIds.next()]) t.equal((await overviewOf(id)).status, 404)
    t.equal((await overviewOf(ceo, { as: 'admin', tenant: other })).status, 404)
    for (const as of ['manager', 'agent', 'customer'] as const) t.equal((await overviewOf(ceo, { as })).status, 403)
  })

  await t.test('who has left carries nothing', async (t) => {
    await service.database.pool.query('update person set active = false, version = 9 where id = $1', [second.id])
    t.match((await overviewOf(ceo)).body, { byTeam: [{ people: 1, capacityPoints: 20 }], totals: { people: 2 } })
  })
})

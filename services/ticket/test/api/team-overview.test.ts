// How the team of a manager stands, and who sees it.
import { formatInstant } from '@dueline/business-time'
import { systemIds } from '@dueline/runtime'
import t from 'tap'
import { other, people, start, startTicket, teams, tenant } from './harness.ts'
import { clockChanged, escalationChanged, HOUR, publish } from './sla-events.ts'

const { agent, second, manager, customer } = people
const nothing = { openTickets: 0, points: 0, atRiskClocks: 0, breachedClocks: 0, openEscalations: 0 }

t.test('overviews of teams', async (t) => {
  const service = await startTicket(t)
  const { call, database, person, post } = service
  const run = async (text: string, ...values: unknown[]): Promise<void> => {
    await database.pool.query(text, [tenant, ...values])
  }
  const chief = await person({ role: 'ceo', screenName: 'Chief' })
  const boss = await person({ role: 'manager', screenName: 'Boss', managerId: chief })
  const below = await person({ role: 'agent', screenName: 'Below', managerId: manager.id })
  const left = await person({ role: 'agent', screenName: 'Left', managerId: below })
  const gone = await person({ role: 'agent', screenName: 'Gone', managerId: below, active: false })
  await person({ role: 'customer', managerId: below })
  await run('update person set manager_id = $2 where tenant_id = $1 and id = $3', boss, manager.id)
  const overviewOf = async (id: string, options: Parameters<typeof call>[2] = { as: 'manager' }) =>
    await call('GET', `/people/${id}/team-overview`, options)
  const give = async (assigneeId: string | null, priority: string) =>
    (await post('/tickets', { subject: 'It smokes', customerId: customer.id, assigneeId, priority })).body

  const late = await give(agent.id, 'P0')
  const warned = await give(agent.id, 'P2')
  await give(left, 'P3')
  await run('update person set active = false where tenant_id = $1 and id = $2', left)
  await give(null, 'P0')
  const done = await give(below, 'P0')
  await run("update ticket set status = 'resolved' where tenant_id = $1 and id = $2", done.id)
  const clockIds = Array.from({ length: 5 }, () => systemIds.next())
  const warnedAt = formatInstant(start)
  const past = { warnedAt, breachedAt: start, sequence: 1 }
  await publish(
    service,
    clockChanged(late, { id: clockIds[0]!, ...past }),
    // what is over, and what staff agreed among themselves, is not counted
    clockChanged(late, { id: clockIds[1]!, ...past, state: 'met', stoppedAt: start }),
    clockChanged(late, { id: clockIds[2]!, ...past, kind: 'ola' }),
    clockChanged(warned, { id: clockIds[3]!, sequence: 1, warnedAt, dueAt: start + HOUR }),
    clockChanged(done, { id: clockIds[4]!, ...past }),
    escalationChanged(late, { id: systemIds.next(), clockId: clockIds[0]!, version: 1 }),
    escalationChanged(late, { id: systemIds.next(), clockId: clockIds[0]!, version: 1, state: 'stopped' }),
    escalationChanged(late, { id: systemIds.next(), clockId: clockIds[1]!, version: 1 })
  )

  await t.test('shows those below in the line and in teams led, with what they have to do', async (t) => {
    const { status, body } = await overviewOf(manager.id)
    t.equal(status, 200)
    const works = { openTickets: 2, points: 6, atRiskClocks: 1, breachedClocks: 1, openEscalations: 1 }
    const here = { role: 'agent', active: true, availability: { state: 'available', reason: 'none' } }
    const away = { role: 'agent', active: false, availability: { state: 'off', reason: 'inactive' } }
    t.same(body, {
      personId: manager.id,
      members: [
        { id: below, screenName: 'Below', ...here, capacityPoints: 20, ...nothing },
        { id: left, screenName: 'Left', ...away, capacityPoints: 0, ...nothing, openTickets: 1, points: 1 },
        { id: agent.id, screenName: agent.screenName, ...here, capacityPoints: 20, ...works },
        { id: second.id, screenName: second.screenName, ...here, capacityPoints: 20, ...nothing }
      ],
      capped: false,
      totals: { members: 4, available: 3, capacityPoints: 60, ...works, openTickets: 3, points: 7 },
      performance: null
    })
    t.notOk(JSON.stringify(body).includes(gone), 'who has left with nothing open is no member')
  })

  await t.test('whoever is above sees it, and has all below in its own', async (t) => {
    const headers = await service.issuer.bearer({ tenant, sub: boss, roles: ['manager'] })
    const asBoss = { as: null, headers } as const
    t.equal((await overviewOf(manager.id, asBoss)).status, 200)
    const { body } = await overviewOf(boss, asBoss)
    t.match(body, { totals: { members: 3, openTickets: 1 } })
    t.ok(body.members.some(({ id }: { id: string }) => id === manager.id))
    t.equal((await overviewOf(chief, asBoss)).status, 404, 'not what is above')
  })

  await t.test('a ceo and an admin see every one; others and other tenants none', async (t) => {
    for (const roles of [['ceo'], ['admin']] as const) {
      t.equal((await overviewOf(manager.id, { as: 'second', roles })).status, 200)
      t.equal((await overviewOf(manager.id, { as: 'second', roles, tenant: other })).status, 404)
      t.equal((await overviewOf(customer.id, { as: 'second', roles })).status, 404, 'no customer has a team')
    }
    t.equal((await overviewOf(manager.id, { as: 'second', roles: ['manager'] })).status, 404)
    t.equal((await overviewOf(systemIds.next())).status, 404)
    for (const as of ['customer', 'agent'] as const) t.equal((await overviewOf(people[as].id, { as })).status, 403)
  })

  await t.test('a team that is not active, and a line that runs in a circle', async (t) => {
    await run('update person set manager_id = $2 where tenant_id = $1 and id = $3', below, manager.id)
    await run(
      `update directory_copy set snapshot = snapshot || '{"active": false}' where tenant_id = $1 and id = any($2)`,
      [teams.blue, teams.red]
    )
    const { status, body } = await overviewOf(manager.id)
    t.equal(status, 200)
    t.same(body.members.map(({ id }: { id: string }) => id), [below, left])
    t.equal((await overviewOf(second.id, { as: 'second', roles: ['manager'] })).body.totals.members, 0)
  })

  await t.test('of more people than are listed it says so', async (t) => {
    const copies = `insert into person
      select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'manager_id', p.id))).*
      from person p, generate_series(1, $3) where p.tenant_id = $1 and p.id = $2`
    await run(copies, agent.id, 500)
    const { body } = await overviewOf(agent.id, { as: 'admin' })
    t.match(body, { capped: false, totals: { members: 500, capacityPoints: 10_000 } })
    await run(copies, agent.id, 1)
    const more = (await overviewOf(agent.id, { as: 'admin' })).body
    t.match(more, { capped: true, totals: { members: 500 } })
    t.same([body.members.length, more.members.length], [500, 500])
  })
})

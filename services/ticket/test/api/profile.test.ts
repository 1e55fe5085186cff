// What a profile shows, and to whom.
import { formatInstant } from '@dueline/business-time'
import t from 'tap'
import { directoryCopyRow, saveDirectoryCopies } from '@dueline/service'
import { people, startTicket, tenant } from './harness.ts'

t.test('profiles of people', async (t) => {
  const service = await startTicket(t)
  const { call, database, open, post } = service
  const run = async (text: string, ...values: unknown[]): Promise<void> => {
    await database.pool.query(text, [tenant, ...values])
  }
  await run('update person set manager_id = $2 where tenant_id = $1 and id = $3', people.manager.id, people.agent.id)
  const profileOf = async (id: string, options: Parameters<typeof call>[2] = {}) =>
    await call('GET', `/people/${id}/profile`, options)
  for (const priority of ['P0', 'P2']) {
    await post('/tickets', { subject: 'Mine', customerId: people.customer.id, priority, assigneeId: people.agent.id })
  }
  const done = await post('/tickets', { subject: 'Done', customerId: people.customer.id, assigneeId: people.agent.id })
  await run("update ticket set status = 'resolved' where tenant_id = $1 and id = $2", done.body.id)
  await open()

  await t.test('one sees all of the own: names, and load by the built-in rules', async (t) => {
    const { status, body } = await profileOf(people.agent.id)
    t.equal(status, 200)
    t.same(body, {
      id: people.agent.id,
      role: 'agent',
      screenName: people.agent.screenName,
      originalName: people.agent.name,
      languages: ['en'],
      managerId: people.manager.id,
      active: true,
      responsibilities: [],
      availability: { state: 'available', reason: 'none', until: null },
      workload: { openTickets: [{ status: 'new', count: 2 }], points: 6, capacityPoints: 20 },
      ratings: null,
      performance: null
    })
  })

  await t.test('all languages are shown, in order; of whom an older release has copied, the one it knew', async (t) => {
    const languages = async () => (await profileOf(people.agent.id)).body.languages
    await service.changePerson(people.agent.id, { language: 'ar', languages: ['ar', 'en'] })
    t.same(await languages(), ['ar', 'en'])
    await run('update person set languages = null where tenant_id = $1')
    t.same(await languages(), ['ar'])
    await service.changePerson(people.agent.id, { language: 'en', languages: ['en'] })
  })

  await t.test('customers see the screen name only', async (t) => {
    const { status, body } = await profileOf(people.agent.id, { as: 'customer' })
    t.equal(status, 200)
    const hidden = { originalName: null, managerId: null, responsibilities: null, workload: null, availability: null }
    t.match(body, { screenName: people.agent.screenName, ...hidden })
    t.notOk(JSON.stringify(body).includes(people.agent.name), 'never the original name')
  })

  await t.test('colleagues see what the directory shows them too, and no workload', async (t) => {
    const callers = [
      { as: 'second' },
      { as: 'second', roles: ['manager'] },
      { as: 'second', roles: ['integrator'] }
    ] as const
    for (const caller of callers) {
      t.match((await profileOf(people.agent.id, caller)).body, {
        originalName: people.agent.name,
        managerId: people.manager.id,
        responsibilities: [],
        availability: { state: 'available' },
        workload: null
      }, JSON.stringify(caller))
    }
    for (const caller of [{ as: 'manager' }, { as: 'admin' }, { as: 'second', roles: ['ceo'] }] as const) {
      t.match((await profileOf(people.agent.id, caller)).body, { workload: { points: 6 } }, JSON.stringify(caller))
    }
    t.match((await profileOf(people.manager.id)).body, { originalName: people.manager.name, workload: null })
  })

  await t.test('customers, the unknown and people of other tenants have no profile', async (t) => {
    t.equal((await profileOf(people.customer.id, { as: 'customer' })).status, 404)
    t.equal((await profileOf('01900000-0000-7000-8000-00000000dead')).status, 404)
    t.equal((await profileOf(people.agent.id, { tenant: 'other', roles: ['admin'] })).status, 404)
  })

  await t.test('responsibility, availability, absence and capacity are those of the directory', async (t) => {
    const [product, deleted] = ['01900000-0000-7000-8000-0000000000d1', '01900000-0000-7000-8000-0000000000d2']
    await saveDirectoryCopies(
      database.read,
      [product, deleted].map((id) => {
        const own = { id, productId: id, moduleId: null, personId: people.agent.id, teamId: null, version: 1 }
        return directoryCopyRow(tenant, 'responsibility', own, id === deleted)
      })
    )
    await run(
      `insert into capacity_rules (tenant_id, points, default_capacity_points, version)
       values ($1, '{"P0": 10, "P1": 1, "P2": 1, "P3": 1}', 30, 1)`
    )
    await run(
      `insert into absence (tenant_id, id, person_id, starts_at, ends_at, deleted, version)
       values ($1, $2, $3, $4::timestamptz - interval '1 hour', $4::timestamptz + interval '1 hour', false, 1)`,
      product,
      people.agent.id,
      service.now()
    )
    t.match((await profileOf(people.agent.id)).body, {
      responsibilities: [{ productId: product, moduleId: null }],
      availability: { state: 'away', reason: 'absence', until: null },
      workload: { points: 11, capacityPoints: 30 }
    })
    const until = formatInstant(4_102_444_800_000_000)
    await run(
      `insert into availability (tenant_id, person_id, state, until, capacity_points, version)
       values ($1, $2, 'busy', $3, 5, 1)`,
      people.agent.id,
      until
    )
    t.match((await profileOf(people.agent.id)).body, {
      availability: { state: 'busy', reason: 'set', until },
      workload: { capacityPoints: 5 }
    })
  })
})

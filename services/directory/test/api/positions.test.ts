import t from 'tap'
import { faultsOf, startDirectory } from './harness.ts'

t.test('where people stand, and who is above them', async (t) => {
  const { call, person, outbox } = await startDirectory(t)
  const ann = await person({ screenName: 'Ann' })
  const max = await person({ role: 'manager', screenName: 'Max' })
  const eve = await person({ role: 'ceo', screenName: 'Eve' })
  const path = (id: string) => `/people/${id}/position`
  const none = { managerId: null, level: null, unitId: null, version: 0, updatedAt: null }
  t.match(await call('GET', path(ann), { as: 'agent' }), { status: 200, etag: '"0"', body: { personId: ann, ...none } })
  t.match((await call('GET', `/people/${ann}/reporting-line`)).body, { level: null, line: [], nextLevelUp: null })

  const put = async (id: string, body: object, ifMatch = '"0"') => await call('PATCH', path(id), { body, ifMatch })
  t.match(await put(ann, { managerId: max, level: 'support-executive' }), { status: 200, etag: '"1"' })
  await put(max, { managerId: eve, level: 'support-executive' })
  await put(eve, { level: 'ceo' })
  t.match(await put(ann, { managerId: max }, '"1"'), { status: 200, etag: '"1"' }, 'nothing changed')
  t.equal((await put(ann, { managerId: eve })).status, 412)
  t.match((await call('GET', path(ann))).body, {
    personId: ann,
    managerId: max,
    level: 'support-executive',
    version: 1
  })

  const { body } = await call('GET', `/people/${ann}/reporting-line`, { as: 'agent' })
  t.match(body, {
    personId: ann,
    level: { key: 'support-executive', name: 'Support executive', role: 'agent' },
    line: [
      { personId: max, screenName: 'Max', role: 'manager', active: true, level: { key: 'support-executive' } },
      { personId: eve, screenName: 'Eve', role: 'ceo', active: true, level: { name: 'CEO' } }
    ],
    nextLevelUp: eve
  }, 'a manager at the same level is no level up')
  const reports = (await call('GET', `/positions?managerId=${max}`)).body
  t.same([reports.items.map(({ personId }: any) => personId), reports.nextCursor], [[ann], null])
  t.same((await call('GET', '/positions?level=ceo')).body.items.map(({ personId }: any) => personId), [eve])
  t.same((await call('GET', '/positions', { tenant: 'globex' })).body.items, [])
  t.same(
    (await outbox()).map(({ type, subject, sequence, data }) => [type, subject, sequence, data.position.managerId]),
    [
      ['dueline.position.changed.v1', `person/${ann}`, 1, max],
      ['dueline.position.changed.v1', `person/${max}`, 1, eve],
      ['dueline.position.changed.v1', `person/${eve}`, 1, null]
    ]
  )
})

t.test('what cannot be is refused: unknown people, customers, cycles, levels that are not there', async (t) => {
  const { call, person, ids } = await startDirectory(t)
  const [ann, max, eve] = [await person(), await person({ role: 'manager' }), await person({ role: 'ceo' })]
  const path = (id: string) => `/people/${id}/position`
  const patch = async (id: string, body: object) => await call('PATCH', path(id), { body, ifMatch: '*' })
  const managerFault = async (id: string, managerId: string) => faultsOf(await patch(id, { managerId }))
  t.same(await managerFault(ann, ids.next()), ['/managerId no such person'])
  t.same(await managerFault(ann, await person({ tenantId: 'globex' })), ['/managerId no such person'])
  t.same(await managerFault(ann, await person({ role: 'customer' })), ['/managerId is a customer'])
  t.same(await managerFault(ann, await person({ active: false })), ['/managerId is not active'])
  await patch(ann, { managerId: max })
  await patch(max, { managerId: eve })
  const closes = ['/managerId would close a cycle in the reporting line']
  t.same([await managerFault(ann, ann), await managerFault(max, ann), await managerFault(eve, ann)], [
    closes,
    closes,
    closes
  ])
  t.same(faultsOf(await patch(ann, { level: 'director' })), [
    '/level must be the key of a level: customer, support-executive, manager, ceo'
  ])
  for (const body of [{}, { level: 'A B' }, { managerId: 'me' }, { unit: 'x' }]) {
    t.equal((await patch(ann, body)).status, 400, JSON.stringify(body))
  }
  t.equal((await call('PATCH', path(ann), { body: { level: 'ceo' } })).status, 428)
  const outsider = await person({ tenantId: 'globex' })
  for (const id of [ids.next(), outsider]) {
    t.equal((await patch(id, { level: 'ceo' })).status, 404)
    t.equal((await call('GET', path(id))).status, 404)
    t.equal((await call('GET', `/people/${id}/reporting-line`)).status, 404)
  }
})

t.test('a level at which somebody is cannot be taken away', async (t) => {
  const { call, person } = await startDirectory(t)
  const ann = await person()
  await call('PATCH', `/people/${ann}/position`, { body: { level: 'support-executive' }, ifMatch: '*' })
  const put = async (body: object) => await call('PUT', '/levels', { body, ifMatch: '*' })
  t.match(await put({ preset: 'hospital' }), {
    status: 409,
    body: { code: 'level_in_use', levels: ['support-executive'] }
  })
  const levels = [{ key: 'support-executive', name: 'Agent', role: 'agent' }]
  t.match(await put({ levels }), { status: 200 }, 'a new name is none of it')
  const { body } = await call('GET', `/people/${ann}/reporting-line`)
  t.match(body.level, { name: 'Agent' })
})

t.test('whoever changes reporting lines at once, no cycle comes of it', async (t) => {
  const { call, person, database } = await startDirectory(t)
  const people = await Promise.all(Array.from({ length: 6 }, async () => await person({ role: 'manager' })))
  let accepted = 0
  let refused = 0
  // everybody under the next one, at once: the last change accepted would close the circle
  for (let round = 0; round < 30; round++) {
    const step = 1 + round % (people.length - 1)
    const answers = await Promise.all(people.map(async (id, index) =>
      await call('PATCH', `/people/${id}/position`, {
        body: { managerId: people[(index + step) % people.length] },
        ifMatch: '*'
      })
    ))
    accepted += answers.filter(({ status }) => status === 200).length
    refused += answers.filter(({ status }) => status === 400).length
    t.equal(answers.filter(({ status }) => status !== 200 && status !== 400).length, 0)
    const { rows } = await database.pool.query<{ person_id: string }>(`
      with recursive line (start, at) as (
        select person_id, manager_id from position where manager_id is not null
        union
        select l.start, p.manager_id from line l join position p on p.person_id = l.at where p.manager_id is not null
      ) select start as person_id from line where start = at`)
    t.same(rows, [], `no cycle after round ${round}`)
  }
  t.ok(accepted > 30 && refused > 30, `${accepted} accepted, ${refused} refused`)
})

import t from 'tap'
import { faultsOf, startDirectory } from './harness.ts'

t.test('where people stand, and who is above them', async (t) => {
  const { call, person, outbox } = await startDirectory(t)
  const ann = await person({ screenName: 'Ann' })
  const max = await person({ role: 'manager', screenName: 'Max' })
  const eve = await person({ role: 'ceo', screenName: 'Eve' })
  const path = (id: string) => `/people/${id}`
  t.match((await call('GET', path(ann), { as: 'agent' })).body, { managerId: null, level: null, unitId: null })
  t.match((await call('GET', `/people/${ann}/reporting-line`)).body, { level: null, line: [], nextLevelUp: null })

  const levels = [
    { key: 'agent', name: 'Agent', role: 'agent' },
    { key: 'lead', name: 'Lead', role: 'manager' },
    { key: 'head', name: 'Head', role: 'manager' },
    { key: 'ceo', name: 'CEO', role: 'ceo' }
  ]
  await call('PUT', '/levels', { body: { levels }, ifMatch: '*' })
  const put = async (id: string, body: object, ifMatch = '"1"') => await call('PATCH', path(id), { body, ifMatch })
  t.match(await put(ann, { managerId: max, level: 'agent' }), { status: 200, etag: '"2"' })
  await put(max, { managerId: eve, level: 'lead' })
  await put(eve, { level: 'ceo' })
  t.match(await put(ann, { managerId: max }, '"2"'), { status: 200, etag: '"2"' }, 'nothing changed')
  t.equal((await put(ann, { managerId: eve })).status, 412)
  t.match((await call('GET', path(ann))).body, { id: ann, managerId: max, level: 'agent', version: 2 })

  const { body } = await call('GET', `/people/${ann}/reporting-line`, { as: 'agent' })
  t.match(body, {
    personId: ann,
    level: { key: 'agent', name: 'Agent', role: 'agent' },
    line: [
      { personId: max, screenName: 'Max', role: 'manager', active: true, level: { key: 'lead' } },
      { personId: eve, screenName: 'Eve', role: 'ceo', active: true, level: { name: 'CEO' } }
    ],
    nextLevelUp: max
  })
  const second = await person({ role: 'manager', managerId: max, level: 'lead' })
  const peers = (await call('GET', `/people/${second}/reporting-line`)).body
  t.equal(peers.nextLevelUp, eve, 'a manager at the same level is no level up')
  const idsOf = async (query: string) => (await call('GET', `/people?${query}`)).body.items.map(({ id }: any) => id)
  t.same(await idsOf(`managerId=${max}&level=agent`), [ann])
  t.same(await idsOf('level=ceo'), [eve])
  t.same((await call('GET', '/people?level=ceo', { tenant: 'globex' })).body.items, [])
  const changes = (await outbox()).filter(({ type }) => type === 'dueline.person.changed.v1')
  t.same(
    changes.map(({ subject, sequence, data: { person: { managerId, level } } }) => [
      subject,
      sequence,
      managerId,
      level
    ]),
    [
      [`person/${ann}`, 2, max, 'agent'],
      [`person/${max}`, 2, eve, 'lead'],
      [`person/${eve}`, 2, null, 'ceo']
    ]
  )
})

t.test('what cannot be is refused: unknown people, customers, cycles, levels that are not there', async (t) => {
  const { call, person, ids } = await startDirectory(t)
  const [ann, max, eve] = [await person(), await person({ role: 'manager' }), await person({ role: 'ceo' })]
  const patch = async (id: string, body: object) => await call('PATCH', `/people/${id}`, { body, ifMatch: '*' })
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
  const add = async (body: object) => await call('POST', '/people', { body: { role: 'agent', name: 'New', ...body } })
  const all = { managerId: ids.next(), level: 'director', unitId: ids.next() }
  t.same(faultsOf(await add(all)).map((fault) => fault.split(' ')[0]), ['/managerId', '/level', '/unitId'])
  const outsider = await person({ tenantId: 'globex' })
  for (const id of [ids.next(), outsider]) {
    t.equal((await patch(id, { level: 'ceo' })).status, 404)
    t.equal((await call('GET', `/people/${id}/reporting-line`)).status, 404)
  }
})

t.test('a level stands for the role of who is at it', async (t) => {
  const { call, person } = await startDirectory(t)
  const [ann, carl, ada] = [await person(), await person({ role: 'customer' }), await person({ role: 'admin' })]
  const patch = async (id: string, body: object) => await call('PATCH', `/people/${id}`, { body, ifMatch: '*' })
  t.same(faultsOf(await patch(ann, { level: 'manager' })), [
    '/level is a level of the role manager, and the role of the person is agent'
  ])
  t.match(await patch(carl, { level: 'customer' }), { status: 200 })
  t.match(faultsOf(await patch(carl, { level: 'support-executive' })), [/role agent, .* is customer/])
  for (const level of ['support-executive', 'manager', 'ceo']) {
    t.match(await patch(ada, { level }), { status: 200 }, 'whose role no level stands for is at any of the staff')
  }
  t.match(faultsOf(await patch(ada, { level: 'customer' })), [/role customer/])
  await patch(ann, { level: 'support-executive' })
  t.match(faultsOf(await patch(ann, { role: 'manager' })), [/^\/level is a level of the role agent/])
  t.match(await patch(ann, { role: 'manager', level: 'manager' }), { status: 200, body: { level: 'manager' } })
})

t.test('a level at which somebody is cannot be taken away', async (t) => {
  const { call, person } = await startDirectory(t)
  const ann = await person()
  await call('PATCH', `/people/${ann}`, { body: { level: 'support-executive' }, ifMatch: '*' })
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
      await call('PATCH', `/people/${id}`, {
        body: { managerId: people[(index + step) % people.length] },
        ifMatch: '*'
      })
    ))
    accepted += answers.filter(({ status }) => status === 200).length
    refused += answers.filter(({ status }) => status === 400).length
    t.equal(answers.filter(({ status }) => status !== 200 && status !== 400).length, 0)
    const { rows } = await database.pool.query<{ start: string }>(`
      with recursive line (start, at) as (
        select id, manager_id from person where manager_id is not null
        union
        select l.start, p.manager_id from line l join person p on p.id = l.at where p.manager_id is not null
      ) select start from line where start = at`)
    t.same(rows, [], `no cycle after round ${round}`)
  }
  t.ok(accepted > 30 && refused > 30, `${accepted} accepted, ${refused} refused`)
})

t.test('who has become a customer is passed over', async (t) => {
  const { call, person } = await startDirectory(t)
  const eve = await person({ role: 'ceo' })
  const max = await person({ role: 'manager', managerId: eve })
  const ann = await person({ managerId: max })
  const line = async () => {
    const { body } = await call('GET', `/people/${ann}/reporting-line`)
    return [body.line.map(({ personId }: { personId: string }) => personId), body.nextLevelUp]
  }
  t.same(await line(), [[max, eve], max])
  t.equal((await call('PATCH', `/people/${max}`, { body: { role: 'customer' }, ifMatch: '"1"' })).status, 200)
  t.same(await line(), [[eve], eve])
})

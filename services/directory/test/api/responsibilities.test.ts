import t from 'tap'
import { faultsOf, startDirectory } from './harness.ts'

t.test('who is responsible for what is said, listed and taken back, and each is announced', async (t) => {
  const { call, person, item, outbox } = await startDirectory(t)
  const [ann, product, module] = [await person(), await item('product'), await item('module')]
  const team = (await call('POST', '/teams', { body: { name: 'Printers' } })).body.id
  const add = async (body: object) => await call('POST', '/responsibilities', { body, as: 'manager' })
  const first = await add({ productId: product, teamId: team })
  t.match(first, { status: 201, etag: '"1"', headers: { location: `/v1/responsibilities/${first.body.id}` } })
  t.match(first.body, { productId: product, moduleId: null, personId: null, teamId: team, version: 1 })
  const path = `/responsibilities/${first.body.id}`
  t.same((await call('GET', path, { as: 'agent' })).body, first.body)
  const second = await add({ moduleId: module, personId: ann })
  const third = await add({ productId: product, personId: ann })
  const idsBy = async (query: string) =>
    (await call('GET', `/responsibilities?${query}`, { as: 'agent' })).body.items.map(({ id }: { id: string }) => id)
  const [one, two, three] = [first, second, third].map(({ body }) => body.id)
  t.same(await idsBy(''), [one, two, three])
  t.same(await idsBy(`productId=${product}`), [one, three])
  t.same(await idsBy(`productId=${product}&personId=${ann}`), [three])
  t.same(await idsBy(`moduleId=${module}`), [two])
  t.same(await idsBy(`teamId=${team}`), [one])

  t.match(await add({ productId: product, teamId: team }), { status: 409, body: { code: 'responsibility_exists' } })
  t.match(await call('DELETE', `/teams/${team}`), { status: 409, body: { code: 'team_in_use' } })
  t.equal((await call('DELETE', path)).status, 204)
  t.equal((await call('GET', path)).status, 404)
  t.equal((await add({ productId: product, teamId: team })).status, 201, 'it can be said again')

  const events = (await outbox()).filter(({ subject }) => subject === `responsibility/${one}`)
  const said = { id: one, productId: product, moduleId: null, personId: null, teamId: team }
  t.same(events.map(({ type, sequence, data }) => [type, sequence, data]), [
    ['dueline.responsibility.changed.v1', 1, { responsibility: { ...said, version: 1 }, deleted: false }],
    ['dueline.responsibility.changed.v1', 2, { responsibility: { ...said, version: 2 }, deleted: true }]
  ])
})

t.test('exactly one of each, there, active, of the staff and of the tenant', async (t) => {
  const { call, person, item, ids } = await startDirectory(t)
  const [ann, product, module] = [await person(), await item('product'), await item('module')]
  const team = (await call('POST', '/teams', { body: { name: 'Printers' } })).body.id
  const gone = (await call('POST', '/teams', { body: { name: 'Faxes', active: false } })).body.id
  const faults = async (body: object) => faultsOf(await call('POST', '/responsibilities', { body }))
  t.same(await faults({}), [
    '/productId is required, or moduleId in its place',
    '/personId is required, or teamId ' +
    'in its place'
  ])
  t.same(await faults({ productId: null, personId: ann }), ['/productId is required, or moduleId in its place'])
  t.same(await faults({ productId: product, moduleId: module, personId: ann, teamId: team }), [
    '/moduleId must not stand beside productId: make two responsibilities',
    '/teamId must not stand beside personId: make two responsibilities'
  ])
  t.same(await faults({ productId: module, personId: await person({ role: 'customer' }) }), [
    '/productId no such product',
    '/personId is a customer'
  ])
  const elsewhere = { tenantId: 'globex' }
  t.same(await faults({ moduleId: await item('module', elsewhere), personId: await person(elsewhere) }), [
    '/moduleId no such module',
    '/personId no such person'
  ])
  t.same(
    await faults({ moduleId: await item('module', { active: false }), personId: await person({ active: false }) }),
    [
      '/moduleId the module is not active',
      '/personId is not active'
    ]
  )
  t.same(await faults({ moduleId: module, teamId: ids.next() }), ['/teamId no such team'])
  t.same(await faults({ moduleId: module, teamId: gone }), ['/teamId is not active'])
  const foreign = (await call('POST', '/teams', { body: { name: 'Printers' }, tenant: 'globex' })).body.id
  t.same(await faults({ moduleId: module, teamId: foreign }), ['/teamId no such team'])
  t.same((await call('GET', '/responsibilities')).body.items, [], 'nothing was stored')
  for (const as of ['customer', 'agent'] as const) {
    t.equal((await call('POST', '/responsibilities', { body: { moduleId: module, personId: ann }, as })).status, 403)
  }
  t.equal((await call('GET', `/responsible?moduleId=${module}`, { as: 'customer' })).status, 403)
})

t.test('of several who make the same at once, one does', async (t) => {
  const { call, person, item, outbox } = await startDirectory(t)
  const body = { moduleId: await item('module'), personId: await person() }
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => await call('POST', '/responsibilities', { body }))
  )
  t.same(answers.map(({ status }) => status).sort(), [201, ...Array.from({ length: 7 }, () => 409)])
  t.equal((await outbox()).length, 1)
})

t.test('a team that is deleted while it is made responsible: one of the two, never both', async (t) => {
  const { call, item } = await startDirectory(t)
  const moduleId = await item('module')
  for (let round = 0; round < 10; round++) {
    const teamId = (await call('POST', '/teams', { body: { name: `Team ${round}` } })).body.id
    const [made, deleted] = await Promise.all([
      call('POST', '/responsibilities', { body: { moduleId, teamId } }),
      call('DELETE', `/teams/${teamId}`)
    ])
    t.match([made.status, deleted.status].join(' '), /^(201 409|400 204)$/)
  }
})

t.test('who is responsible: module first, else product, and which manager', async (t) => {
  const { call, person, item } = await startDirectory(t)
  const [productId, moduleId] = [await item('product'), await item('module')]
  const boss = await person({ role: 'manager', screenName: 'Boss' })
  const eve = await person({ role: 'ceo', screenName: 'Eve' })
  const [ann, bob] = [await person(), await person({ screenName: 'Bob' })]
  for (const [id, managerId] of [[ann, bob], [bob, boss], [boss, eve]] as const) {
    await call('PATCH', `/people/${id}`, { body: { managerId }, ifMatch: '*' })
  }
  const team = (await call('POST', '/teams', { body: { name: 'Printers', leadId: eve } })).body.id
  const add = async (body: object) => (await call('POST', '/responsibilities', { body })).body.id
  const ask = async (query: string) => (await call('GET', `/responsible?${query}`, { as: 'agent' })).body
  const both = `productId=${productId}&moduleId=${moduleId}`
  t.same(await ask(both), { scope: null, people: [], teams: [], managerId: null })

  await add({ productId, teamId: team })
  const ofProduct = { scope: 'product', people: [], teams: [{ teamId: team, name: 'Printers', leadId: eve }] }
  t.same(await ask(both), { ...ofProduct, managerId: eve }, 'who leads the team')
  const own = await add({ moduleId, personId: ann })
  const ofModule = { scope: 'module', people: [{ personId: ann, screenName: 'Ann', role: 'agent' }], teams: [] }
  t.same(await ask(both), { ...ofModule, managerId: boss }, 'the first manager above, not the first person')
  t.same(await ask(`moduleId=${moduleId}`), { ...ofModule, managerId: boss })
  t.match(await ask(`productId=${productId}`), ofProduct)
  await add({ moduleId, personId: boss })
  t.match(await ask(both), { people: [{ personId: ann }, { personId: boss }], managerId: boss })
  await call('DELETE', `/responsibilities/${own}`)
  t.match(await ask(both), { people: [{ personId: boss }], managerId: boss }, 'a manager itself')

  const faults = faultsOf(await call('GET', '/responsible'))
  t.same(faults, ['/moduleId is required, or productId, or both'])
  t.equal((await call('GET', '/responsible?moduleId=printers')).status, 400)
  t.match(await call('GET', `/responsible?${both}`, { tenant: 'globex' }), { body: { scope: null } })

  await call('PATCH', `/people/${boss}`, { body: { active: false }, ifMatch: '*' })
  t.same(await ask(both), { ...ofProduct, managerId: eve }, 'who has left is responsible no more')
  await call('PATCH', `/teams/${team}`, { body: { active: false }, ifMatch: '*' })
  t.match(await ask(both), { scope: null, teams: [] })
})

t.test('a responsible person who has become a customer is passed over', async (t) => {
  const { call, person, item } = await startDirectory(t)
  const [max, ann] = [await person({ role: 'manager' }), await person()]
  const [product, module] = [await item('product'), await item('module')]
  await call('POST', '/responsibilities', { body: { moduleId: module, personId: max } })
  await call('POST', '/responsibilities', { body: { productId: product, personId: ann } })
  const answer = async () => (await call('GET', `/responsible?productId=${product}&moduleId=${module}`)).body
  t.match(await answer(), { scope: 'module', people: [{ personId: max }], managerId: max })
  await call('PATCH', `/people/${max}`, { body: { role: 'customer' }, ifMatch: '"1"' })
  const { scope, people, managerId } = await answer()
  t.same([scope, people.map((each: { personId: string }) => each.personId), managerId], ['product', [ann], null])
  await call('PATCH', `/people/${ann}`, { body: { role: 'customer' }, ifMatch: '"1"' })
  t.match(await answer(), { scope: null, people: [], managerId: null })
})

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { faultsOf, startDirectory, tenant, weekdays } from './harness.ts'

t.test('a team is made, read, listed, changed and deleted, and each change is announced', async (t) => {
  const { call, person, item, calendar, outbox } = await startDirectory(t)
  const [lead, ann, bob] = [await person({ role: 'manager' }), await person(), await person()]
  const [product, module, calendarId] = [await item('product'), await item('module'), await calendar()]
  const made = await call('POST', '/teams', {
    body: {
      name: ' Printers ',
      leadId: lead,
      memberIds: [ann, bob],
      calendarId,
      productIds: [product],
      moduleIds: [module]
    }
  })
  t.match(made, { status: 201, etag: '"1"', headers: { location: `/v1/teams/${made.body.id}` } })
  t.match(made.body, { name: 'Printers', leadId: lead, memberIds: [ann, bob], calendarId, active: true, version: 1 })
  const path = `/teams/${made.body.id}`
  t.same((await call('GET', path, { as: 'agent' })).body, made.body)

  const plain = await call('POST', '/teams', { body: { name: 'Scanners' }, as: 'manager' })
  t.match(plain.body, { leadId: null, memberIds: [], calendarId: null, productIds: [], moduleIds: [], active: true })
  const idsBy = async (query: string) =>
    (await call('GET', `/teams?${query}`, { as: 'agent' })).body.items.map(({ id }: { id: string }) => id)
  t.same(await idsBy(''), [made.body.id, plain.body.id], 'the oldest first')
  for (const query of [`q=RINT`, `leadId=${lead}`, `memberId=${bob}`, `productId=${product}`, `moduleId=${module}`]) {
    t.same(await idsBy(query), [made.body.id], query)
  }
  const first = await call('GET', '/teams?limit=1')
  t.same((await call('GET', `/teams?limit=1&cursor=${first.body.nextCursor}`)).body.items, [plain.body])

  const changed = await call('PATCH', path, { body: { memberIds: [bob], leadId: null }, ifMatch: '"1"' })
  t.match(changed, { status: 200, etag: '"2"', body: { memberIds: [bob], leadId: null, name: 'Printers', version: 2 } })
  t.match(await call('PATCH', path, { body: { memberIds: [bob] }, ifMatch: '"2"' }), { status: 200, etag: '"2"' })
  t.equal((await call('DELETE', path)).status, 204)
  t.equal((await call('GET', path)).status, 404)
  t.equal((await call('DELETE', path)).status, 404)

  const events = (await outbox()).filter(({ subject }) => subject === `team/${made.body.id}`)
  t.same(
    events.map(({ type, sequence, data }) => [type, sequence, data.team.version, data.team.active, data.deleted]),
    [
      ['dueline.team.changed.v1', 1, 1, true, false],
      ['dueline.team.changed.v1', 2, 2, true, false],
      ['dueline.team.changed.v1', 3, 3, false, true]
    ],
    'what changes nothing is no event'
  )
  t.same(events[1]!.data.team.memberIds, [bob])
})

t.test('what a team names must be there, active and of the tenant', async (t) => {
  const { call, person, item, calendar, ids } = await startDirectory(t)
  const elsewhere = { tenantId: 'globex' }
  const body = {
    name: 'Wrong',
    leadId: await person({ role: 'customer' }),
    memberIds: [await person(), await person(elsewhere), await person({ active: false }), ids.next()],
    calendarId: await calendar('globex'),
    productIds: [await item('module'), await item('product', elsewhere)],
    moduleIds: [await item('module'), await item('module', { active: false }), await item('question')]
  }
  const refused = await call('POST', '/teams', { body })
  t.match(refused, { status: 400, body: { code: 'validation_failed' } })
  t.same(faultsOf(refused), [
    '/leadId is a customer',
    '/memberIds/1 no such person',
    '/memberIds/2 is not active',
    '/memberIds/3 no such person',
    '/calendarId no such calendar',
    '/productIds/0 no such product',
    '/productIds/1 no such product',
    '/moduleIds/1 the module is not active',
    '/moduleIds/2 no such module'
  ])
  const faults = async (change: object) => faultsOf(await call('POST', '/teams', { body: { name: 'X', ...change } }))
  t.match(await faults({ name: ' ' }), [/^\/name /])
  t.match(await faults({ name: 'two\nlines' }), [/^\/name /])
  t.match(await faults({ queue: 1 }), [/queue/], 'an unknown field')
  const [twice] = body.memberIds
  t.match(await faults({ memberIds: [twice, twice] }), [/^\/memberIds /])
  t.match(await faults({ memberIds: Array.from({ length: 201 }, () => ids.next()) }), [/^\/memberIds /])
  t.same((await call('GET', '/teams')).body.items, [], 'nothing was stored')
})

t.test('who left stays a member until taken out, and names are taken once', async (t) => {
  const { call, person, outbox } = await startDirectory(t)
  const ann = await person()
  const made = await call('POST', '/teams', { body: { name: 'Printers', memberIds: [ann] } })
  await call('POST', '/teams', { body: { name: 'Scanners' } })
  await call('PATCH', `/people/${ann}`, { body: { active: false }, ifMatch: '*' })
  const path = `/teams/${made.body.id}`
  const bob = await person()
  t.match(await call('PATCH', path, { body: { memberIds: [bob, ann] }, ifMatch: '"1"' }), { status: 200, etag: '"2"' })
  t.match(await call('PATCH', path, { body: { memberIds: [bob] }, ifMatch: '"2"' }), { status: 200, etag: '"3"' })
  t.same(faultsOf(await call('PATCH', path, { body: { memberIds: [bob, ann] }, ifMatch: '"3"' })), [
    '/memberIds/1 is not active'
  ])
  for (const name of ['SCANNERS', ' scanners ']) {
    t.match(await call('PATCH', path, { body: { name }, ifMatch: '"3"' }), {
      status: 409,
      body: { code: 'name_taken' }
    })
  }
  t.match(await call('POST', '/teams', { body: { name: 'printers' } }), { status: 409, body: { code: 'name_taken' } })
  t.match(await call('POST', '/teams', { body: { name: 'printers' }, tenant: 'globex' }), { status: 201 })
  t.match(await call('PATCH', path, { body: { name: 'PRINTERS' }, ifMatch: '*' }), { status: 200 })
  t.equal(
    (await outbox()).filter(({ tenantid, subject }) => tenantid === tenant && subject.startsWith('team/')).length,
    5
  )
})

t.test('what has not arrived is asked for once', async (t) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    const [, , kind, id] = request.url!.split('/')
    const body = { id, active: true, version: 1, ...kind === 'calendars' ? { spec: weekdays } : {} }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { call, ids } = await startDirectory(t, { config: { SLA_POLICY_URL: url } })
  const [product, calendar] = [ids.next(), ids.next()]
  const body = { productIds: [product], calendarId: calendar }
  for (const name of ['One', 'Two']) t.equal((await call('POST', '/teams', { body: { name, ...body } })).status, 201)
  t.same(asked.sort(), [`/v1/calendars/${calendar}`, `/v1/products/${product}`])
})

import t from 'tap'
import { faultsOf, startDirectory } from './harness.ts'

const idOf = ({ id }: { id: string }) => id

t.test('companies, their contacts, and what they belong to', async (t) => {
  const { call, person, item, calendar, outbox } = await startDirectory(t)
  const [cleo, carl] = [await person({ role: 'customer' }), await person({ role: 'customer' })]
  const [product, calendarId] = [await item('product'), await calendar()]
  const holding = await call('POST', '/customers', { body: { name: ' Globex ' }, as: 'sales' })
  t.match(holding, { status: 201, etag: '"1"', headers: { location: `/v1/customers/${holding.body.id}` } })
  t.match(holding.body, {
    name: 'Globex',
    parentId: null,
    contactIds: [],
    contractTier: null,
    productIds: [],
    language: 'en',
    calendarId: null,
    active: true
  })
  const body = {
    name: 'Globex Riyadh',
    parentId: holding.body.id,
    contactIds: [cleo, carl],
    contractTier: 'gold',
    productIds: [product],
    language: 'ar',
    calendarId
  }
  const made = await call('POST', '/customers', { body })
  t.match(made.body, body)
  const path = `/customers/${made.body.id}`
  t.same((await call('GET', path, { as: 'agent' })).body, made.body)
  const ids = async (query: string) => (await call('GET', `/customers?${query}`)).body.items.map(idOf)
  t.same(await ids('q=GLOBEX'), [holding.body.id, made.body.id])
  for (
    const query of [`parentId=${holding.body.id}`, `contactId=${carl}`, `productId=${product}`, 'contractTier=gold']
  ) {
    t.same(await ids(query), [made.body.id], query)
  }
  t.same((await call('GET', '/customers', { tenant: 'globex' })).body.items, [])
  t.match(await call('DELETE', `/customers/${holding.body.id}`), { status: 409, body: { code: 'customer_in_use' } })
  t.match(await call('PATCH', path, { body: { contactIds: [carl], parentId: null }, ifMatch: '"1"' }), {
    status: 200,
    etag: '"2"',
    body: { contactIds: [carl], parentId: null, contractTier: 'gold' }
  })
  t.equal((await call('DELETE', `/customers/${holding.body.id}`)).status, 204)
  t.equal((await call('GET', `/customers/${holding.body.id}`)).status, 404)
  t.same((await outbox()).map(({ type, sequence, data }) => [type, sequence, data.customer.name, data.deleted]), [
    ['dueline.customer.changed.v1', 1, 'Globex', false],
    ['dueline.customer.changed.v1', 1, 'Globex Riyadh', false],
    ['dueline.customer.changed.v1', 2, 'Globex Riyadh', false],
    ['dueline.customer.changed.v1', 2, 'Globex', true]
  ])
})

t.test('what cannot be is refused', async (t) => {
  const { call, person, item, calendar, ids } = await startDirectory(t)
  const cleo = await person({ role: 'customer' })
  const add = async (body: object) => await call('POST', '/customers', { body: { name: 'X', ...body } })
  const first = (await add({ name: 'First', contactIds: [cleo] })).body.id as string
  const second = (await add({ name: 'Second', parentId: first })).body.id as string
  t.same(faultsOf(await add({ contactIds: [cleo, await person({ role: 'agent' }), ids.next()] })), [
    '/contactIds/1 is not a customer',
    '/contactIds/2 no such person'
  ])
  t.same(faultsOf(await add({ contactIds: [cleo] })), ['/contactIds/0 is a contact of another customer'])
  t.same(
    faultsOf(await add({ productIds: [await item('module')], calendarId: await calendar('globex') })),
    ['/productIds/0 no such product', '/calendarId no such calendar']
  )
  t.same(faultsOf(await add({ parentId: ids.next() })), ['/parentId no such customer'])
  const move = async (id: string, parentId: string) =>
    faultsOf(await call('PATCH', `/customers/${id}`, { body: { parentId }, ifMatch: '*' }))
  t.same([await move(first, second), await move(first, first)], [
    ['/parentId is the company itself, or belongs to it'],
    ['/parentId is the company itself, or belongs to it']
  ])
  for (const body of [{ language: 'xx' }, { tier: 'gold' }, { name: ' ' }, { contractTier: 'two\nlines' }]) {
    t.equal((await add(body)).status, 400, JSON.stringify(body))
  }
  t.match(await add({ name: 'FIRST' }), { status: 409, body: { code: 'name_taken' } })
  t.match(
    await call('PATCH', `/customers/${first}`, { body: { contactIds: [cleo], contractTier: 'basic' }, ifMatch: '"1"' }),
    { status: 200, etag: '"2"' },
    'its own contact is no fault'
  )
})

t.test('two companies never share a contact, whoever adds it at once', async (t) => {
  const { call, person } = await startDirectory(t)
  for (let round = 0; round < 10; round++) {
    const cleo = await person({ role: 'customer' })
    const answers = await Promise.all(
      [1, 2, 3, 4].map(async (n) =>
        await call('POST', '/customers', { body: { name: `C${round} ${n}`, contactIds: [cleo] } })
      )
    )
    t.same(answers.map(({ status }) => status).sort(), [201, 400, 400, 400])
  }
})

t.test('a contact joins the staff only when it is a contact no more', async (t) => {
  const { call, person } = await startDirectory(t)
  const [cleo, carl] = [await person({ role: 'customer' }), await person({ role: 'customer' })]
  const { id } = (await call('POST', '/customers', { body: { name: 'Globex', contactIds: [cleo, carl] } })).body
  const change = async (who: string, body: object) => await call('PATCH', `/people/${who}`, { body, ifMatch: '*' })
  const message = `must stay customer while the person is a contact: take it out of contactIds of customer ${id}`
  t.same(faultsOf(await change(cleo, { role: 'agent' })), [`/role ${message}`])
  t.equal((await change(cleo, { name: 'Cleo', role: 'customer' })).status, 200, 'anything else may change')
  await call('PATCH', `/customers/${id}`, { body: { contactIds: [carl] }, ifMatch: '"1"' })
  t.equal((await change(cleo, { role: 'agent' })).status, 200)
  const back = await call('PATCH', `/customers/${id}`, { body: { contactIds: [carl, cleo] }, ifMatch: '"2"' })
  t.same(faultsOf(back), ['/contactIds/1 is not a customer'])
})

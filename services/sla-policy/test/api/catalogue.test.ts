import t from 'tap'
import { harness, otherTenant } from './harness.ts'

t.test('a product, a module of it and a question of that', async (t) => {
  const { call, drain } = await harness(t)
  const product = await call('POST', '/products', { body: { name: ' Printers ' } })
  t.match(product, {
    status: 201,
    etag: '"1"',
    body: { name: 'Printers', active: true, version: 1, createdAt: '2026-03-02T08:00:00.000000Z' }
  })
  t.equal(product.headers.location, `/v1/products/${product.body.id}`)
  const module = await call('POST', '/modules', { body: { productId: product.body.id, name: 'Paper' } })
  t.match(module, { status: 201, body: { productId: product.body.id } })
  const question = await call('POST', '/questions', { body: { moduleId: module.body.id, name: 'It is stuck' } })
  t.match(question, { status: 201, body: { productId: product.body.id, moduleId: module.body.id } })
  for (const [path, item] of [['products', product], ['modules', module], ['questions', question]] as const) {
    t.match(await call('GET', `/${path}/${item.body.id}`, { as: 'customer' }), {
      status: 200,
      etag: '"1"',
      body: item.body
    })
    t.equal((await call('GET', `/${path}/${item.body.id}`, { tenant: otherTenant })).status, 404)
    t.match((await call('GET', `/${path}`, { as: 'agent' })).body, { items: [item.body], nextCursor: null })
    t.same((await call('GET', `/${path}`, { tenant: otherTenant })).body.items, [])
  }
  const events = await drain()
  t.same(
    events.map(({ type, partitionkey }) => [type, partitionkey]),
    [product, module, question].map(({ body }) => ['dueline.catalogue.changed.v1', body.id])
  )
  t.same(events[2]!.data.item, {
    kind: 'question',
    id: question.body.id,
    name: 'It is stuck',
    productId: product.body.id,
    moduleId: module.body.id,
    active: true,
    version: 1
  })
})

for (const kind of ['product', 'module', 'question'] as const) {
  t.test(`${kind}s: names are unique among siblings, changes need the present ETag`, async (t) => {
    const { call, drain } = await harness(t)
    const product = (await call('POST', '/products', { body: { name: 'Root' } })).body.id as string
    const module = (await call('POST', '/modules', { body: { productId: product, name: 'Branch' } })).body.id as string
    const parent = { product: {}, module: { productId: product }, question: { moduleId: module } }[kind]
    const add = async (name: string) => await call('POST', `/${kind}s`, { body: { ...parent, name } })
    const first = await add('Alpha')
    t.match(await add('aLPHA'), { status: 409, body: { code: 'catalogue_name_taken' } })
    const second = await add('Beta')
    await drain()
    const path = `/${kind}s/${second.body.id}`
    t.match(await call('PATCH', path, { body: { name: 'Gamma' } }), {
      status: 428,
      body: { code: 'precondition_required' }
    })
    t.match(await call('PATCH', path, { body: { name: 'Gamma' }, ifMatch: '"7"' }), { status: 412, etag: '"1"' })
    t.match(await call('PATCH', path, { body: {}, ifMatch: '"1"' }), { status: 400 })
    t.match(await call('PATCH', path, { body: { name: 'ALPHA' }, ifMatch: '"1"' }), {
      status: 409,
      body: { code: 'catalogue_name_taken' }
    })
    t.match(
      await call('PATCH', path, { body: { name: 'Beta' }, ifMatch: '"1"' }),
      { status: 200, etag: '"1"' },
      'nothing changed'
    )
    t.same(await drain(), [])
    t.match(await call('PATCH', path, { body: { name: 'Gamma', active: false }, ifMatch: '"1"' }), {
      status: 200,
      etag: '"2"',
      body: { name: 'Gamma', active: false, version: 2 }
    })
    t.match(await drain(), [{
      type: 'dueline.catalogue.changed.v1',
      subject: `${kind}/${second.body.id}`,
      data: { item: { kind, active: false, version: 2 } }
    }])
    t.same((await call('GET', `/${kind}s?active=false`)).body.items.map((item: { id: string }) => item.id), [
      second.body.id
    ])
    t.same((await call('GET', `/${kind}s?q=LPH`)).body.items.map((item: { id: string }) => item.id), [first.body.id])
    t.same((await call('GET', `/${kind}s?q=%25`)).body.items, [], 'a wildcard is a character')
    t.match(await call('POST', `/${kind}s`, { body: { ...parent, name: '  ', color: 1 } }), {
      status: 400,
      body: { errors: [{ pointer: '/color' }, { pointer: '/name' }] }
    })
  })
}

t.test('parents must exist in the tenant', async (t) => {
  const { call } = await harness(t)
  const { body: foreign } = await call('POST', '/products', { body: { name: 'Theirs' }, tenant: otherTenant })
  t.match(await call('POST', '/modules', { body: { productId: foreign.id, name: 'M' } }), {
    status: 400,
    body: { errors: [{ pointer: '/productId' }] }
  })
  t.match(await call('POST', '/questions', { body: { moduleId: foreign.id, name: 'Q' } }), {
    status: 400,
    body: { errors: [{ pointer: '/moduleId' }] }
  })
})

t.test('pages are stable and filters narrow them', async (t) => {
  const { call } = await harness(t)
  const product = (await call('POST', '/products', { body: { name: 'P' } })).body.id as string
  const modules: string[] = []
  for (const name of ['A', 'B', 'C']) {
    modules.push((await call('POST', '/modules', { body: { productId: product, name } })).body.id)
  }
  const question = (await call('POST', '/questions', { body: { moduleId: modules[1], name: 'Q' } })).body.id as string
  const page = (await call('GET', `/modules?productId=${product}&limit=2`)).body
  t.same(page.items.map((item: { id: string }) => item.id), modules.slice(0, 2))
  const next = (await call('GET', `/modules?limit=2&cursor=${page.nextCursor}`)).body
  t.same([next.items.map((item: { id: string }) => item.id), next.nextCursor], [modules.slice(2), null])
  t.equal((await call('GET', '/modules?cursor=xyz')).status, 400)
  t.equal((await call('GET', '/modules?limit=201')).status, 400)
  t.same(
    (await call('GET', `/questions?moduleId=${modules[1]}&productId=${product}`)).body.items
      .map((item: { id: string }) => item.id),
    [question]
  )
  t.same((await call('GET', `/questions?moduleId=${modules[0]}`)).body.items, [])
})

t.test('the same idempotency key makes one product', async (t) => {
  const { call, drain } = await harness(t)
  const first = await call('POST', '/products', { body: { name: 'Once' }, key: 'k1' })
  const again = await call('POST', '/products', { body: { name: 'Once' }, key: 'k1' })
  t.same(again.body, first.body)
  t.equal((await drain()).length, 1)
  t.match(await call('POST', '/products', { body: { name: 'Other' }, key: 'k1' }), {
    status: 409,
    body: { code: 'idempotency_key_reused' }
  })
})

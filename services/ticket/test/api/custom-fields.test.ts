import t from 'tap'
import { people, startTicket } from './harness.ts'

const floor = { name: 'floor', valueSchema: { type: 'integer', minimum: -2, maximum: 40 } }

t.test('a field takes the values that its tenant has described, from whom it has named', async (t) => {
  const service = await startTicket(t)
  const asManager = { as: 'manager' } as const
  const made = await service.post('/custom-fields', { ...floor, customers: 'write', editors: ['agent'] }, asManager)
  t.match(made, { status: 201, body: { customers: 'write', editors: ['agent'], labels: {}, version: 1 } })
  const customerId = people.customer.id
  const wrong = { status: 400, body: { errors: [{ pointer: '/custom/floor', message: 'must be an integer' }] } }
  t.match(await service.post('/tickets', { subject: 's', customerId, custom: { floor: '4' } }), wrong)
  t.match(await service.post('/tickets', { subject: 's', custom: { floor: '4' } }, { as: 'customer' }), wrong)
  const batch = await service.post('/tickets/batch', {
    tickets: [{ subject: 's', customerId, custom: { floor: '4' } }]
  })
  t.match(batch.body.items, [{ errors: wrong.body.errors }])

  const opened = await service.post('/tickets', { subject: 's', customerId, custom: { floor: 4, any: '4' } })
  t.match(opened, { status: 201, body: { custom: { floor: 4, any: '4' } } }, 'of others nothing is said')
  const { id } = opened.body
  const change = async (custom: object, as: 'agent' | 'manager' = 'agent') =>
    await service.patch(`/tickets/${id}`, { custom }, (await service.get(`/tickets/${id}`)).etag, { as })
  t.match(await change({ floor: 41 }), { status: 400, body: { errors: [{ pointer: '/custom/floor' }] } })
  const notYours = { status: 400, body: { errors: [{ pointer: '/custom/floor', message: 'is not for you to set' }] } }
  t.match(await change({ floor: 5 }, 'manager'), notYours)
  t.match(
    await change({ any: '5' }, 'manager'),
    { status: 400, body: { errors: [{ pointer: '/custom/floor' }] } },
    'nor removed'
  )
  t.match(await change({ floor: 4, any: '5' }, 'manager'), { status: 200 }, 'what stays is not looked at')
  const update = { items: [{ ticketId: id, custom: { floor: 'x' } }] }
  t.match((await service.post('/ticket-updates', update)).body.items, [{ status: 400, errors: [{}] }])

  await service.patch(
    `/custom-fields/${made.body.id}`,
    { valueSchema: { type: 'string' } },
    made.etag,
    asManager
  )
  t.match(await change({ floor: 4, any: '6' }), { status: 200 }, 'what tickets have already stays')
  t.match(await change({ floor: 5 }), { status: 400 })
  t.match(await change({ floor: 'five' }), { status: 200 })
})

t.test('customers see and set what is said of the field; what they must not see is not named to them', async (t) => {
  const service = await startTicket(t)
  const asCustomer = { as: 'customer' } as const
  const asManager = { as: 'manager' } as const
  for (const customers of ['hidden', 'see', 'write']) {
    const field = { name: customers, valueSchema: { type: 'boolean' }, customers }
    t.equal((await service.post('/custom-fields', field, asManager)).status, 201)
  }
  t.same(
    (await service.get('/custom-fields', asCustomer)).body.items.map(({ name }: { name: string }) => name),
    ['see', 'write']
  )
  const all = (await service.get('/custom-fields')).body.items as { id: string, name: string }[]
  t.same(all.map(({ name }) => name), ['hidden', 'see', 'write'])
  t.equal((await service.get(`/custom-fields/${all[0]!.id}`, asCustomer)).status, 404)
  t.equal((await service.get(`/custom-fields/${all[1]!.id}`, asCustomer)).status, 200)

  for (const name of ['hidden', 'see']) {
    const refused = await service.post('/tickets', { subject: 's', custom: { [name]: true } }, asCustomer)
    t.match(refused, {
      status: 400,
      body: { errors: [{ pointer: `/custom/${name}`, message: 'is not for you to set' }] }
    })
  }
  const opened = await service.post('/tickets', { subject: 's', custom: { write: true, own: 1 } }, asCustomer)
  t.same(opened.body.custom, { write: true, own: 1 })
  const path = `/tickets/${opened.body.id}`
  const seen = async () => await service.get(path, asCustomer)
  const before = await seen()
  const custom = { hidden: true, see: true, write: false, own: 1, internal: 2 }
  t.equal((await service.patch(path, { custom }, (await service.get(path)).etag)).status, 200)
  t.same((await seen()).body.custom, { see: true, write: false, own: 1 }, 'whoever has set it')
  t.not((await seen()).etag, before.etag)
  const list = await service.get('/tickets', asCustomer)
  t.same(list.body.items[0].custom, { see: true, write: false, own: 1 }, 'in lists too')

  const see = await service.get(`/custom-fields/${all[1]!.id}`)
  const seenBefore = (await seen()).etag
  await service.patch(`/custom-fields/${all[1]!.id}`, { customers: 'hidden' }, see.etag, asManager)
  t.same((await seen()).body.custom, { write: false, own: 1 })
  t.not((await seen()).etag, seenBefore, 'no cache keeps what is hidden now')
  await service.call('DELETE', `/custom-fields/${all[0]!.id}`, asManager)
  t.same((await seen()).body.custom, { write: false, own: 1 }, 'what is forgotten is the staff’s still')
})

t.test('a description that is none is refused by name', async (t) => {
  const service = await startTicket(t)
  const asManager = { as: 'manager' } as const
  const refused: [object, string][] = [
    [{ name: '1st' }, '/name'],
    [{ name: 'a/b' }, '/name'],
    [{ valueSchema: { type: 'string', pattern: 'x' } }, '/valueSchema'],
    [{ valueSchema: { type: 'string', minLength: 3, maxLength: 2 } }, '/valueSchema'],
    [{ valueSchema: { type: 'object' } }, '/valueSchema'],
    [{ valueSchema: { type: 'string', enum: [] } }, '/valueSchema'],
    [{ customers: 'read' }, '/customers'],
    [{ editors: ['customer'] }, '/editors/0'],
    [{ labels: { fr: 'étage' } }, '/labels']
  ]
  for (const [change, pointer] of refused) {
    const { status, body } = await service.post('/custom-fields', { ...floor, ...change }, asManager)
    t.equal(status, 400, JSON.stringify(change))
    t.ok(
      (body.errors as { pointer: string }[]).some((fault) => fault.pointer.startsWith(pointer)),
      JSON.stringify(body)
    )
  }
  t.match(await service.post('/custom-fields', { ...floor, labels: { en: 'Floor', ar: 'الطابق' } }, asManager), {
    status: 201,
    body: { labels: { en: 'Floor', ar: 'الطابق' } }
  })
  t.equal((await service.post('/custom-fields', floor, asManager)).status, 409)
})

t.test('a tenant describes 200 fields at most', async (t) => {
  const service = await startTicket(t)
  const asManager = { as: 'manager' } as const
  await service.database.pool.query(
    `insert into custom_field select 'acme', gen_random_uuid(), 'f' || i, '{}', '{"type": "boolean"}', 'see', '{}', 1,
       now(), now() from generate_series(1, 199) i`
  )
  t.equal((await service.post('/custom-fields', floor, asManager)).status, 201)
  t.match(await service.post('/custom-fields', { ...floor, name: 'one' }, asManager), {
    status: 400,
    body: { errors: [{ message: /200 fields already/ }] }
  })
})

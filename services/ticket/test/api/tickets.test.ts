import t from 'tap'
import { other, people, startTicket, tenant, teams } from './harness.ts'

const unknown = '01900000-0000-7000-8000-0000000000ff'

void t.test('createTicket', async (t) => {
  const service = await startTicket(t)
  const { post } = service

  await t.test('201: all fields, by staff for a customer', async (t) => {
    const payload = {
      subject: '  Tinte 🖨️ leer ',
      description: 'x'.repeat(65_536),
      type: 'request',
      priority: 'P0',
      severity: 'critical',
      customerId: people.customer.id,
      assigneeId: people.agent.id,
      teamId: teams.blue,
      answers: { q1: [1, null] },
      tags: ['a', 'b'],
      custom: { nested: { ok: true } },
      channel: 'phone'
    }
    const { status, body } = await post('/tickets', payload)
    t.equal(status, 201)
    t.match(body, { ...payload, status: 'new', productId: null, reopenCount: 0, resolvedAt: null })
    t.same((await service.get(`/tickets/${body.id}`)).body, body)
  })

  await t.test('201: numbers count per tenant', async (t) => {
    const [first] = (await service.database.pool.query("select last from ticket_counter where tenant_id = 'acme'")).rows
    t.equal(Number(first.last), 1)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => post('/tickets', { subject: `n ${i}` }, { as: 'customer' }))
    )
    t.equal(new Set(answers.map(({ body }) => body.number)).size, 20)
  })

  await t.test('201: an Idempotency-Key gives the same ticket', async (t) => {
    const headers = { 'idempotency-key': 'k1' }
    const first = await post('/tickets', { subject: 'once' }, { as: 'customer', headers })
    t.match(await post('/tickets', { subject: 'once' }, { as: 'customer', headers }), {
      status: 201,
      body: { id: first.body.id }
    })
    t.match(await post('/tickets', { subject: 'twice' }, { as: 'customer', headers }), {
      status: 409,
      body: { code: 'idempotency_key_reused' }
    })
  })

  await t.test('201: the same ticket for its key, also when the customer is not active any more', async (t) => {
    const id = await service.person({ role: 'customer' })
    const body = { subject: 'once', customerId: id }
    const keyed = { headers: { 'idempotency-key': 'active-then' } }
    const first = await post('/tickets', body, keyed)
    t.equal(first.status, 201)
    await service.changePerson(id, { active: false })
    t.match(await post('/tickets', body), { status: 400, body: { errors: [{ pointer: '/customerId' }] } })
    t.match(await post('/tickets', body, keyed), { status: 201, body: { id: first.body.id } })
  })

  await t.test('201: at the same time, with and without key, a key has one ticket', async (t) => {
    const keys = ['k2', undefined, 'k3', 'k2', undefined, 'k2', 'k3', undefined]
    const answers = await Promise.all(keys.map((key) => {
      const headers = key === undefined ? {} : { 'idempotency-key': key }
      return post('/tickets', { subject: `at once ${key ?? ''}` }, { as: 'customer', headers })
    }))
    t.same(answers.map(({ status }) => status), keys.map(() => 201))
    const idsOf = (key: string | undefined): string[] =>
      answers.filter((_, i) => keys[i] === key).map(({ body }) => body.id)
    t.same([new Set(idsOf('k2')).size, new Set(idsOf('k3')).size, new Set(idsOf(undefined)).size], [1, 1, 3])
    const { rows } = await service.database.pool.query("select id from ticket where subject like 'at once%'")
    t.same(new Set(rows.map(({ id }) => id)), new Set(answers.map(({ body }) => body.id)))
    t.equal(rows.length, 5)
  })

  await t.test('201: the event carries the caller’s trace', async (t) => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await service.clearOutbox()
    await post('/tickets', { subject: 'traced' }, { as: 'customer', headers: { traceparent } })
    const { rows } = await service.database.pool.query('select headers from outbox')
    t.match(rows[0].headers, traceparent)
  })

  await t.test('400: every fault with its pointer', async (t) => {
    const pointers = async (payload: unknown, as: 'agent' | 'customer' = 'agent') => {
      const { status, body } = await post('/tickets', payload, { as })
      t.equal(status, 400)
      t.equal(body.code, 'validation_failed')
      return [...new Set(body.errors.map(({ pointer }: any) => pointer))].sort()
    }
    t.same(await pointers({ subject: '', priority: 'P7', type: 1, foo: 1, tags: ['a', 'a'], channel: 'import' }), [
      '/channel',
      '/foo',
      '/priority',
      '/subject',
      '/tags',
      '/type'
    ])
    t.same(await pointers({}), ['/subject'])
    t.same(await pointers({ subject: 'x'.repeat(301), description: 'x'.repeat(65_537) }), ['/description', '/subject'])
    t.same(await pointers({ subject: 'a\u0000b' }), ['/subject'])
    t.same(await pointers({ subject: 'x' }), ['/customerId'], 'staff says for whom')
    t.same(await pointers({ subject: 'x', customerId: unknown, assigneeId: unknown }), ['/assigneeId', '/customerId'])
    t.same(
      await pointers({ subject: 'x', customerId: people.agent.id, assigneeId: people.customer.id }),
      ['/assigneeId'],
      'staff has requests, customers have no work'
    )
    for (const subject of ['two\nlines', 'two\r\nlines', 'a\ttab', 'a\u0085b', 'a\u2028b', '\u0007']) {
      t.same(await pointers({ subject, customerId: people.customer.id }), ['/subject'])
    }
    t.same(
      await pointers({
        subject: 'x',
        customerId: people.customer.id,
        productId: unknown,
        moduleId: unknown.replace('ff', 'fe')
      }),
      ['/moduleId', '/productId']
    )
    const long = { a: 'x'.repeat(70_000) }
    t.same(await pointers({ subject: 'x', customerId: people.customer.id, custom: long, answers: long }), [
      '/answers',
      '/custom'
    ])
    const broken = { custom: { a: '\0' }, answers: { b: ['\ud800'] } }
    t.same(await pointers({ subject: 'x', ...broken }), ['/answers/b/0', '/custom/a'])
    t.same(
      await pointers(
        { subject: 'x', customerId: people.outsider.id, assigneeId: people.agent.id, teamId: teams.blue },
        'customer'
      ),
      ['/assigneeId', '/customerId', '/teamId']
    )
    t.equal((await service.get('/tickets?q=x', { as: 'outsider' })).body.items.length, 0)
  })

  await t.test('403: a customer whom nobody registered', async (t) => {
    t.match(await post('/tickets', { subject: 'x' }, { as: 'customer', tenant: other }), {
      status: 403,
      body: { code: 'person_unknown', detail: /among the people of the tenant "globex".*identities/ }
    })
  })

  t.match(await post('/tickets', { subject: 'x' }, { as: null }), { status: 401, body: { code: 'unauthenticated' } })
  t.match(await post('/tickets', { subject: 'x' }, { roles: ['operator'] }), {
    status: 403,
    body: { code: 'forbidden' }
  })
  t.match(await post('/tickets', { subject: 'x', custom: { a: 'x'.repeat(1_100_000) } }), { status: 413 })
  t.match(await post('/tickets', 'subject=x', { headers: { 'content-type': 'text/csv' } }), { status: 415 })
})

void t.test('createTickets', async (t) => {
  const service = await startTicket(t)
  const item = { subject: 'x', customerId: people.customer.id }
  const { status, body } = await service.post('/tickets/batch', {
    tickets: [item, { ...item, customerId: unknown }, { ...item, subject: 'y' }]
  })
  t.equal(status, 200)
  t.match(body.items, [
    { index: 0, status: 201, ticket: { number: 'T-000001', subject: 'x' }, errors: [] },
    { index: 1, status: 400, ticket: null, errors: [{ pointer: '/customerId', message: 'no such person' }] },
    { index: 2, status: 201, ticket: { number: 'T-000002', subject: 'y' } }
  ])
  t.same((await service.outbox()).map(({ subject, sequence }) => [subject, sequence]), [[
    `ticket/${body.items[0].ticket.id}`,
    1
  ], [`ticket/${body.items[2].ticket.id}`, 1]])
  const none = await service.post('/tickets/batch', { tickets: [{ ...item, customerId: unknown }] })
  t.match(none, { status: 200, body: { items: [{ status: 400 }] } })
  t.match(await service.post('/tickets/batch', { tickets: [item, { subject: 5 }] }), {
    status: 400,
    body: { errors: [{ pointer: '/tickets/1/subject' }] }
  })
  t.match(await service.post('/tickets/batch', { tickets: [] }), { status: 400 })
  t.match(await service.post('/tickets/batch', { tickets: Array.from({ length: 101 }, () => item) }), { status: 400 })
  t.match(await service.post('/tickets/batch', { tickets: [item] }, { as: null }), { status: 401 })
  t.match(await service.post('/tickets/batch', { tickets: [item] }, { as: 'customer' }), { status: 403 })
  const headers = { 'idempotency-key': 'b' }
  await service.post('/tickets/batch', { tickets: [item] }, { headers })
  t.match(await service.post('/tickets/batch', { tickets: [item, item] }, { headers }), { status: 409 })
})

void t.test('getTicket', async (t) => {
  const service = await startTicket(t)
  const { id } = await service.open()
  const answer = await service.get(`/tickets/${id}`, { as: 'customer' })
  t.match(answer, { status: 200, etag: /^"1\.[\w-]+"$/ }, 'customers see names that change without it')
  t.match(await service.get(`/tickets/${id}`, { roles: ['integrator'] }), { status: 200, etag: '"1"' })
  t.equal(
    (await service.http.inject({
      url: `/v1/tickets/${id}`,
      headers: { authorization: `Bearer ${await service.issuer.token({ tenant })}`, 'if-none-match': '"1"' }
    })).statusCode,
    304
  )
  t.match(await service.get('/tickets/x'), { status: 400, body: { errors: [{ in: 'path', pointer: '/ticketId' }] } })
  t.match(await service.get(`/tickets/${id}`, { as: null }), { status: 401 })
  t.match(await service.get(`/tickets/${id}`, { roles: ['operator'] }), { status: 403 })
  const strip = ({ status, body: { requestId: _, instance: __, ...body } }: any) => ({ status, body })
  const missing = strip(await service.get(`/tickets/${unknown}`))
  t.match(missing, { status: 404, body: { detail: 'there is no such ticket, or you may not see it' } })
  t.same(strip(await service.get(`/tickets/${id}`, { tenant: other })), missing, 'another tenant’s is as unknown')
  t.same(strip(await service.get(`/tickets/${id}`, { as: 'outsider' })), missing, 'another customer’s too')
})

void t.test('listTickets', async (t) => {
  const service = await startTicket(t)
  const made = []
  for (let i = 0; i < 6; i++) {
    service.clock.advance(1_000_000)
    made.push(
      (await service.post('/tickets', {
        subject: `Printer ${i} ${i % 2 === 0 ? 'smokes' : 'jams'}`,
        customerId: i < 4 ? people.customer.id : people.outsider.id,
        priority: `P${i % 3}`,
        severity: i === 0 ? 'critical' : 'low',
        type: i === 1 ? 'complaint' : 'request',
        ...(i === 2 ? { assigneeId: people.agent.id, teamId: teams.blue } : {})
      })).body
    )
  }
  service.clock.advance(1_000_000)
  await service.post(`/tickets/${made[0].id}/transitions`, { to: 'open' })
  const subjects = async (query: string, as: 'agent' | 'customer' = 'agent') => {
    const { status, body } = await service.get(`/tickets?${query}`, { as })
    t.equal(status, 200, query)
    return body.items.map(({ subject }: any) => Number(subject.split(' ')[1])).join('')
  }
  t.equal(await subjects(''), '543210')
  t.equal(await subjects('sort=createdAt'), '012345')
  t.equal(await subjects('sort=-updatedAt'), '054321')
  t.equal(await subjects('sort=updatedAt'), '123450')
  t.equal(await subjects('sort=priority'), '031425')
  t.equal(await subjects('sort=-priority'), '524130')
  t.equal(await subjects('status=open'), '0')
  t.equal(await subjects('status=open&status=new'), '543210')
  t.equal(await subjects('priority=P1'), '41')
  t.equal(await subjects('severity=critical'), '0')
  t.equal(await subjects('type=complaint'), '1')
  t.equal(await subjects(`customerId=${people.outsider.id}`), '54')
  t.equal(await subjects(`assigneeId=${people.agent.id}`), '2')
  t.equal(await subjects(`teamId=${teams.blue}`), '2')
  t.equal(await subjects(`number=${made[3].number}`), '3')
  t.equal(await subjects('q=smokes'), '420')
  t.equal(await subjects('q=PRINTER%20-smokes'), '531')
  t.equal(await subjects('q=%22%27%20or%20('), '', 'any text is a search')
  t.equal(await subjects(`createdAfter=${made[2].createdAt}&createdBefore=${made[4].createdAt}`), '32')
  t.equal(await subjects(`productId=${unknown}&moduleId=${unknown}&questionId=${unknown}`), '')
  t.equal(await subjects('', 'customer'), '3210')
  t.equal(await subjects(`customerId=${people.outsider.id}`, 'customer'), '', 'a customer sees only its own')

  await t.test('pages do not overlap, whatever is added meanwhile', async (t) => {
    for (const sort of ['createdAt', '-createdAt', 'updatedAt', '-updatedAt', 'priority', '-priority']) {
      const whole = (await service.get(`/tickets?sort=${sort}&limit=200`)).body.items.map(({ id }: any) => id)
      const paged: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const { body }: any = await service.get(
          `/tickets?sort=${sort}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`
        )
        paged.push(...body.items.map(({ id }: any) => id))
        cursor = body.nextCursor
      }
      t.same(paged, whole, sort)
    }
    const first = await service.get('/tickets?limit=3')
    await service.open({ subject: 'Printer 6' })
    const second = await service.get(`/tickets?limit=3&cursor=${first.body.nextCursor}`)
    t.equal(second.body.items[0].subject, 'Printer 2 smokes')
    t.match(await service.get(`/tickets?sort=priority&cursor=${first.body.nextCursor}`), {
      status: 400,
      body: { errors: [{ in: 'query', pointer: '/cursor' }] }
    })
  })

  t.match(await service.get('/tickets?limit=0&status=gone&foo=1'), { status: 400, body: { errors: [{}, {}, {}] } })
  t.match(await service.get('/tickets?cursor=abc'), { status: 400 })

  await t.test('a cursor that no page gave is refused, whatever the order', async (t) => {
    const at = 1_790_000_000_000_000
    const uuid = '01900000-0000-7000-8000-00000000000a'
    const ask = async (sort: string, after: unknown[]) => {
      const given = JSON.parse(
        Buffer.from((await service.get(`/tickets?limit=1&sort=${sort}`)).body.nextCursor, 'base64url').toString()
      )
      const forged = { ...given, at: Array.isArray(given.at) ? after : { ...given.at, after } }
      const cursor = Buffer.from(JSON.stringify(forged)).toString('base64url')
      return (await service.get(`/tickets?sort=${sort}&cursor=${cursor}`)).status
    }
    const refused = async (sort: string, ...positions: unknown[][]) => {
      for (const after of positions) t.equal(await ask(sort, after), 400, `${sort} ${JSON.stringify(after)}`)
    }
    for (const sort of ['createdAt', '-createdAt', 'updatedAt', '-updatedAt']) {
      t.equal(await ask(sort, [at, uuid]), 200)
      await refused(sort, ...['-'.repeat(36), uuid.toUpperCase(), `${uuid}0`, '\0', 1, null].map((id) => [at, id]))
      await refused(sort, ...[-1, 0.5, Number.MAX_SAFE_INTEGER + 1, 1e300, '1', null].map((time) => [time, uuid]))
      await refused(sort, [], [at], [at, uuid, 1], ['P1', at, uuid])
    }
    for (const sort of ['priority', '-priority']) {
      t.equal(await ask(sort, ['P1', at, uuid]), 200)
      await refused(sort, [at, uuid], ...['\0', 'P9', '', 1, null].map((priority) => [priority, at, uuid]))
    }
  })
  t.match(await service.get('/tickets?createdAfter=2026-02-30T00:00:00Z'), {
    status: 400,
    body: { errors: [{ in: 'query', pointer: '/createdAfter' }] }
  })
  t.match(await service.get('/tickets', { as: null }), { status: 401 })
  t.match(await service.get('/tickets', { roles: ['operator'] }), { status: 403 })
  t.equal((await service.get('/tickets', { tenant: other })).body.items.length, 0)
})

void t.test('updateTicket', async (t) => {
  const service = await startTicket(t)
  const { id } = await service.open({ tags: ['x'] })
  const path = `/tickets/${id}`
  await service.clearOutbox()
  const changed = await service.patch(path, {
    priority: 'P0',
    severity: 'critical',
    subject: 'New',
    description: 'y'.repeat(2_000),
    tags: ['x'],
    custom: { b: 1 }
  }, '"1"')
  t.match(changed, {
    status: 200,
    etag: '"2"',
    body: { priority: 'P0', severity: 'critical', subject: 'New', version: 2, custom: { b: 1 } }
  })
  const [event] = await service.outbox()
  t.match(event, {
    type: 'ticket.updated',
    sequence: 2,
    data: { actor: { kind: 'agent', screenName: 'Support A' }, ticket: { priority: 'P0', version: 2 } }
  })
  t.same(event!.data.changes.map(({ field }: any) => field), [
    'subject',
    'description',
    'priority',
    'severity',
    'custom'
  ])
  t.equal(event!.data.changes[1].to.length, 500, 'long texts are shortened in events')
  t.match(await service.patch(path, { priority: 'P0', custom: { b: 1 } }, '"2"'), {
    status: 200,
    etag: '"2"',
    body: { version: 2 }
  }, 'what changes nothing is no fact')
  t.equal((await service.outbox()).length, 1)

  t.match(await service.patch(path, { priority: 'P1' }, '"1"'), {
    status: 412,
    body: { code: 'precondition_failed' },
    etag: '"2"'
  })
  t.match(await service.patch(path, { priority: 'P1' }, null), { status: 428, body: { code: 'precondition_required' } })
  t.match(await service.patch(path, {}, '"2"'), { status: 400 })
  t.match(await service.patch(path, { status: 'closed' }, '"2"'), {
    status: 400,
    body: { errors: [{ pointer: '/status' }] }
  })
  const twice = await service.patch(path, { productId: unknown, custom: { a: 'x'.repeat(70_000) } }, '"2"')
  t.match(twice, { status: 400, body: { errors: [{ pointer: '/custom' }, { pointer: '/productId' }] } })
  t.match(await service.patch(path, { priority: 'P1' }, '"2"', { as: null }), { status: 401 })
  t.match(await service.patch(path, { priority: 'P1' }, '"2"', { as: 'customer' }), { status: 403 })
  t.match(await service.patch(path, { priority: 'P1' }, '"2"', { tenant: other }), { status: 404 })
  t.match(await service.patch(path, { description: 'x'.repeat(1_100_000) }, '"2"'), { status: 413 })
  t.match(await service.patch(path, 'x', '"2"', { headers: { 'content-type': 'text/csv' } }), { status: 415 })

  await t.test('of two changes at once one wins, the other is refused', async (t) => {
    const answers = await Promise.all(['P1', 'P2', 'P3'].map((priority) => service.patch(path, { priority }, '"2"')))
    t.same(answers.map(({ status }) => status).sort(), [200, 412, 412])
  })
})

void t.test('a merge patch changes fields of custom one by one', async (t) => {
  const service = await startTicket(t)
  const { id } = await service.open()
  const path = `/tickets/${id}`
  const headers = { 'content-type': 'application/merge-patch+json' }
  await service.patch(path, { custom: { a: 1, b: { c: 1 } }, tags: ['x', 'y'] }, '"1"')
  const patched = await service.patch(path, { custom: { a: null, b: { d: 2 } }, tags: ['z'] }, '"2"', { headers })
  t.match(patched, { status: 200, etag: '"3"' })
  t.same(patched.body.custom, { b: { c: 1, d: 2 } })
  t.same(patched.body.tags, ['z'])
  t.match(await service.patch(path, { subject: null }, '"3"', { headers }), {
    status: 400,
    body: { errors: [{ pointer: '/subject' }] }
  }, 'what must be there is not removed')
  const keyed = { headers: { ...headers, 'idempotency-key': 'once' } }
  t.equal((await service.patch(path, { custom: { b: null, e: null } }, '"3"', keyed)).status, 200)
  const again = await service.patch(path, { custom: { e: null, b: null } }, '"3"', keyed)
  t.match(again, { status: 200, etag: '"4"' }, 'in whatever order')
  t.match(await service.patch(path, { custom: { c: null } }, '"3"', keyed), {
    status: 409,
    body: { code: 'idempotency_key_reused' }
  }, 'what is removed is part of a request')
})

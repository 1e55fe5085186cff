import { formatInstant, parseInstant } from '@dueline/business-time'
import t from 'tap'
import { people, start, startTicket, type TestTicket } from './harness.ts'

const minute = 60_000_000
const day = 86_400_000_000
const gateway = { as: 'manager' as const, roles: ['integrator' as const] }
const wrote = { kind: 'public', body: 'from the mail', author: 'customer' }

/** A ticket of Carla's that waits for her since five minutes after it was opened, looked at five minutes later. */
async function waiting (service: TestTicket) {
  const ticket = await service.open()
  const opened = parseInstant(ticket.createdAt)
  service.clock.advance(5 * minute)
  await service.post(`/tickets/${ticket.id}/transitions`, { to: 'waiting_on_customer' })
  service.clock.advance(5 * minute)
  const after = async () => (await service.get(`/tickets/${ticket.id}`)).body
  const facts = async () => (await service.outbox()).filter(({ subject }) => subject === `ticket/${ticket.id}`)
  return {
    path: `/tickets/${ticket.id}/messages`,
    at: (minutes: number) => formatInstant(opened + minutes * minute),
    after,
    facts
  }
}

void t.test('a gateway brings what a customer wrote: it is the customer’s, from when it was written', async (t) => {
  const service = await startTicket(t)
  for (const caller of [gateway, { as: 'agent' } as const]) {
    const { path, at, after, facts } = await waiting(service)
    await service.clearOutbox()
    const answer = await service.post(path, { ...wrote, at: at(7), externalId: 'mail-1' }, caller)
    t.match(answer, {
      status: 201,
      etag: '"4"',
      body: {
        author: { kind: 'customer', id: people.customer.id, screenName: 'Carla' },
        at: at(7),
        externalId: 'mail-1',
        postedBy: people[caller.as].id
      }
    })
    t.match(await after(), { status: 'open', version: 4 })
    t.match(await facts(), [
      {
        type: 'ticket.message-added',
        time: at(7),
        data: { actor: { kind: 'customer', id: people.customer.id }, message: { authorKind: 'customer' } }
      },
      {
        type: 'ticket.status-changed',
        time: at(7).replace('000000Z', '000001Z'),
        data: { to: 'open', reason: 'the customer answered' }
      }
    ])
    t.equal((await service.get(path, { as: 'customer' })).body.items[0].postedBy, null, 'who brought it is for staff')
  }
})

void t.test('a message brought twice is there once', async (t) => {
  const service = await startTicket(t)
  const { path, at, after } = await waiting(service)
  const message = { ...wrote, at: at(7), externalId: 'mail-1' }
  const answers = await Promise.all(Array.from({ length: 5 }, () => service.post(path, message, gateway)))
  t.same(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 201])
  t.equal(new Set(answers.map(({ body }) => body.id)).size, 1)
  t.equal((await after()).version, 4)
  t.match(await service.post(path, { ...message, body: 'other' }, gateway), {
    status: 409,
    body: { code: 'message_exists', messageId: answers[0]!.body.id }
  })
  t.match(await service.post(path, { ...message, externalId: 'mail-2' }, gateway), { status: 201 })
  const other = await service.open()
  t.match(
    await service.post(`/tickets/${other.id}/messages`, { ...wrote, externalId: 'mail-1' }, gateway),
    { status: 201 },
    'another ticket has keys of its own'
  )
})

void t.test('what was written before the ticket came to its status moves it only when it arrives', async (t) => {
  const service = await startTicket(t)
  const { path, at, after, facts } = await waiting(service)
  t.match(await service.post(path, { ...wrote, at: at(3) }, gateway), { status: 201, body: { at: at(3) } })
  t.match(await after(), { status: 'open', updatedAt: formatInstant(parseInstant(service.now()) + 1) })
  t.match((await facts()).at(-1), { time: formatInstant(parseInstant(service.now()) + 1), data: { to: 'open' } })

  const note = await waiting(service)
  await service.post(note.path, { kind: 'internal', body: 'called her' })
  await service.post(note.path, { ...wrote, at: note.at(7) }, gateway)
  t.match(
    (await note.facts()).at(-1),
    { time: note.at(7).replace('000000Z', '000001Z') },
    'a later note is no change of the status'
  )
  t.equal((await note.after()).updatedAt, formatInstant(parseInstant(service.now()) + 1), 'updatedAt never goes back')

  const done = await waiting(service)
  await service.post(done.path.replace('messages', 'transitions'), { to: 'resolved' })
  service.clock.advance(8 * day)
  t.match(
    await service.post(done.path, { ...wrote, at: done.at(11) }, gateway),
    { status: 201 },
    'within the window when it was written'
  )
  t.match(await done.after(), { status: 'open', reopenCount: 1 })
  const over = await waiting(service)
  await service.post(over.path.replace('messages', 'transitions'), { to: 'resolved' })
  service.clock.advance(8 * day)
  t.match(await service.post(over.path, wrote, gateway), { status: 409, body: { code: 'reopen_window_over' } })
  t.match(await service.post(over.path, { ...wrote, at: over.at(1) }, gateway), {
    status: 409,
    body: { code: 'reopen_window_over' }
  })
})

void t.test('automatic messages answer nobody; customers see them', async (t) => {
  const service = await startTicket(t)
  const { id } = await service.open()
  const path = `/tickets/${id}/messages`
  t.match(await service.post(path, { kind: 'automatic', body: 'receipt' }), {
    status: 201,
    body: { kind: 'automatic', author: { kind: 'agent' } }
  })
  t.match(await service.post(path, { kind: 'automatic', body: 'receipt' }, gateway), {
    status: 201,
    body: { author: { kind: 'system', id: null } }
  })
  t.match(
    await service.post(path, { kind: 'public', body: 'status page' }, gateway),
    { status: 201, body: { author: { kind: 'system' } } },
    'an integrator speaks for the system'
  )
  t.equal((await service.get(`/tickets/${id}`)).body.status, 'new')
  const wait = await waiting(service)
  await service.post(wait.path, { ...wrote, kind: 'automatic' }, gateway)
  t.equal((await wait.after()).status, 'waiting_on_customer', 'an out-of-office reply is no answer')
  t.same(
    (await service.get(path, { as: 'customer' })).body.items.map(({ body }: any) => body),
    ['receipt', 'receipt', 'status page']
  )
  t.same(
    (await service.get(`/tickets/${id}/timeline`, { as: 'customer' })).body.items.map(({ kind }: any) => kind),
    ['created', 'message-added', 'message-added', 'message-added']
  )
})

void t.test('another customer may have written; nobody else', async (t) => {
  const service = await startTicket(t)
  const { path } = await waiting(service)
  const by = async (customerId: string) => await service.post(path, { ...wrote, author: { customerId } }, gateway)
  t.match(await by(people.outsider.id), { status: 201, body: { author: { kind: 'customer', id: people.outsider.id } } })
  t.match(await by(people.agent.id), {
    status: 400,
    body: { errors: [{ pointer: '/author/customerId', message: 'is not a customer' }] }
  })
  t.match(await by('01900000-0000-7000-8000-0000000000ff'), {
    status: 400,
    body: { errors: [{ pointer: '/author/customerId', message: 'no such person' }] }
  })
  await service.changePerson(people.outsider.id, { active: false })
  t.match(await by(people.outsider.id), { status: 400, body: { errors: [{ message: 'is not active' }] } })
})

void t.test('who may say what of a message', async (t) => {
  const service = await startTicket(t)
  const { path, at, after } = await waiting(service)
  const version = (await after()).version
  const pointers = async (payload: object, caller: object = gateway) => {
    const { status, body } = await service.post(path, { ...wrote, ...payload }, caller)
    t.equal(status, 400, JSON.stringify(payload))
    return [...new Set(body.errors.map(({ pointer }: any) => pointer))]
  }
  t.same(await pointers({ at: at(10.001) }), ['/at'], 'not in the future')
  t.same(await pointers({ at: at(-0.001) }), ['/at'], 'not before the ticket')
  t.same(await pointers({ at: '2026-03-02' }), ['/at'])
  t.same(await pointers({ author: 'agent' }), ['/author'])
  t.same(await pointers({ author: { personId: people.customer.id } }), [
    '/author',
    '/author/customerId',
    '/author/personId'
  ])
  t.same(await pointers({ externalId: 'a\nb' }), ['/externalId'])
  t.same(await pointers({ kind: 'internal' }), ['/kind'], 'a customer writes no notes')
  t.same(
    await pointers({ author: undefined, at: at(7) }, { as: 'agent' }),
    ['/at'],
    'staff does not date back what it writes itself'
  )
  t.same(await pointers({ at: at(7), externalId: 'x' }, { as: 'customer' }), ['/author', '/at', '/externalId'])
  t.equal((await after()).version, version, 'nothing was stored')
  t.match(await service.post(path, { ...wrote, at: at(10) }, gateway), { status: 201 }, 'now')
  t.match(await service.post(path, { ...wrote, at: at(0) }, gateway), { status: 201 }, 'with the ticket')
  t.match(
    await service.post(path, { body: 'x', at: at(7) }, gateway),
    { status: 201, body: { at: at(7) } },
    'what nobody has to answer for'
  )
})

void t.test('tickets have keys of other systems, and a time of their own', async (t) => {
  const service = await startTicket(t)
  service.clock.advance(day)
  const asked = {
    subject: 's',
    customerId: people.customer.id,
    externalId: 'case-1',
    createdAt: '2026-03-02T10:30:00.5+01:00'
  }
  const first = await service.post('/tickets', asked)
  t.match(first, {
    status: 201,
    body: { externalId: 'case-1', createdAt: '2026-03-02T09:30:00.500000Z', updatedAt: '2026-03-02T09:30:00.500000Z' }
  })
  t.match((await service.outbox()).at(-1), { time: '2026-03-02T09:30:00.500000Z', data: { actor: { kind: 'agent' } } })
  t.match(await service.post('/tickets', asked), {
    status: 409,
    body: { code: 'ticket_exists', ticketId: first.body.id }
  })
  t.match(await service.post('/tickets', { ...asked, externalId: 'case-2' }, gateway), {
    status: 201,
    body: { externalId: 'case-2' }
  })
  t.match(
    (await service.outbox()).at(-1),
    { data: { actor: { kind: 'customer', id: people.customer.id } } },
    'what an integrator brings the customer has asked'
  )
  t.match(await service.get('/tickets?externalId=case-1'), { status: 200, body: { items: [{ id: first.body.id }] } })
  t.same((await service.get('/tickets?externalId=case-9')).body.items, [])
  t.same((await service.get('/tickets?externalId=case-1', { tenant: 'globex' })).body.items, [])

  const keyed = { headers: { 'idempotency-key': 'k' } }
  const once = await service.post('/tickets', { ...asked, externalId: 'case-3' }, keyed)
  t.same(
    (await service.post('/tickets', { ...asked, externalId: 'case-3' }, keyed)).body,
    once.body,
    'the same request is answered as before'
  )
  t.match(await service.post('/tickets', { ...asked, externalId: 'case-3' }, { headers: { 'idempotency-key': 'l' } }), {
    status: 409
  })

  const many = await Promise.all(
    Array.from({ length: 6 }, (_, i) => service.post('/tickets', { ...asked, externalId: i < 5 ? 'race' : 'alone' }))
  )
  t.same(
    many.map(({ status }) => status).sort(),
    [201, 201, 409, 409, 409, 409],
    'of equal ones at once one wins, and no other suffers'
  )

  const batch = await service.post('/tickets/batch', {
    tickets: ['b1', 'case-1', 'b1', 'b2'].map((externalId) => ({ ...asked, externalId }))
  })
  t.match(batch.body.items, [
    { status: 201 },
    { status: 409, ticket: null, errors: [{ pointer: '/externalId' }] },
    { status: 409 },
    { status: 201 }
  ])

  const faults = async (fields: object, caller: object = {}) =>
    (await service.post('/tickets', { subject: 's', customerId: people.customer.id, ...fields }, caller)).body.errors
  t.match(await faults({ createdAt: formatInstant(start + day + 1) }), [
    { pointer: '/createdAt', message: 'lies in the future' }
  ])
  t.match(await faults({ createdAt: 'yesterday' }), [{ pointer: '/createdAt', message: /RFC 3339/ }])
  t.match(await faults({ externalId: '' }), [{ pointer: '/externalId' }])
  t.match(await faults({ externalId: 'x', createdAt: asked.createdAt }, { as: 'customer' }), [
    { pointer: '/externalId' },
    { pointer: '/createdAt' }
  ])
  t.match(await faults({ customerId: undefined }, gateway), [{ pointer: '/customerId' }])
})

void t.test('staff has requests: on its own ticket it is the customer', async (t) => {
  const service = await startTicket(t)
  const { status, body: ticket } = await service.post(
    '/tickets',
    { subject: 'own laptop', customerId: people.agent.id },
    { as: 'manager' }
  )
  t.equal(status, 201)
  const path = `/tickets/${ticket.id}/messages`
  t.match(await service.post(path, { body: 'any news?' }), {
    status: 201,
    body: { author: { kind: 'customer', id: people.agent.id } }
  })
  t.equal((await service.get(`/tickets/${ticket.id}`)).body.status, 'new', 'no answer to itself')
  t.match(await service.post(path, { body: 'soon' }, { as: 'second' }), {
    status: 201,
    body: { author: { kind: 'agent' } }
  })
  t.equal((await service.get(`/tickets/${ticket.id}`)).body.status, 'open')
  await service.post(`/tickets/${ticket.id}/transitions`, { to: 'waiting_on_customer' }, { as: 'second' })
  await service.post(path, wrote, gateway)
  t.equal((await service.get(`/tickets/${ticket.id}`)).body.status, 'open')
  t.match(await service.post('/tickets', { subject: 'mine', customerId: people.agent.id }), { status: 201 })
  await service.changePerson(people.second.id, { active: false })
  t.match(await service.post('/tickets', { subject: 'x', customerId: people.second.id }), {
    status: 400,
    body: { errors: [{ pointer: '/customerId', message: 'is not active' }] }
  })
})

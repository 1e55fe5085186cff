import { formatInstant } from '@dueline/business-time'
import { eventFaults, topics, type NewEvent } from '@dueline/contracts'
import { completeEvent, encodeEvent, partitionOf } from '@dueline/messaging'
import { systemIds } from '@dueline/runtime'
import t from 'tap'
import { other, people, start, startTicket, tenant, type TestTicket } from './harness.ts'

const product = '01900000-0000-7000-8000-00000000a001'
const secondProduct = '01900000-0000-7000-8000-00000000a002'
const moduleA = '01900000-0000-7000-8000-00000000b001'
const question = '01900000-0000-7000-8000-00000000c001'

type Item = {
  kind: 'product' | 'module' | 'question',
  id: string,
  productId?: string | null,
  moduleId?: string | null,
  active?: boolean,
  version?: number
}
function catalogueChanged ({ productId = null, moduleId = null, active = true, version = 1, ...item }: Item): NewEvent {
  return {
    id: systemIds.next(),
    type: 'dueline.catalogue.changed.v1',
    subject: `${item.kind}/${item.id}`,
    time: start,
    tenantId: tenant,
    partitionKey: item.id,
    sequence: version,
    historical: false,
    data: { item: { ...item, name: item.kind, productId, moduleId, active, version } }
  }
}

function levelReached (ticket: any, actions: unknown[], fields: Partial<NewEvent> = {}): NewEvent {
  const { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId } = ticket
  const at = formatInstant(start)
  return {
    id: systemIds.next(),
    type: 'dueline.escalation.level-reached.v1',
    subject: `ticket/${id}`,
    time: start,
    tenantId: tenant,
    partitionKey: id,
    sequence: 2,
    historical: false,
    data: {
      escalation: {
        id: product,
        ticketId: id,
        clockId: product,
        metric: 'resolution',
        cycle: 1,
        escalationPolicyId: null,
        escalationPolicyName: 'Standard',
        level: 1,
        levelCount: 4,
        state: 'open',
        openedAt: at,
        version: 2
      },
      ticket: { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId },
      level: { number: 1, name: 'Manager', last: false },
      targets: [{ personId: people.manager.id, because: 'test' }],
      actions,
      dueAt: at,
      firedAt: at
    },
    ...fields
  } as NewEvent
}

/** Sends events over the real bus and waits until the consumer has handled them. */
async function publish (service: TestTicket, topic: string, ...events: NewEvent[]): Promise<void> {
  const complete = events.map((event) => completeEvent(event))
  for (const event of complete) t.same(eventFaults(event), [])
  await service.bus.ensureTopics(Object.values(topics).map((topic) => ({ topic, partitions: 12 })))
  await service.consumer.start()
  const waiting = new Set(events.map(({ id }) => id))
  const done = service.consumer.handled.next((handled) => {
    for (const { id } of handled) waiting.delete(id)
    return waiting.size === 0
  })
  const producer = await service.bus.producer()
  await producer.publish(
    complete.map((event) => {
      const { key, headers, value } = encodeEvent(event)
      return { topic, key, headers, value: Buffer.from(value), partition: partitionOf(key, 12) }
    }),
    { signal: AbortSignal.timeout(60_000) }
  )
  await done
  await producer.close()
}

void t.test('what a ticket is about is checked against the catalogue as published', async (t) => {
  const service = await startTicket(t)
  await publish(
    service,
    topics['sla-policy'],
    catalogueChanged({ kind: 'product', id: product }),
    catalogueChanged({ kind: 'product', id: secondProduct }),
    catalogueChanged({ kind: 'module', id: moduleA, productId: product }),
    catalogueChanged({ kind: 'question', id: question, productId: product, moduleId: moduleA })
  )
  const about = (fields: object) => service.post('/tickets', { subject: 'x', ...fields }, { as: 'customer' })
  t.match(await about({ productId: product, moduleId: moduleA, questionId: question }), { status: 201 })
  t.match(await about({ questionId: question }), {
    status: 201,
    body: { productId: product, moduleId: moduleA, questionId: question }
  }, 'a question implies the rest')
  t.match(await about({ moduleId: moduleA }), { status: 201, body: { productId: product, questionId: null } })
  t.match(await about({ productId: secondProduct, moduleId: moduleA }), {
    status: 400,
    body: { errors: [{ pointer: '/moduleId', message: 'the module belongs to another product' }] }
  })
  t.match(await about({ productId: secondProduct, questionId: question }), {
    status: 400,
    body: { errors: [{ pointer: '/questionId', message: 'the question belongs to another product' }] }
  })
  t.match(await about({ productId: moduleA }), {
    status: 400,
    body: { errors: [{ pointer: '/productId', message: 'no such product' }] }
  })
  const { body: ticket } = await about({ questionId: question })
  t.match(await service.patch(`/tickets/${ticket.id}`, { productId: secondProduct }, '"1"'), {
    status: 400,
    body: { errors: [{ pointer: '/moduleId' }, { pointer: '/questionId' }] }
  })
  t.match(await service.patch(`/tickets/${ticket.id}`, { productId: null }, '"1"'), { status: 400 })
  const cleared = await service.patch(`/tickets/${ticket.id}`, {
    productId: secondProduct,
    moduleId: null,
    questionId: null
  }, '"1"')
  t.match(cleared, { status: 200, body: { productId: secondProduct, moduleId: null, questionId: null } })

  await publish(
    service,
    topics['sla-policy'],
    catalogueChanged({ kind: 'product', id: product, active: false, version: 3 }),
    catalogueChanged({ kind: 'product', id: product, version: 2 })
  )
  service.clock.advance(6_000_000)
  t.match(await about({ productId: product }), {
    status: 400,
    body: { errors: [{ pointer: '/productId', message: 'the product is not active' }] }
  }, 'the newest version counts')
  t.match(await service.patch(`/tickets/${ticket.id}`, { subject: 'still editable' }, '"2"'), { status: 200 })
})

void t.test('escalation levels are carried out once, and only where they change something', async (t) => {
  const service = await startTicket(t)
  const ticket = await service.open({ priority: 'P2' })
  const done = await service.open({ priority: 'P2' })
  await service.post(`/tickets/${done.id}/transitions`, { to: 'resolved' })
  await service.clearOutbox()
  const event = levelReached(ticket, [{ kind: 'notify', personIds: [people.manager.id] }, {
    kind: 'reassign',
    assigneeId: people.manager.id
  }, { kind: 'raise_priority', priority: 'P0' }])
  await publish(
    service,
    topics.escalation,
    event,
    levelReached(done, [{ kind: 'raise_priority', priority: 'P0' }]),
    levelReached(ticket, [{ kind: 'raise_priority', priority: 'P1' }, {
      kind: 'reassign',
      assigneeId: people.customer.id
    }, { kind: 'reassign', assigneeId: product }]),
    levelReached(ticket, [{ kind: 'raise_priority', priority: 'P0' }], { historical: true }),
    levelReached({ ...ticket, id: product }, [{ kind: 'raise_priority', priority: 'P0' }]),
    levelReached(ticket, [{ kind: 'reassign', assigneeId: people.agent.id }], { tenantId: other })
  )
  t.match(await service.outbox(), [
    {
      type: 'ticket.assigned',
      sequence: 2,
      data: {
        actor: { kind: 'system', id: null, screenName: null },
        to: { assigneeId: people.manager.id },
        reason: /Standard.*level 1 \(Manager\)/
      }
    },
    {
      type: 'ticket.updated',
      sequence: 3,
      data: { actor: { kind: 'system' }, changes: [{ field: 'priority', from: 'P2', to: 'P0' }] }
    }
  ])
  t.equal((await service.outbox()).length, 2)
  const after = levelReached(ticket, [{ kind: 'reassign', assigneeId: people.agent.id }])
  await publish(service, topics.escalation, after)
  t.equal((await service.get(`/tickets/${ticket.id}`)).body.assigneeId, people.agent.id)
  await service.post(`/tickets/${ticket.id}/assignments`, { assigneeId: people.second.id })
  const again = levelReached(ticket, [{ kind: 'notify', personIds: [] }])
  const producer = await service.bus.producer()
  const { key, headers, value } = encodeEvent(completeEvent(after))
  await producer.publish([{
    topic: topics.escalation,
    key,
    headers,
    value: Buffer.from(value),
    partition: partitionOf(key, 12)
  }], { signal: AbortSignal.timeout(60_000) })
  await publish(service, topics.escalation, again)
  await producer.close()
  t.match(
    (await service.get(`/tickets/${ticket.id}`)).body,
    { assigneeId: people.second.id, priority: 'P0' },
    'the same event has no second effect'
  )
})

void t.test('what the service says reaches the bus', async (t) => {
  const service = await startTicket(t)
  await service.bus.ensureTopics(Object.values(topics).map((topic) => ({ topic, partitions: 12 })))
  const { id } = await service.open()
  const published = service.relay.published.next()
  await service.relay.start()
  await published
  const { rows } = await service.database.pool.query('select count(*)::int as n from outbox')
  t.equal(rows[0].n, 0)
  t.ok(id)
})

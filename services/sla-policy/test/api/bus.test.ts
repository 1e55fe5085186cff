import { topics } from '@dueline/contracts'
import { encodeEvent, partitionOf } from '@dueline/messaging'
import type { AnyEvent } from '@dueline/testkit'
import t from 'tap'
import { customerId, fact, harness, person, snapshot, ticketId } from './harness.ts'

t.test('facts on the log become agreements on the log, a poisoned one becomes a dead letter', async (t) => {
  const { bus, service, call } = await harness(t)
  await bus.ensureTopics([topics.ticket, topics['sla-policy']].map((topic) => ({ topic, partitions: 12 })))
  for (const loop of service.loops) await loop.start()
  t.teardown(async () => {
    for (const loop of service.loops) await loop.stop()
  })
  const producer = await bus.producer()
  t.teardown(async () => await producer.close())
  const publish = async (...events: AnyEvent[]) =>
    await producer.publish(
      events.map((event) => {
        const { key, headers, value } = encodeEvent(event)
        return { topic: topics.ticket, key, partition: partitionOf(key, 12), value: Buffer.from(value), headers }
      }),
      { signal: AbortSignal.timeout(60_000) }
    )

  const published = service.relay.published.next()
  const known = service.consumer.handled.next((events) =>
    events.some(({ type }) => type === 'dueline.person.changed.v1')
  )
  const right = fact('created', snapshot({ id: customerId }))
  const poisoned = { ...right, data: { ...right.data, ticket: { ...right.data.ticket, priority: 'P9' } } }
  await publish(poisoned, fact('created', snapshot()), person())
  t.equal(await published, 1)
  await known
  t.match((await call('GET', `/agreements?ticketId=${ticketId}`)).body.items, [{ version: 1, origin: 'built_in' }])
  t.equal(
    (await call('POST', '/sla-rows', { body: { name: 'r', targets: { resolution: 'PT1H' }, customerId } })).status,
    201
  )
  t.equal((await service.http.inject('/health/ready')).statusCode, 200)

  const letters = (await call('GET', '/sla-policy/dead-letters', { as: 'operator' })).body
  t.match(letters.items, [{ reason: 'schema_fault', eventId: poisoned.id, resentCount: 0 }])
  t.match(await call('POST', `/sla-policy/dead-letters/${letters.items[0].id}/resend`, { as: 'operator' }), {
    status: 200,
    body: { resentCount: 1 }
  })

  const again = service.consumer.handled.next()
  const moved = service.relay.published.next()
  await publish(fact('updated', snapshot({ version: 2, priority: 'P0' })))
  await again
  t.equal(await moved, 1)
})

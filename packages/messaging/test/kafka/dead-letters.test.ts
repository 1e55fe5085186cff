import { testKafka } from '@dueline/testkit'
import kafkajs from 'kafkajs'
import t from 'tap'
import { completeEvent, encodeEvent, partitionOf, resendDeadLetter, type InBatch } from '../../src/index.ts'
import { createTopics } from '../../src/kafka/create-topics.ts'
import { newEvent, tenant, type } from '../support/events.ts'
import { freshName, kafkaBus, publish } from '../support/kafka.ts'
import { makeStack, until } from '../support/stack.ts'

const brokers = await testKafka(t)

t.test(
  'what is put aside goes to the dead-letter topic with its reason, as soon as there is one, and can be sent again',
  { skip: brokers === undefined },
  async (t) => {
    const bus = kafkaBus(t, { brokers: brokers!, prefix: `${freshName('letters')}.` })
    const stack = await makeStack(t)
    const topic = 'dueline.ticket'
    await bus.ensureTopics([{ topic, partitions: 3 }])
    let broken = true
    const consumer = stack.consumer({
      [type]: async () => {
        if (broken) throw new Error('a bug')
      }
    }, { bus, group: 'sample', topics: [topic], triesMax: 1 })
    await consumer.start()

    const fine = encodeEvent(completeEvent(newEvent('key', 1)))
    const record = (
      value: string
    ): Parameters<typeof publish>[1] => [{
      topic,
      key: 'key',
      partition: partitionOf('key', 3),
      value: Buffer.from(value),
      headers: fine.headers
    }]
    await publish(bus, [...record('{not json'), ...record(fine.value)])
    const letters = async (): Promise<Array<{ id: string, reason: string, published: boolean }>> =>
      (await stack.database.pool.query(
        'select id::text, reason, published_at is not null as published from dead_letter order by off'
      )).rows
    await until('both rows', async () => (await letters()).length === 2)
    t.match(
      await letters(),
      [{ reason: 'bad_json', published: false }, { reason: 'handler_failed', published: false }],
      'the topic is not there yet'
    )

    const [first] = await letters()
    await bus.ensureTopics([{ topic: 'dueline.sample.dlq', partitions: 1 }])
    const found: InBatch['records'][number][] = []
    const tool = await bus.consumer({ group: 'tool', topics: ['dueline.sample.dlq'], from: 'earliest' })
    void tool.run(async ({ records }) => {
      found.push(...records)
    })
    t.teardown(async () => await tool.close({ graceMs: 500 }))
    await until('both records', () => found.length >= 2)
    t.equal(Buffer.from(found[0]!.value).toString(), '{not json')
    t.match(found.map(({ key, headers }) => ({ key, ...headers })), [
      {
        key: 'key',
        ce_type: type,
        'dueline-reason': 'bad_json',
        'dueline-consumer': 'sample',
        'dueline-topic': topic,
        'dueline-offset': '0',
        'dueline-dead-letter-id': first!.id
      },
      { 'dueline-reason': 'handler_failed', 'dueline-detail': 'Error: a bug' }
    ])
    await until('the marks', async () => (await letters()).every(({ published }) => published))

    broken = false
    const handled = consumer.handled.next()
    t.match(await resendDeadLetter({ database: stack.database, bus, tenantId: tenant, id: (await letters())[1]!.id }), {
      outcome: 'resent'
    })
    t.match(await handled, [{ sequence: 1 }])
  }
)

t.test('a record of 2 MB that others wrote is put aside, and what follows it is handled', {
  skip: brokers === undefined
}, async (t) => {
  const prefix = `${freshName('large')}.`
  const bus = kafkaBus(t, { brokers: brokers!, prefix })
  const stack = await makeStack(t)
  const topic = 'dueline.ticket'
  const client = new kafkajs.Kafka({ brokers: brokers!, logLevel: kafkajs.logLevel.NOTHING })
  const admin = client.admin()
  await admin.connect()
  await createTopics(admin, [{
    topic: prefix + topic,
    numPartitions: 1,
    configEntries: [{ name: 'max.message.bytes', value: '4000000' }]
  }])
  await admin.disconnect()
  const fine = encodeEvent(completeEvent(newEvent('key', 1)))
  const producer = client.producer()
  await producer.connect()
  await producer.send({
    topic: prefix + topic,
    messages: [{ key: 'key', headers: fine.headers, value: Buffer.alloc(2_000_000, 'x') }, {
      key: 'key',
      headers: fine.headers,
      value: fine.value
    }]
  })
  await producer.disconnect()
  const consumer = stack.consumer({ [type]: async () => {} }, { bus, group: 'sample', topics: [topic] })
  const handled = consumer.handled.next()
  await bus.ensureTopics([{ topic: 'dueline.sample.dlq', partitions: 1 }])
  await consumer.start()
  t.match(await handled, [{ sequence: 1 }])
  const found: InBatch['records'][number][] = []
  const tool = await bus.consumer({ group: 'tool', topics: ['dueline.sample.dlq'], from: 'earliest' })
  void tool.run(async ({ records }) => {
    found.push(...records)
  })
  t.teardown(async () => await tool.close({ graceMs: 500 }))
  await until('its dead letter', () => found.length === 1)
  t.match(found[0]!.headers, { 'dueline-reason': 'oversized', 'dueline-truncated': 'true' })
  t.equal(found[0]!.value.byteLength, 4_096)
})

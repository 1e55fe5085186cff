import { testKafka } from '@dueline/testkit'
import kafkajs from 'kafkajs'
import t from 'tap'
import { partitionOf } from '../../src/index.ts'
import { createTopics } from '../../src/kafka/create-topics.ts'
import { freshName, kafkaBus, publish, readAll, records } from '../support/kafka.ts'

const brokers = await testKafka(t)
const large = 'large:'.padEnd(5_000, 'x')

/**
 * A topic of two partitions that takes 2,000 bytes at once, so that one partition of a request can be refused and the
 * other stored.
 */
async function smallTopic (): Promise<{ topic: string, client: InstanceType<typeof kafkajs.Kafka> }> {
  const topic = freshName('small')
  const client = new kafkajs.Kafka({ brokers: brokers!, logLevel: kafkajs.logLevel.NOTHING })
  const admin = client.admin()
  await admin.connect()
  await createTopics(admin, [{
    topic,
    numPartitions: 2,
    configEntries: [{ name: 'max.message.bytes', value: '2000' }]
  }])
  await admin.disconnect()
  return { topic, client }
}

if (brokers !== undefined) {
  t.test('why a rejection spends a producer: the client itself then loses records without a word', async (t) => {
    const { topic, client } = await smallTopic()
    const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    t.teardown(async () => await producer.disconnect())
    await t.rejects(
      producer.send({ topic, acks: -1, messages: [{ partition: 0, value: 'first' }, { partition: 1, value: large }] }),
      'one partition is refused'
    )
    const [answer] = await producer.send({ topic, acks: -1, messages: [{ partition: 0, value: 'second' }] })
    t.match(answer, { errorCode: 0, baseOffset: '0' }, 'the next send succeeds, it says')
    t.strictSame(await readAll(t, kafkaBus(t, { brokers }), topic), ['first'], 'and "second" was never stored')
  })

  t.test('our producer refuses to go on after a rejection, and its successor loses nothing', async (t) => {
    const { topic } = await smallTopic()
    const bus = kafkaBus(t, { brokers })
    // A partition this new may refuse as well, for moments, and then "first" is not stored.
    await publish(bus, [{ topic, key: 'a', partition: 0, value: Buffer.from('before'), headers: {} }])
    const spent = await bus.producer()
    const bad = [{ topic, key: 'a', partition: 0, value: Buffer.from('first'), headers: {} }, {
      topic,
      key: 'b',
      partition: 1,
      value: Buffer.from(large),
      headers: {}
    }]
    await t.rejects(spent.publish(bad, { signal: AbortSignal.timeout(60_000) }), {
      name: 'BusError',
      kind: 'fatal',
      message: /larger than the broker takes.*MESSAGE_TOO_LARGE/
    })
    const second = [{ topic, key: 'a', partition: 0, value: Buffer.from('second'), headers: {} }]
    await t.rejects(spent.publish(second, { signal: AbortSignal.timeout(60_000) }), {
      name: 'BusError',
      message: /spent/
    })
    await spent.close()
    await publish(bus, second)
    t.strictSame(await readAll(t, bus, topic), ['before', 'first', 'second'])
  })

  t.test('a record for a partition that does not exist is refused: the client would leave it out', async (t) => {
    const bus = kafkaBus(t, { brokers })
    const topic = freshName('two')
    await bus.ensureTopics([{ topic, partitions: 2 }])
    await t.rejects(publish(bus, [{ topic, key: 'a', partition: 7, value: Buffer.from('x'), headers: {} }]), {
      name: 'BusError',
      kind: 'fatal',
      message: /has no partition 7/
    })
  })

  t.test('a batch larger than a broker takes at once is cut into requests, in order', async (t) => {
    const bus = kafkaBus(t, { brokers })
    const topic = freshName('cut')
    await bus.ensureTopics([{ topic, partitions: 3 }])
    const texts = Array.from({ length: 400 }, (_, i) => `key-${i % 4}:${i}:`.padEnd(20_000, '.'))
    await publish(bus, records(topic, 3, texts))
    const seen = await readAll(t, bus, topic)
    for (const key of ['key-0', 'key-1', 'key-2', 'key-3']) {
      t.strictSame(
        seen.filter((text) => text.startsWith(key)),
        texts.filter((text) => text.startsWith(key)),
        key
      )
    }
  })

  t.test('a publish that is given up ends at once, and its producer with it', async (t) => {
    const bus = kafkaBus(t, { brokers })
    const topic = freshName('given-up')
    await bus.ensureTopics([{ topic, partitions: 1 }])
    const producer = await bus.producer()
    await t.rejects(producer.publish(records(topic, 1, ['a:1']), { signal: AbortSignal.abort() }), {
      name: 'BusError',
      kind: 'retriable'
    })
    await t.rejects(producer.publish(records(topic, 1, ['a:2']), { signal: AbortSignal.timeout(1_000) }), {
      message: /spent/
    })
    await producer.close()
  })
}

t.test('keys go to the partitions that the Java client and kafkajs give them', async (t) => {
  const partitioner = kafkajs.Partitioners.DefaultPartitioner()
  const partitionMetadata = Array.from(
    { length: 12 },
    (_, partitionId) => ({ partitionErrorCode: 0, partitionId, leader: 1, replicas: [1], isr: [1] })
  )
  const keys = Array.from({ length: 2_000 }, (_, i) => `${i.toString(36)}-ключ-${'k'.repeat(i % 17)}`)
  t.strictSame(
    keys.map((key) => partitionOf(key, 12)),
    keys.map((key) => partitioner({ topic: 't', partitionMetadata, message: { key, value: '' } }))
  )
})

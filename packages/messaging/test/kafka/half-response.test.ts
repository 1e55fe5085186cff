// A connection that is reset in the middle of a response. First the client alone: mending it lasts for the process.
import kafkajs from 'kafkajs'
import t from 'tap'
import { freshName, kafkaBus, reader } from '../support/kafka.ts'
import { proxiedKafka } from '../support/proxied-kafka.ts'
import { until } from '../support/stack.ts'

t.setTimeout(60_000)
const kafka = await proxiedKafka(t)
const count = 100
const halfBytes = 5_000

if (kafka !== undefined) {
  const { brokers, resetWithin } = kafka
  const client = new kafkajs.Kafka({ brokers, requestTimeout: 500, retry: { initialRetryTime: 50, maxRetryTime: 100, retries: 30 }, logLevel: kafkajs.logLevel.NOTHING })
  const topic = freshName('half')
  const admin = client.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  await admin.disconnect()
  const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({ topic, messages: Array.from({ length: count }, (_, i) => ({ key: 'a', value: `a:${i}`.padEnd(4_000, '.') })) })
  await producer.disconnect()

  t.test('the client alone reads nothing more, though its connection is back', async (t) => {
    const consumer = client.consumer({ groupId: freshName('alone'), maxWaitTimeInMs: 100 })
    t.teardown(async () => await consumer.disconnect())
    let seen = 0
    let timeouts = 0
    consumer.on(consumer.events.REQUEST_TIMEOUT, ({ payload: { apiName } }) => { if (apiName === 'Fetch') timeouts++ })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    const reset = resetWithin(halfBytes)
    await consumer.run({ eachBatch: async ({ batch: { messages } }) => { seen += messages.length } })
    await reset
    await until('fetch after fetch to time out', () => timeouts >= 3)
    t.equal(seen, 0, 'of records that are there')
  })

  t.test('ours reads all of it', async (t) => {
    const bus = kafkaBus(t, { brokers })
    const reset = resetWithin(halfBytes)
    const seen = await reader(t, bus, topic)
    await reset
    await until('every record', () => seen.length === count)
    t.match(seen.at(-1), `a:${count - 1}.`)
  })
}

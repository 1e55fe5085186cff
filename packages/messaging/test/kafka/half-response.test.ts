// A connection that is reset in the middle of a response. Unmended, kafkajs 2.2.4 takes bytes of records for a length
// and reads nothing more.
import kafkajs from 'kafkajs'
import t from 'tap'
import { freshName, kafkaBus, reader } from '../support/kafka.ts'
import { proxiedKafka } from '../support/proxied-kafka.ts'
import { until } from '../support/stack.ts'

const kafka = await proxiedKafka(t)
const count = 100
const halfBytes = 5_000

if (kafka !== undefined) {
  const { brokers, resetWithin } = kafka
  const client = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING })
  const topic = freshName('half')
  const admin = client.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  await admin.disconnect()
  const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({
    topic,
    messages: Array.from({ length: count }, (_, i) => ({ key: 'a', value: `a:${i}`.padEnd(4_000, '.') }))
  })
  await producer.disconnect()

  t.test('a reader whose connection is reset reads all of it', async (t) => {
    const bus = kafkaBus(t, { brokers })
    const reset = resetWithin(halfBytes)
    const seen = await reader(t, bus, topic)
    await reset
    await until('every record', () => seen.length === count)
    t.match(seen.at(-1), `a:${count - 1}.`)
  })
}

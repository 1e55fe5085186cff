import { silentLogger, testKafka } from '@dueline/testkit'
import kafkajs from 'kafkajs'
import t from 'tap'
import { KafkaAdmin } from '../../src/kafka/admin.ts'
import { createTopics } from '../../src/kafka/create-topics.ts'
import { KafkaMember } from '../../src/kafka/member.ts'
import { freshName, kafkaBus, publish, readAll, records } from '../support/kafka.ts'
import { until } from '../support/stack.ts'

const brokers = await testKafka(t)

/** A topic whose records the broker compresses, with some. */
async function compressed (type: string): Promise<string> {
  const topic = freshName(type)
  const admin = new kafkajs.Kafka({ brokers: brokers!, logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  await createTopics(admin, [{ topic, numPartitions: 1, configEntries: [{ name: 'compression.type', value: type }] }])
  await admin.disconnect()
  const bus = kafkaBus(t, { brokers: brokers! })
  await publish(bus, records(topic, 1, texts))
  return topic
}

const texts = Array.from({ length: 300 }, (_, i) => `a:${i}`)

if (brokers !== undefined) {
  t.test('what a broker compresses with gzip or zstd is read', async (t) => {
    for (const type of ['gzip', 'zstd']) {
      t.strictSame(await readAll(t, kafkaBus(t, { brokers }), await compressed(type)), texts, type)
    }
  })

  t.test('a codec that is not here is said once, and tried again ever more rarely', async (t) => {
    const topic = await compressed('lz4')
    const failures: number[] = []
    const said: string[] = []
    const logger = {
      ...silentLogger,
      error: ({ err }: { err: Error }) => {
        said.push(err.message)
      }
    } as unknown as typeof silentLogger
    const connection = { brokers }
    const admin = new KafkaAdmin(connection, logger)
    const backoff = {
      nextMs: (failure: number) => {
        failures.push(failure)
        return 1
      }
    }
    const member = new KafkaMember(
      {
        connection,
        group: freshName('g'),
        topics: [topic],
        from: 'earliest',
        logger,
        backoff,
        sessionMs: 10_000,
        stuckMs: 60_000,
        batchRecordsMax: 500
      },
      admin,
      () => {}
    )
    t.teardown(async () => {
      await member.close({ graceMs: 0 })
      await admin.close()
    })
    void member.run(async () => {
      t.fail('nothing can be read')
    })
    await until('four sessions', () => failures.length >= 4)
    t.strictSame(failures.slice(0, 4), [1, 2, 3, 4], 'each counts as one more failure, though it had joined')
    t.match(member.health(), {
      state: 'down',
      detail: /LZ4 compression not implemented: set compression\.type=producer/
    })
    t.equal(said.length, 1)
  })
}

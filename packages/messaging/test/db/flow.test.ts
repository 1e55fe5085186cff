import { createMetrics } from '@dueline/runtime'
import { silentLogger, testDatabase } from '@dueline/testkit'
import type { DuelineEvent } from '@dueline/contracts'
import t from 'tap'
import { createConsumer, createOutbox, createPgLogBus, createRelay, migrations } from '../../src/index.ts'
import { ignored, newEvent, topic, type } from '../support/events.ts'

t.test('an event goes from outbox to consumer', async (t) => {
  const { url, database } = await testDatabase(t, { schema: 'notification', sources: [migrations] })
  const bus = createPgLogBus({ url, logger: silentLogger })
  await bus.ensureTopics([{ topic, partitions: 12 }])
  const metrics = createMetrics('test')
  const relay = createRelay({ database, bus, topic, logger: silentLogger, metrics })
  const seen: DuelineEvent[] = []
  const consumer = createConsumer({
    database,
    bus,
    group: 'test',
    topics: [topic],
    logger: silentLogger,
    metrics,
    handlers: {
      ...ignored,
      [type]: async (tx, events) => {
        seen.push(...events)
      }
    }
  })
  await consumer.start()
  await relay.start()
  const outbox = createOutbox()
  const events = Array.from({ length: 100 }, (_, i) => newEvent(`key-${i % 10}`, Math.floor(i / 10)))
  for (const event of events) await database.tx(async (tx) => await outbox.add(tx, [event]))
  while (seen.length < 100) await consumer.handled.next()
  t.equal(seen.length, 100)
  for (let k = 0; k < 10; k++) {
    t.same(seen.filter((e) => e.partitionkey === `key-${k}`).map((e) => e.sequence), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  }
  await relay.stop()
  await consumer.stop()
  await bus.close()
})

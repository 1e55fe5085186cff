import { setTimeout as pause } from 'node:timers/promises'
import { backoff } from '@dueline/runtime'
import { testBroker } from '@dueline/testkit'
import t from 'tap'
import { BusError, type Bus, type BusProducer, type OutRecord } from '../../src/index.ts'
import { freshName, kafkaBus, publish, reader, records } from '../support/kafka.ts'
import { until } from '../support/stack.ts'

const partitions = 6
const broker = await testBroker(t)

/** As the relay does it: the same batch again with a new producer, until it is stored. */
async function publishStubbornly (
  bus: Bus,
  batches: ReadonlyArray<readonly OutRecord[]>,
  after: (index: number) => void
): Promise<number> {
  const waits = backoff({ initialMs: 50, maxMs: 500 })
  let producer: BusProducer | undefined
  let failures = 0
  for (const [index, batch] of batches.entries()) {
    for (let stored = false; !stored;) {
      try {
        producer ??= await bus.producer()
        await producer.publish(batch, { signal: AbortSignal.timeout(60_000) })
        stored = true
      } catch (error) {
        if (!(error instanceof BusError) || error.kind !== 'retriable') throw error
        await producer?.close()
        producer = undefined
        await pause(waits.nextMs(++failures))
      }
    }
    after(index)
  }
  await producer?.close()
  return failures
}

if (broker !== undefined) {
  const brokers = [broker.brokers]

  t.test('a broker that is killed under load loses nothing, and keys keep their order', async (t) => {
    const bus = kafkaBus(t, { brokers })
    const topic = freshName('killed')
    await bus.ensureTopics([{ topic, partitions }])
    const seen = await reader(t, bus, topic)
    const texts = Array.from({ length: 6_000 }, (_, i) => `key-${i % 30}:${Math.floor(i / 30)}`)
    const all = records(topic, partitions, texts)
    const batches = Array.from({ length: 300 }, (_, i) => all.slice(i * 20, i * 20 + 20))
    let outage: Promise<void> | undefined
    const failures = await publishStubbornly(bus, batches, (index) => {
      if (index === 100) outage = broker.kill().then(async () => await broker.restart())
    })
    await outage
    await until('every record', () => new Set(seen).size === texts.length, 60_000)
    for (let key = 0; key < 30; key++) {
      const firsts = [...new Set(seen.filter((text) => text.startsWith(`key-${key}:`)))]
      t.strictSame(
        firsts,
        Array.from({ length: 200 }, (_, n) => `key-${key}:${n}`),
        `key-${key} is complete and in order`
      )
    }
    t.comment(`${failures} producers were spent, ${seen.length - texts.length} records came twice`)
  })

  t.test('who begins while the broker is away goes on when it is back; closing meanwhile does not hang', async (t) => {
    const bus = kafkaBus(t, { brokers })
    const topic = freshName('away')
    await bus.ensureTopics([{ topic, partitions }])
    await publish(bus, records(topic, partitions, ['a:1']))
    await broker.kill()
    await t.rejects(bus.producer(), {
      name: 'BusError',
      kind: 'retriable',
      message: /cannot connect to publish at the moment/
    })
    const given = await bus.consumer({ group: freshName('given-up'), topics: [topic], from: 'earliest' })
    const ended = given.run(async () => {})
    await given.close({ graceMs: 500 })
    await ended
    const seen = await reader(t, bus, topic)
    await broker.restart()
    await until('the record', () => seen.length === 1)
  })

  t.test('a handler that takes longer than the session keeps its partition while it says it is alive', async (t) => {
    const bus = kafkaBus(t, { brokers, sessionMs: 6_000, stuckMs: 3_000 })
    const topic = freshName('long')
    await bus.ensureTopics([{ topic, partitions: 1 }])
    const seen = await reader(t, bus, topic, async (batch) => {
      for (let beat = 0; beat < 20; beat++) {
        await pause(400)
        await batch.alive()
      }
    })
    await publish(bus, records(topic, 1, ['a:1']))
    await until('the record', () => seen.length > 0)
    await publish(bus, records(topic, 1, ['a:2']))
    await until('the next', () => seen.length > 1)
    t.strictSame(seen, ['a:1', 'a:2'], 'nothing came twice')
  })

  t.test('a handler that says nothing for too long loses its partitions to another member', async (t) => {
    const group = freshName('stuck')
    const topic = freshName('stuck')
    const bus = kafkaBus(t, { brokers, stuckMs: 1_500 })
    await bus.ensureTopics([{ topic, partitions: 1 }])
    const hung = await bus.consumer({ group, topics: [topic], from: 'earliest' })
    let inFlight = 0
    void hung.run(async () => {
      inFlight++
      await new Promise(() => {})
    })
    t.teardown(async () => await hung.close({ graceMs: 0 }))
    await publish(bus, records(topic, 1, ['a:1']))
    await until('its leaving', () => /has said nothing for 2 s/.test(hung.health().detail))
    const other = await bus.consumer({ group, topics: [topic], from: 'earliest' })
    const seen: string[] = []
    void other.run(async ({ records }) => {
      for (const { value } of records) seen.push(Buffer.from(value).toString())
    })
    t.teardown(async () => await other.close({ graceMs: 0 }))
    await until('the other member', () => seen.length === 1)
    t.match(hung.health(), { state: 'degraded', detail: /has said nothing for 2 s/ }, 'it stays out')
    t.equal(inFlight, 1, 'and does not meet its own successor')
  })
}

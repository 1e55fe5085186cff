import { EventEmitter, once } from 'node:events'
import kafkajs, { type Consumer } from 'kafkajs'
import { completeEvent, encodeEvent, partitionOf } from '../../packages/messaging/src/index.ts'
import { createTopics } from '../../packages/messaging/src/kafka/create-topics.ts'
import { systemIds } from '../../packages/runtime/src/index.ts'
import { openLoop, quantile } from '../measure.ts'
import { benchEvent } from './event.ts'

const batchSize = 500
const partitions = 12

/** The client library alone, with the same records: no database, no contract, no inbox. What a broker gives at best. */
export async function plainKafka (
  brokers: readonly string[],
  { count, steadyPerSecond, seconds }: { count: number, steadyPerSecond: number, seconds: number }
): Promise<Record<string, number>> {
  const topic = `bench-plain-${systemIds.next()}`
  const client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
  const admin = client.admin()
  await admin.connect()
  await createTopics(admin, [{ topic, numPartitions: partitions }])
  const producer = client.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner
  })
  await producer.connect()
  const messages = Array.from({ length: count }, (_, i) => message(`aggregate-${i % 1_000}`, i))
  const producedMs = await timed(async () => {
    for (let i = 0; i < count; i += batchSize) {
      await producer.send({ topic, acks: -1, messages: messages.slice(i, i + batchSize) })
    }
  })

  const consumer = client.consumer({ groupId: `bench-plain-${systemIds.next()}` })
  const reading: Reading = { records: 0, latenciesMs: [], grown: new EventEmitter() }
  await consumer.subscribe({ topic, fromBeginning: true })
  const consumedMs = await timed(async () => {
    await read(consumer, topic, reading)
    while (reading.records < count) await once(reading.grown, 'read')
  })

  let sending: Promise<unknown> = Promise.resolve()
  const steady = steadyPerSecond * seconds
  await openLoop({
    perSecond: steadyPerSecond,
    seconds,
    call: async (i) => {
      const { headers, ...rest } = message(`aggregate-${i % 1_000}`, i)
      const sent = { ...rest, headers: { ...headers, sentAt: String(performance.now()) } }
      sending = sending.then(async () => await producer.send({ topic, acks: -1, messages: [sent] }))
      await sending
    }
  })
  while (reading.records < count + steady) await once(reading.grown, 'read')
  await consumer.disconnect()
  await producer.disconnect()
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
  return {
    plainProducedPerSecond: count / producedMs * 1_000,
    plainConsumedPerSecond: count / consumedMs * 1_000,
    plainSteadyP50Ms: quantile(reading.latenciesMs, 0.5),
    plainSteadyP99Ms: quantile(reading.latenciesMs, 0.99)
  }
}

/** What was read; `grown` emits `read` after each batch. Latencies are of the records that say when they were sent. */
interface Reading {
  records: number
  readonly latenciesMs: number[]
  readonly grown: EventEmitter
}

/** Reads on, committing batch after batch, until the consumer is disconnected. */
async function read (consumer: Consumer, topic: string, reading: Reading): Promise<void> {
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary }) => {
      for (const { headers } of batch.messages) {
        if (headers?.sentAt !== undefined) reading.latenciesMs.push(performance.now() - Number(headers.sentAt))
      }
      reading.records += batch.messages.length
      resolveOffset(batch.lastOffset())
      const next = { partition: batch.partition, offset: String(BigInt(batch.lastOffset()) + 1n) }
      await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [next] }] })
      reading.grown.emit('read')
    }
  })
}

function message (
  key: string,
  sequence: number
): { key: string, partition: number, value: string, headers: Record<string, string> } {
  const { headers, value } = encodeEvent(completeEvent(benchEvent(key, sequence)))
  return { key, partition: partitionOf(key, partitions), value, headers }
}

async function timed (work: () => Promise<void>): Promise<number> {
  const begunMs = performance.now()
  await work()
  return performance.now() - begunMs
}

import { EventEmitter, once } from 'node:events'
import kafkajs from 'kafkajs'
import { completeEvent, encodeEvent, partitionOf } from '../../packages/messaging/src/index.ts'
import { createTopics } from '../../packages/messaging/src/kafka/create-topics.ts'
import { systemIds } from '../../packages/runtime/src/index.ts'
import { openLoop, quantile } from '../measure.ts'
import { benchEvent } from './event.ts'

const batchSize = 500
const partitions = 12

/** The client library alone, with the same records: no database, no contract, no inbox. What a broker gives at best. */
export async function plainKafka (brokers: readonly string[], { count, steadyPerSecond, seconds }: { count: number, steadyPerSecond: number, seconds: number }): Promise<Record<string, number>> {
  const topic = `bench-plain-${systemIds.next()}`
  const client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
  const admin = client.admin()
  await admin.connect()
  await createTopics(admin, [{ topic, numPartitions: partitions }])
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  const messages = Array.from({ length: count }, (_, i) => message(`aggregate-${i % 1_000}`, i))
  const producedMs = await timed(async () => {
    for (let i = 0; i < count; i += batchSize) await producer.send({ topic, acks: -1, messages: messages.slice(i, i + batchSize) })
  })

  const consumer = client.consumer({ groupId: `bench-plain-${systemIds.next()}` })
  const progress = new EventEmitter()
  const latencies: number[] = []
  const done = { read: 0 }
  await consumer.subscribe({ topic, fromBeginning: true })
  const consumedMs = await timed(async () => {
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary }) => {
        for (const { headers } of batch.messages) if (headers?.sentAt !== undefined) latencies.push(performance.now() - Number(headers.sentAt))
        done.read += batch.messages.length
        resolveOffset(batch.lastOffset())
        await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition: batch.partition, offset: String(BigInt(batch.lastOffset()) + 1n) }] }] })
        progress.emit('read')
      }
    })
    while (done.read < count) await once(progress, 'read')
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
  while (done.read < count + steady) await once(progress, 'read')
  await consumer.disconnect()
  await producer.disconnect()
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
  return {
    plainProducedPerSecond: count / producedMs * 1_000,
    plainConsumedPerSecond: count / consumedMs * 1_000,
    plainSteadyP50Ms: quantile(latencies, 0.5),
    plainSteadyP99Ms: quantile(latencies, 0.99)
  }
}

function message (key: string, sequence: number): { key: string, partition: number, value: string, headers: Record<string, string> } {
  const { headers, value } = encodeEvent(completeEvent(benchEvent(key, sequence)))
  return { key, partition: partitionOf(key, partitions), value, headers }
}

async function timed (work: () => Promise<void>): Promise<number> {
  const begunMs = performance.now()
  await work()
  return performance.now() - begunMs
}

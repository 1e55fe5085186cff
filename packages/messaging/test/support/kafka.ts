import { systemIds } from '@dueline/runtime'
import { silentLogger } from '@dueline/testkit'
import type { Test } from 'tap'
import { BusError, partitionOf, type Bus, type InBatch, type OutRecord } from '../../src/index.ts'
import { createKafkaBus, type KafkaBusOptions } from '../../src/kafka/index.ts'
import { until } from './stack.ts'

/** A bus that is closed in the teardown. */
export function kafkaBus (t: Test, options: Omit<KafkaBusOptions, 'logger'> & Partial<KafkaBusOptions>): Bus {
  const bus = createKafkaBus({ logger: silentLogger, ...options })
  t.teardown(async () => await bus.close())
  return bus
}

export function freshName (kind: string): string {
  return `${kind}-${systemIds.next()}`
}

/** Texts of one key each, in the partition of that key. */
export function records (topic: string, partitions: number, texts: readonly string[]): OutRecord[] {
  return texts.map((text) => {
    const key = text.split(':', 1)[0]!
    return { topic, key, partition: partitionOf(key, partitions), value: Buffer.from(text), headers: {} }
  })
}

/** Publishes with a producer of its own. */
export async function publish (bus: Bus, batch: readonly OutRecord[]): Promise<void> {
  const producer = await bus.producer()
  try {
    await producer.publish(batch, { signal: AbortSignal.timeout(60_000) })
  } finally {
    await producer.close()
  }
}

/** What a group of its own reads from the beginning of a topic. */
export async function reader (
  t: Test,
  bus: Bus,
  topic: string,
  handle: (batch: InBatch) => Promise<void> = async () => {}
): Promise<string[]> {
  const seen: string[] = []
  const consumer = await bus.consumer({ group: freshName('reader'), topics: [topic], from: 'earliest' })
  void consumer.run(async (batch) => {
    await handle(batch)
    for (const { value } of batch.records) seen.push(Buffer.from(value).toString())
  })
  t.teardown(async () => await consumer.close({ graceMs: 1_000 }))
  return seen
}

function notYet (error: unknown): boolean {
  if (error instanceof BusError && error.kind === 'retriable') return false
  throw error
}

/** Everything that a topic holds, once nothing lags behind. */
export async function readAll (t: Test, bus: Bus, topic: string): Promise<string[]> {
  const seen: string[] = []
  const consumer = await bus.consumer({ group: freshName('all'), topics: [topic], from: 'earliest' })
  const running = consumer.run(async ({ records }) => {
    for (const { value } of records) seen.push(Buffer.from(value).toString())
  })
  // a new cluster names no coordinator for some moments
  await until(
    'the end of the topic',
    async () => await consumer.lag().then((lag) => [...lag.values()].every((each) => each === 0n), notYet)
  )
  await consumer.close({ graceMs: 1_000 })
  await running
  return seen
}

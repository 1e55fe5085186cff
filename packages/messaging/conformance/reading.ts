import { setTimeout as pause } from 'node:timers/promises'
import { partitionOf, type Bus, type BusConsumer, type InBatch, type OutRecord } from '@dueline/messaging'
import type { Test } from 'tap'

/** Of each topic here. */
export const partitions = 12

export function record (topic: string, key: string, value: string | Uint8Array): OutRecord {
  return {
    topic,
    key,
    partition: partitionOf(key, partitions),
    value: typeof value === 'string' ? Buffer.from(value) : value,
    headers: { 'content-type': 'text/plain' }
  }
}

export async function publish (bus: Bus, records: readonly OutRecord[], batchSize = 100): Promise<void> {
  const producer = await bus.producer()
  for (let i = 0; i < records.length; i += batchSize) {
    await producer.publish(records.slice(i, i + batchSize), { signal: AbortSignal.timeout(120_000) })
  }
  await producer.close()
}

/** Waits for a condition and says how long that took, in milliseconds; fails the test by an error after `ms`. */
export async function until (what: string, condition: () => boolean | Promise<boolean>, ms = 120_000): Promise<number> {
  const started = performance.now()
  while (!await condition()) {
    if (performance.now() - started > ms) throw new Error(`waited ${ms} ms in vain for: ${what}`)
    await pause(5)
  }
  return performance.now() - started
}

/** A running group member that notes what it gets. */
class Reader {
  readonly seen: string[] = []
  readonly partitions = new Set<number>()
  readonly consumer: BusConsumer
  readonly ended: Promise<void>

  constructor (consumer: BusConsumer, handle: (batch: InBatch) => Promise<void> = async () => {}) {
    this.consumer = consumer
    this.ended = consumer.run(async (batch) => {
      await handle(batch)
      this.partitions.add(batch.partition)
      for (const { value } of batch.records) this.seen.push(Buffer.from(value).toString())
    })
  }

  async close (graceMs = 2_000): Promise<void> {
    await this.consumer.close({ graceMs })
    await this.ended
  }
}

export async function read (
  bus: Bus,
  topic: string,
  group: string,
  handle?: (batch: InBatch) => Promise<void>,
  from: 'earliest' | 'latest' = 'earliest'
): Promise<Reader> {
  return new Reader(await bus.consumer({ group, topics: [topic], from }), handle)
}

/** Values `key:n` for n of 0 … count−1 of each key, interleaved. */
export function numbered (topic: string, keys: number, count: number): OutRecord[] {
  return Array.from(
    { length: keys * count },
    (_, i) => record(topic, `key-${i % keys}`, `key-${i % keys}:${Math.floor(i / keys)}`)
  )
}

/** The order of first sights per key; repeats are allowed, gaps and overtaking are not. */
export function inOrder (t: Test, seen: readonly string[], keys: number, count: number): void {
  for (let key = 0; key < keys; key++) {
    const firsts = [...new Set(seen.filter((value) => value.startsWith(`key-${key}:`)))]
    t.strictSame(
      firsts,
      Array.from({ length: count }, (_, n) => `key-${key}:${n}`),
      `key-${key} is complete and in order`
    )
  }
}

import { setTimeout as pause } from 'node:timers/promises'
import { systemIds } from '@dueline/runtime'
import type { Test } from 'tap'
import { BusError, partitionOf, recordBytesMax, type Bus, type InBatch } from '@dueline/messaging'
import { inOrder, numbered, partitions, publish, read, record, until } from './reading.ts'

/** What an adapter guarantees beyond the port. A weaker adapter says so here; no test is skipped silently. */
export interface BusFeatures {
  /** Time until a member that joins cleanly has its share, on a machine at rest, in ms: nothing is asserted of it. */
  rebalanceMs: number
  /** Whether nothing is delivered again after a clean close. */
  cleanCloseIsExact: boolean
}

/** A log that several bus objects can open. */
export interface BusBackend {
  open(): Promise<Bus>
  /** Makes a bus stop as if its process had died: no farewell. Its `close` is not called. */
  cutOff(bus: Bus): Promise<void>
}

/** Every adapter of the bus port passes this. `makeBackend` is called once per test; it cleans up by `t.teardown`. */
export async function busConformance (
  t: Test,
  makeBackend: (t: Test) => Promise<BusBackend>,
  features: BusFeatures
): Promise<void> {
  t.setTimeout(0)
  for (const [name, body] of Object.entries(suite)) {
    await t.test(name, { timeout: 300_000 }, async (t) => {
      const backend = await makeBackend(t)
      const context: Context = { backend, features, topic: `conformance-${systemIds.next()}`, buses: [] }
      t.teardown(async () => {
        for (const bus of context.buses) await bus.close()
      })
      const bus = await open(context)
      await bus.ensureTopics([{ topic: context.topic, partitions }])
      await body(t, context, bus)
    })
  }
}

interface Context {
  backend: BusBackend
  features: BusFeatures
  topic: string
  buses: Bus[]
}

async function open ({ backend, buses }: Context): Promise<Bus> {
  const bus = await backend.open()
  buses.push(bus)
  return bus
}

const suite: Record<string, (t: Test, context: Context, bus: Bus) => Promise<void>> = {
  async 'records of a key keep their order' (t, { topic }, bus) {
    const reader = await read(bus, topic, 'g')
    await publish(bus, numbered(topic, 20, 100))
    await until('all records', () => reader.seen.length >= 2_000)
    inOrder(t, reader.seen, 20, 100)
    await reader.close()
  },

  async 'a record arrives as it was sent, in the partition it was sent to' (t, { topic }, bus) {
    const got: InBatch[] = []
    const reader = await read(bus, topic, 'g', async (batch) => {
      got.push(batch)
    })
    const value = Buffer.from([0, 255, 128, 10, 13, 92, 39, 34])
    await publish(bus, [{ topic, key: 'ключ "\\', partition: 7, value, headers: { ce_id: 'ä"\\\n', empty: '' } }])
    await until('the record', () => got.length > 0)
    t.equal(got[0]!.partition, 7)
    const [{ key, headers, partition, value: found, offset }] = got[0]!.records as [InBatch['records'][number]]
    t.strictSame({ key, headers, partition }, {
      key: 'ключ "\\',
      headers: { ce_id: 'ä"\\\n', empty: '' },
      partition: 7
    })
    t.equal(Buffer.compare(Buffer.from(found), value), 0)
    t.equal(typeof offset, 'bigint')
    await reader.close()
  },

  async 'what a handler throws on comes again, in order, and holds up no other partition' (t, { topic }, bus) {
    let failures = 0
    const reader = await read(bus, topic, 'g', async (batch) => {
      if (batch.partition === partitionOf('key-0', partitions) && failures < 3) {
        failures++
        throw new TypeError('cannot handle this yet')
      }
    })
    await publish(bus, numbered(topic, 20, 10))
    await until('all records', () => new Set(reader.seen).size === 200)
    t.equal(failures, 3)
    inOrder(t, reader.seen, 20, 10)
    await reader.close()
  },

  async 'a poison record stops only its own partition' (t, { topic }, bus) {
    const poisoned = partitionOf('poison', partitions)
    const reader = await read(bus, topic, 'g', async (batch) => {
      if (batch.partition === poisoned) throw new Error('never')
    })
    const keys = Array.from({ length: 200 }, (_, i) => `k${i}`).filter((key) =>
      partitionOf(key, partitions) !== poisoned
    )
    await publish(bus, [record(topic, 'poison', '\u0000{not json'), ...keys.map((key) => record(topic, key, key))])
    await until('the others', () => reader.seen.length >= keys.length)
    t.strictSame([...reader.seen].sort(), [...keys].sort())
    t.equal((await reader.consumer.lag()).get(`${topic}/${poisoned}`), 1n, 'the poisoned partition lags by one')
    await reader.close()
  },

  async 'every group gets every record; a new group begins where it asks' (t, { topic }, bus) {
    await publish(bus, [record(topic, 'a', 'before')])
    const [first, second, late] = await Promise.all([
      read(bus, topic, 'g1'),
      read(bus, topic, 'g2'),
      read(bus, topic, 'g3', undefined, 'latest')
    ])
    await until('both groups', () => first.seen.length === 1 && second.seen.length === 1)
    // a group that begins at the end must be in before something is sent
    await until('the late group', () => late.consumer.health().state === 'ok')
    await pause(500)
    await publish(bus, [record(topic, 'a', 'after')])
    await until('all groups', () => first.seen.length === 2 && second.seen.length === 2 && late.seen.length > 0)
    t.strictSame([first.seen, second.seen, late.seen], [['before', 'after'], ['before', 'after'], ['after']])
    await Promise.all([first.close(), second.close(), late.close()])
  },

  async 'a group goes on where it had stopped' (t, context, bus) {
    const { topic, features } = context
    const first = await read(bus, topic, 'g')
    await publish(bus, numbered(topic, 10, 10))
    await until('the first hundred', () => first.seen.length >= 100)
    await first.close()
    await publish(bus, numbered(topic, 10, 20).slice(100))
    const second = await read(await open(context), topic, 'g')
    await until('the second hundred', () => new Set([...first.seen, ...second.seen]).size === 200)
    inOrder(t, [...first.seen, ...second.seen], 10, 20)
    if (features.cleanCloseIsExact) {
      t.equal(first.seen.length + second.seen.length, 200, 'nothing comes twice after a clean close')
    }
    await second.close()
  },

  async 'two members share the partitions; the one that stays takes over at once from one that leaves' (
    t,
    context,
    bus
  ) {
    const { topic } = context
    const first = await read(bus, topic, 'g')
    const second = await read(await open(context), topic, 'g')
    let n = 0
    const send = async (): Promise<void> =>
      await publish(bus, Array.from({ length: 48 }, (_, i) => record(topic, `key-${i}`, `${n++}`)))
    const shared = await until('both members at work', async () => {
      await send()
      return second.partitions.size > 0 && first.seen.length > 0
    })
    t.comment(`shared after ${Math.round(shared)} ms`)
    await until('all records', () => new Set([...first.seen, ...second.seen]).size === n)
    await second.close()
    await send()
    const alone = await until('the rest', () => new Set([...first.seen, ...second.seen]).size === n)
    t.comment(`taken over after ${Math.round(alone)} ms`)
    await first.close()
  },

  async 'a member that is cut off is replaced' (t, context, bus) {
    const { topic, features, backend } = context
    const other = await backend.open()
    const lost = await read(other, topic, 'g')
    const stays = await read(bus, topic, 'g')
    await until('both in', () => lost.consumer.health().state === 'ok' && stays.consumer.health().state === 'ok')
    await pause(features.rebalanceMs)
    await backend.cutOff(other)
    await publish(bus, numbered(topic, 48, 1))
    const took = await until('everything', () => stays.seen.length >= 48)
    t.comment(`replaced after ${Math.round(took)} ms`)
    await stays.close()
  },

  async 'a handler learns that its partition is wanted elsewhere; nothing is lost' (t, context, bus) {
    const { topic } = context
    let revoked = 0
    let blocked = true
    const first = await read(bus, topic, 'g', async (batch) => {
      if (!blocked) return
      await new Promise<void>((resolve) => {
        batch.signal.addEventListener('abort', () => {
          revoked++
          resolve()
        })
        setTimeout(resolve, 120_000).unref()
      })
      throw new BusError('revoked', 'gave up')
    })
    await publish(bus, numbered(topic, 48, 2))
    await until('a batch in work', () => first.consumer.health().state === 'ok')
    await pause(300)
    const second = await read(await open(context), topic, 'g')
    const after = await until('a revoke', () => revoked > 0)
    t.comment(`notified after ${Math.round(after)} ms`)
    await until('the new owner', () => second.seen.length > 0)
    blocked = false
    await first.close()
    await until('everything', () => new Set([...first.seen, ...second.seen]).size === 96)
    inOrder(t, second.seen, 48, 2)
    await second.close()
  },

  async 'alive tells a handler that its partition is still its own' (t, { topic }, bus) {
    let asked = 0
    const reader = await read(bus, topic, 'g', async (batch) => {
      await batch.alive()
      asked++
    })
    await publish(bus, [record(topic, 'a', 'x')])
    await until('the record', () => reader.seen.length === 1)
    t.equal(asked, 1)
    await reader.close()
  },

  async 'a record of the largest size passes, a larger one is refused' (t, { topic }, bus) {
    const value = Buffer.alloc(recordBytesMax, 'x')
    const got: number[] = []
    const reader = await read(bus, topic, 'g', async (batch) => {
      got.push(...batch.records.map((r) => r.value.byteLength))
    })
    for (let i = 0; i < 3; i++) await publish(bus, [record(topic, 'big', value)])
    await until('three large records', () => got.length === 3)
    t.strictSame(got, [recordBytesMax, recordBytesMax, recordBytesMax])
    const producer = await bus.producer()
    await t.rejects(
      producer.publish([record(topic, 'big', Buffer.alloc(recordBytesMax + 1))], {
        signal: AbortSignal.timeout(10_000)
      }),
      { name: 'BusError', kind: 'fatal' }
    )
    await t.rejects(producer.publish([record(topic, 'a', 'x')], { signal: AbortSignal.timeout(10_000) }), {
      name: 'BusError'
    }, 'a producer is spent after a rejection')
    await producer.close()
    await reader.close()
  },

  async 'nothing of a batch with an unknown topic is reported as stored' (t, { topic }, bus) {
    const producer = await bus.producer()
    await t.rejects(producer.publish([record(`${topic}-unknown`, 'a', 'x')], { signal: AbortSignal.timeout(10_000) }), {
      name: 'BusError'
    })
    await producer.close()
    await t.rejects(bus.partitionCount(`${topic}-unknown`), { name: 'BusError', kind: 'fatal' })
    t.equal(await bus.partitionCount(topic), partitions)
    await bus.assertGroup(`${topic}-readers`)
    await bus.ensureTopics([{ topic, partitions: 3 }])
    t.equal(await bus.partitionCount(topic), partitions, 'a topic keeps its partitions')
  },

  async 'closing ends soon with an obedient handler, and in time with a deaf one' (t, { topic }, bus) {
    let inFlight = 0
    const obedient = await read(bus, topic, 'obedient', async (batch) => {
      inFlight++
      await new Promise<void>((resolve) => batch.signal.addEventListener('abort', () => resolve()))
    })
    const deaf = await read(bus, topic, 'deaf', async () => {
      inFlight++
      await new Promise(() => {})
    })
    await publish(bus, [record(topic, 'a', 'x')])
    await until('both handlers', () => inFlight === 2)
    // Longer than this test may take: it does not wait for the grace.
    await obedient.close(600_000)
    t.strictSame(obedient.seen, ['x'], 'what it finished counts')
    await deaf.close(500)
    t.pass('a deaf handler does not outlast the grace')
    const again = await read(bus, topic, 'deaf')
    await until('the redelivery', () => again.seen.length === 1)
    await again.close()
  }
}

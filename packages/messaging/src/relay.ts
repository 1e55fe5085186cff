import type { Topic } from '@dueline/contracts'
import { DatabaseUnavailable, type Database } from '@dueline/postgres'
import { backoff, crashPoint, createPoller, Signal, systemIds, type Clock, type Ids, type Logger, type Loop, type Metrics } from '@dueline/runtime'
import type { PoolClient } from 'pg'
import { BusError, type Bus, type BusProducer } from './bus.ts'
import { createLowWatermark } from './low-watermark.ts'
import { partitionOf } from './murmur2.ts'
import * as store from './outbox-store.ts'
import { relayMetrics } from './relay-metrics.ts'
import { onCommitted } from './wake-hints.ts'

/** Options of `createRelay`; times in milliseconds. */
export interface RelayOptions {
  database: Database
  bus: Bus
  topic: Topic | (string & {})
  logger: Logger
  metrics: Metrics
  clock?: Clock
  ids?: Ids
  /** Pause after a pass that found something, and first pause when it found nothing; 10. */
  pollMs?: number
  /** Longest pause while idle; 200. */
  pollMsMax?: number
  /** Events per publish; 500. */
  batchMax?: number
  /** A relay that was not heard of for this long is replaced; 3,000. It renews three times as often. */
  leaseMs?: number
  /** Longest publish; 30,000. */
  publishMsMax?: number
}

/** Moves a service's outbox to the bus, in order, at least once. */
export interface Relay extends Loop {
  /** There may be something to publish. */
  wake (): void
  /** Emits the number of events after each publish whose events are out of the outbox. */
  readonly published: Signal<number>
}

/** What stands in the session's way: `stop` is how long a publish may still take once the relay is told to stop. */
const stopGraceMs = 3_000
const settleMs = 1_000

/** One relay per process and service; the lease row lets one of them work. Loses nothing, may publish twice. */
export function createRelay (options: RelayOptions): Relay {
  const { topic, logger, pollMs = 10, pollMsMax = 200 } = options
  const published = new Signal<number>()
  const session = createSession(options, published)
  let running = false
  let hinted = false
  let pacedUntil = 0

  const poller = createPoller({
    name: `relay ${topic}`,
    idleMs: pollMs,
    idleMsMax: pollMsMax,
    busyMs: pollMs,
    logger,
    backoff: backoff({ initialMs: 100, maxMs: 5_000 }),
    async run (signal) {
      running = true
      hinted = false
      try {
        const found = await session.pass(signal)
        if (!found && !hinted) return 'idle'
        pacedUntil = performance.now() + pollMs
        return 'busy'
      } finally {
        running = false
      }
    }
  })

  // Under load a hint comes with every commit. They only end idle waits: otherwise the relay would run for each event
  // alone instead of for a batch every few milliseconds.
  function wake (): void {
    if (running) hinted = true
    else if (performance.now() >= pacedUntil) poller.wake()
  }

  let forget: (() => void) | undefined
  return {
    name: poller.name,
    published,
    wake,
    async start () {
      forget ??= onCommitted(topic, wake)
      await poller.start()
    },
    async stop () {
      forget?.()
      forget = undefined
      await poller.stop()
      await session.close()
    }
  }
}

/** The connection, lease and producer of a relay; all of them are given up and made anew after a failure. */
function createSession (options: RelayOptions, published: Signal<number>): { pass (stopping: AbortSignal): Promise<boolean>, close (): Promise<void> } {
  const { database, bus, topic, logger, batchMax = 500, leaseMs = 3_000, publishMsMax = 30_000 } = options
  const owner = (options.ids ?? systemIds).next()
  const metrics = relayMetrics(options.metrics, topic)
  const mark = createLowWatermark()
  let client: PoolClient | undefined
  let producer: BusProducer | undefined
  let lease: store.Lease | undefined
  let partitions = 0
  let confirmedAt = -Infinity
  let observedAt = -Infinity
  let countedAt = -Infinity

  async function connected (): Promise<PoolClient> {
    if (client !== undefined) return client
    const fresh = await database.pool.connect().catch((error: unknown) => { throw new DatabaseUnavailable(error) })
    try {
      // a connection of its own: a busy pool cannot hold the relay up, and its plans must go by the index even when
      // they are made while the queue is empty
      await fresh.query('set enable_seqscan = off; set jit = off')
    } catch (error) {
      fresh.release(true)
      throw error
    }
    mark.reset()
    client = fresh
    return fresh
  }

  /** Whether this relay holds the lease, and will for the next two thirds of its time. */
  async function leased (client: PoolClient): Promise<store.Lease | undefined> {
    const now = performance.now()
    if (now - confirmedAt < leaseMs / 3) return lease
    if (lease !== undefined && !await store.renewLease(client, lease, leaseMs)) {
      logger.warn({ topic }, 'lost the relay lease')
      lease = undefined
    }
    lease ??= await store.takeLease(client, owner, leaseMs)
    confirmedAt = lease === undefined ? now - leaseMs / 3 + 200 : now
    return lease
  }

  async function send (batch: readonly store.Waiting[], stopping: AbortSignal): Promise<void> {
    producer ??= await bus.producer()
    if (partitions === 0) partitions = await bus.partitionCount(topic)
    const records = batch.map(({ key, headers, payload }) => ({ topic, key, partition: partitionOf(key, partitions), value: Buffer.from(payload), headers }))
    const deadline = new AbortController()
    let timer = setTimeout(() => deadline.abort(), publishMsMax)
    const hurry = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => deadline.abort(), stopGraceMs)
    }
    stopping.addEventListener('abort', hurry)
    try {
      await producer.publish(records, { signal: deadline.signal })
    } finally {
      stopping.removeEventListener('abort', hurry)
      clearTimeout(timer)
    }
  }

  /** One batch. Returns how many events were published. */
  async function move (client: PoolClient, stopping: AbortSignal): Promise<number> {
    const held = await leased(client)
    if (held === undefined) return 0
    const now = performance.now()
    const horizon = now - observedAt > settleMs ? await store.readHorizon(client) : undefined
    const batch = await store.readWaiting(client, held, mark.low, batchMax)
    if (horizon !== undefined) {
      observedAt = now
      mark.observe(horizon, batch[0]?.seq)
    }
    if (batch.length === 0) return 0
    crashPoint('relay:before-publish')
    await send(batch, stopping)
    crashPoint('relay:after-publish')
    const gone = await store.deletePublished(client, held, batch.map(({ seq }) => seq))
    if (gone < batch.length) {
      logger.warn({ topic, published: batch.length, deleted: gone }, 'another relay took over during a publish')
      lease = undefined
      confirmedAt = -Infinity
    }
    crashPoint('relay:after-delete')
    metrics.published(batch.length, batch[0]!.ageMs)
    published.emit(batch.length)
    return batch.length
  }

  async function count (client: PoolClient): Promise<void> {
    if (performance.now() - countedAt < 5_000) return
    countedAt = performance.now()
    metrics.depth(await store.countWaiting(client, 100_000))
  }

  function drop (broken: boolean): void {
    client?.release(broken)
    client = undefined
  }

  return {
    async pass (stopping) {
      try {
        const db = await connected()
        let found = false
        for (let n = batchMax; n === batchMax && !stopping.aborted;) {
          n = await move(db, stopping)
          if (n > 0) found = true
        }
        await count(db)
        return found
      } catch (error) {
        drop(true)
        await producer?.close().catch(() => {})
        producer = undefined
        partitions = 0
        metrics.failed()
        if (error instanceof BusError && error.kind === 'fatal') logger.error({ err: error, topic }, 'the bus refuses what the outbox holds; nothing of this service is published until that is mended')
        throw error
      }
    },
    async close () {
      if (client !== undefined && lease !== undefined) await store.dropLease(client, lease).catch(() => {})
      lease = undefined
      confirmedAt = -Infinity
      drop(true)
      await producer?.close().catch(() => {})
      producer = undefined
    }
  }
}

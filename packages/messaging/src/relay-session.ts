import { DatabaseUnavailable } from '@dueline/postgres'
import { crashPoint, systemIds, type Signal } from '@dueline/runtime'
import type { PoolClient } from 'pg'
import { BusError, type BusProducer } from './bus.ts'
import { LongKeys } from './long-keys.ts'
import { createLowWatermark } from './low-watermark.ts'
import { partitionOf } from './murmur2.ts'
import * as store from './outbox-store.ts'
import { relayMetrics, type RelayMetrics } from './relay-metrics.ts'
import type { RelayOptions } from './relay-options.ts'

/** How long a publish may still take once the relay is to stop. */
const stopGraceMs = 3_000
/** Pause between looks at the numbering and the open transactions, see `LowWatermark`. */
const observeMs = 1_000
/** The same while keys are read apart: who looks for the others passes over all that waits of those. */
const observeMsApart = 50
/** Pause between attempts to take the lease from another relay. */
const standbyMs = 200

/** What a pass came to. */
export interface Pass {
  /** There was something, and there may be more soon. */
  readonly busy: boolean
  /** Events of its last batch. */
  readonly lastCount: number
}

/** The connection, lease and producer of a relay; all of them are given up and made anew after a failure. */
export class RelaySession {
  readonly #options: RelayOptions
  readonly #published: Signal<number>
  readonly #metrics: RelayMetrics
  readonly #owner: string
  readonly #batchMax: number
  readonly #leaseMs: number
  readonly #mark = createLowWatermark()
  /** That of the keys that are not long, for as long as these stay the same. */
  readonly #othersMark = createLowWatermark()
  readonly #longKeys = new LongKeys()
  #client: PoolClient | undefined
  #producer: BusProducer | undefined
  #lease: store.Lease | undefined
  #partitions = 0
  readonly #notified: () => void
  /** Monotonic milliseconds. */
  #leaseCheckAt = -Infinity
  #observedAt = -Infinity
  #publishedAt = -Infinity

  /** `notified`: called when another process has committed events. */
  constructor (options: RelayOptions, published: Signal<number>, notified: () => void) {
    this.#options = options
    this.#notified = notified
    this.#published = published
    this.#metrics = relayMetrics(options)
    this.#owner = (options.ids ?? systemIds).next()
    this.#batchMax = options.batchMax ?? 500
    this.#leaseMs = options.leaseMs ?? 3_000
  }

  /**
   * Publishes what waits, batch after batch. `notified`: there is something. Without the lease it passes that on to the
   * relay that has it.
   */
  async pass (stopping: AbortSignal, notified: boolean): Promise<Pass> {
    try {
      const client = await this.#connected()
      let lastCount = 0
      if (await this.#leased(client) === undefined) {
        if (notified) await client.query('select pg_notify($1, $2)', [this.#channel, ''])
        return { busy: notified, lastCount }
      }
      for (let more = true; more && !stopping.aborted;) {
        const moved = await this.#move(client, stopping)
        if (moved.count > 0) lastCount = moved.count
        more = moved.more
      }
      return { busy: lastCount > 0, lastCount }
    } catch (error) {
      await this.#giveUp()
      this.#metrics.failed()
      const { logger, topic } = this.#options
      if (error instanceof BusError && error.kind === 'fatal') {
        logger.error(
          { err: error, topic },
          'the bus refuses what the outbox holds; nothing of this service is published until that is mended'
        )
      }
      throw error
    }
  }

  /** Gives the lease back, and everything else. */
  async close (): Promise<void> {
    if (this.#client !== undefined && this.#lease !== undefined) {
      await store.dropLease(this.#client, this.#lease).catch(() => {})
    }
    this.#lease = undefined
    this.#leaseCheckAt = -Infinity
    await this.#giveUp()
  }

  /** One per schema; a schema's name needs no quotes. */
  get #channel (): string {
    return `${this.#options.database.schema}_outbox`
  }

  /** After a failure neither connection nor producer is to be trusted; a lease that still runs is. */
  async #giveUp (): Promise<void> {
    this.#client?.release(true)
    this.#client = undefined
    const producer = this.#producer
    this.#producer = undefined
    this.#partitions = 0
    await producer?.close().catch(() => {})
  }

  async #connected (): Promise<PoolClient> {
    if (this.#client !== undefined) return this.#client
    // a connection of its own: a busy pool cannot hold the relay up
    const client = await this.#options.database.pool.connect().catch((error: unknown) => {
      throw new DatabaseUnavailable(error)
    })
    try {
      client.on('notification', this.#notified)
      // in the order of seq up to the limit: a bitmap of what waits would read all of that first
      await client.query(`listen ${this.#channel}; set enable_bitmapscan = off`)
    } catch (error) {
      client.release(true)
      throw error
    }
    this.#mark.reset()
    this.#othersMark.reset()
    this.#client = client
    return client
  }

  /** The lease, if this relay holds it; it then runs for two thirds of its time at least. */
  async #leased (client: PoolClient): Promise<store.Lease | undefined> {
    const now = performance.now()
    if (now < this.#leaseCheckAt) return this.#lease
    if (this.#lease !== undefined && !await store.renewLease(client, this.#lease, this.#leaseMs)) {
      this.#options.logger.warn({ topic: this.#options.topic }, 'lost the relay lease')
      this.#lease = undefined
    }
    this.#lease ??= await store.acquireLease(client, this.#owner, this.#leaseMs)
    this.#leaseCheckAt = now + (this.#lease === undefined ? standbyMs : this.#leaseMs / 3)
    return this.#lease
  }

  /** One batch. Returns how many events were published, and whether more may wait. */
  async #move (client: PoolClient, stopping: AbortSignal): Promise<{ count: number, more: boolean }> {
    const lease = await this.#leased(client)
    if (lease === undefined) return { count: 0, more: false }
    const { others, long } = await this.#read(client, lease)
    const more = others.length === this.#batchMax || long.length === this.#batchMax
    const batch = [...others, ...long]
    if (batch.length === 0) return { count: 0, more }
    crashPoint('relay:before-publish')
    await this.#publish(batch, stopping)
    crashPoint('relay:after-publish')
    const gone = await store.deletePublished(client, lease, batch.map(({ seq }) => seq))
    if (gone < batch.length) {
      this.#options.logger.warn(
        { topic: this.#options.topic, published: batch.length, deleted: gone },
        'another relay took over during a publish'
      )
      this.#lease = undefined
      this.#leaseCheckAt = -Infinity
    }
    crashPoint('relay:after-delete')
    this.#metrics.published(batch.length, Math.max(others[0]?.ageMs ?? 0, long[0]?.ageMs ?? 0))
    this.#publishedAt = performance.now()
    this.#published.emit(batch.length)
    return { count: batch.length, more }
  }

  async #read (client: PoolClient, lease: store.Lease): Promise<store.WaitingApart> {
    const now = performance.now()
    const longKeys = this.#longKeys.keys
    const pauseMs = longKeys.length === 0 ? observeMs : observeMsApart
    const horizon = now - this.#observedAt > pauseMs && now - this.#publishedAt < 10 * observeMs
      ? await store.readHorizon(client)
      : undefined
    const { low } = this.#mark
    const othersLow = Math.max(low, this.#othersMark.low)
    const limit = this.#batchMax
    const found = await store.readWaiting(client, lease, { low, othersLow, limit, longKeys })
    if (horizon !== undefined) {
      this.#observedAt = now
      const [other, long] = [found.others[0]?.seq, found.long[0]?.seq]
      this.#mark.observe(horizon, other === undefined || long === undefined ? other ?? long : Math.min(other, long))
      this.#othersMark.observe(horizon, other)
    }
    // what was passed over as that of a long key may be one of the others now
    if (this.#longKeys.observe(found.others, found.long, limit)) this.#othersMark.reset()
    return found
  }

  async #publish (batch: readonly store.Waiting[], stopping: AbortSignal): Promise<void> {
    const { bus, topic, publishMsMax = 30_000 } = this.#options
    this.#producer ??= await bus.producer()
    if (this.#partitions === 0) this.#partitions = await bus.partitionCount(topic)
    const partitions = this.#partitions
    const records = batch.map(({ key, headers, payload }) => ({
      topic,
      key,
      partition: partitionOf(key, partitions),
      value: Buffer.from(payload),
      headers
    }))
    const deadline = new AbortController()
    let timer = setTimeout(() => deadline.abort(), publishMsMax)
    const hurry = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => deadline.abort(), stopGraceMs)
    }
    stopping.addEventListener('abort', hurry)
    try {
      await this.#producer.publish(records, { signal: deadline.signal })
    } finally {
      stopping.removeEventListener('abort', hurry)
      clearTimeout(timer)
    }
  }
}

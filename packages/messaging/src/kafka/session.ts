import { happensWithin, type Backoff, type Logger } from '@dueline/runtime'
import type { Consumer, EachBatchPayload } from 'kafkajs'
import { BusError, recordBytesMax, type InBatch, type StartFrom } from '../bus.ts'
import { createClient, type KafkaClient } from './client.ts'
import { Commits } from './commits.ts'
import type { KafkaConnection } from './options.ts'
import { Work, type WorkHost } from './work.ts'

export interface SessionOptions {
  connection: KafkaConnection
  group: string
  topics: readonly string[]
  from: StartFrom
  logger: Logger
  backoff: Backoff
  sessionMs: number
  stuckMs: number
  /** How many partitions the topics have: all of them may be in work at once. */
  partitions: number
  batchRecordsMax: number
  handler(batch: InBatch): Promise<void>
  /** It reads for the first time. */
  reading(): void
}

/** About half a minute of an outage is sat out by the same member; then the next session begins. */
const retries = 30
/** A handler that takes longer holds up its own partition only: fetching and heartbeats go on without it. */
const detachMs = 100
const heartbeatMs = 1_000
/**
 * Bounds how long a member takes to stop, and to look again at a partition that was paused; each look costs: at 250 ms
 * an idle member takes a third more.
 */
const fetchWaitMs = 500
/**
 * A session that ends sooner after it began to read counts as one more failure: joining to crash at once, it disturbed
 * its group 8 times a second.
 */
const stableMs = 30_000
/** Without a heartbeat for so many session timeouts, the client hangs. */
const silentSessionsMax = 4
const leaveMsMax = 2_000

/** One consumer of the client library, from its connect to its end: a crash, a hang, or leaving. */
export class Session implements WorkHost {
  readonly group: string
  readonly logger: Logger
  readonly backoff: Backoff
  readonly batchRecordsMax: number
  readonly prefix: string
  readonly handler: (batch: InBatch) => Promise<void>
  readonly commits = new Commits()
  /** Resolves once, with what ended it; undefined when it left. */
  readonly ended: Promise<unknown>
  /** Partitions in work; undefined while not in the group. */
  partitions: number | undefined
  #readingSince = Infinity
  readonly #options: SessionOptions
  readonly #client: KafkaClient
  readonly #consumer: Consumer
  readonly #works = new Map<string, Work>()
  readonly #unfinished = new Set<Work>()
  readonly #watchdog: NodeJS.Timeout
  #end: (why: unknown) => void = () => {}
  #leaving = false
  #fetching = false
  #heartbeatAt = performance.now()

  constructor (options: SessionOptions) {
    this.#options = options
    this.group = options.group
    this.logger = options.logger
    this.backoff = options.backoff
    this.batchRecordsMax = options.batchRecordsMax
    this.prefix = options.connection.prefix ?? ''
    this.handler = options.handler
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#client = createClient(options.connection, { retries, logger: options.logger })
    this.#consumer = this.#client.kafka.consumer({
      groupId: this.prefix + options.group,
      sessionTimeout: options.sessionMs,
      heartbeatInterval: heartbeatMs,
      rebalanceTimeout: 15_000,
      maxWaitTimeInMs: fetchWaitMs,
      minBytes: 1,
      maxBytes: 5 * recordBytesMax,
      retry: { retries },
      allowAutoTopicCreation: false
    })
    this.#listen()
    this.#watchdog = setInterval(() => this.#watch(), heartbeatMs)
  }

  /** Joins the group and lets batches come. @throws what the client throws */
  async start (): Promise<void> {
    const { topics, from, partitions } = this.#options
    await this.#consumer.connect()
    await this.#consumer.subscribe({
      topics: topics.map((topic) => this.prefix + topic),
      fromBeginning: from === 'earliest'
    })
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // They end together in one transaction of the service. The client walks through all of these at each fetch: 1,000
      // were 8 % of the work at 100 tickets a second.
      partitionsConsumedConcurrently: partitions,
      eachBatch: async (payload) => await this.#deliver(payload)
    })
  }

  /** Milliseconds since a broker answered this member. */
  silentMs (): number {
    return performance.now() - this.#heartbeatAt
  }

  isSilent (): boolean {
    return this.silentMs() > this.#options.sessionMs
  }

  /** Whether it has read, ever: to be in the group is not enough, records may be there that cannot be read. */
  hasRead (): boolean {
    return this.#readingSince !== Infinity
  }

  /** Whether it has read for so long that what ended it is a trouble of its own. */
  wasStable (): boolean {
    return performance.now() - this.#readingSince > stableMs
  }

  /** In the group, and reading. */
  isReading (): boolean {
    return this.partitions !== undefined && this.#fetching
  }

  /** Resolves when no handler runs any more. */
  async idle (): Promise<void> {
    await Promise.all([...this.#unfinished].map(async ({ finished }) => await finished))
  }

  /** Takes nothing more, gives handlers `graceMs` to end, leaves the group and disconnects. */
  async leave (graceMs: number): Promise<void> {
    this.#leaving = true
    for (const work of this.#unfinished) work.abort(new BusError('revoked', 'the consumer is closing'))
    await happensWithin(graceMs, this.idle())
    await this.#disconnect(undefined)
  }

  /** Silence at once, without a farewell. */
  cut (): void {
    this.#leaving = true
    clearInterval(this.#watchdog)
    for (const work of this.#unfinished) work.lose()
    this.#client.cut()
    this.#end(undefined)
  }

  async #disconnect (why: unknown): Promise<void> {
    this.#leaving = true
    clearInterval(this.#watchdog)
    for (const work of this.#unfinished) work.lose()
    await happensWithin(leaveMsMax, this.#consumer.disconnect().catch(() => {}))
    this.#client.cut()
    this.partitions = undefined
    this.#end(why)
  }

  #fetched (): void {
    this.#fetching = this.partitions !== undefined
    if (!this.#fetching || this.hasRead()) return
    this.#readingSince = performance.now()
    this.#options.reading()
  }

  #listen (): void {
    const { HEARTBEAT, FETCH, REBALANCING, GROUP_JOIN, CRASH } = this.#consumer.events
    this.#consumer.on(HEARTBEAT, () => {
      this.#heartbeatAt = performance.now()
    })
    this.#consumer.on(FETCH, () => this.#fetched())
    this.#consumer.on(REBALANCING, () => {
      for (const work of this.#unfinished) work.abort(new BusError('revoked', `${this.group} is rebalancing`))
    })
    this.#consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      this.#heartbeatAt = performance.now()
      this.commits.forget()
      for (const work of this.#unfinished) work.lose()
      this.partitions = Object.values(memberAssignment).reduce((sum, { length }) => sum + length, 0)
    })
    this.#consumer.on(CRASH, ({ payload: { error } }) => {
      void this.#disconnect(error)
    })
  }

  /** Never throws anything but the client's own errors: it takes a `TypeError` for its own bug and never recovers. */
  async #deliver (payload: EachBatchPayload): Promise<void> {
    if (this.#leaving || !payload.isRunning() || payload.isStale()) return
    const place = `${payload.batch.topic}/${payload.batch.partition}`
    const work = new Work(this, payload, this.#works.get(place)?.finished)
    this.#works.set(place, work)
    this.#unfinished.add(work)
    const finished = work.finished.finally(() => {
      this.#unfinished.delete(work)
      if (this.#works.get(place) === work) this.#works.delete(place)
    })
    if (!await happensWithin(detachMs, finished)) {
      work.pause()
      return
    }
    const outcome = await finished
    if (outcome instanceof Error) {
      throw outcome.name.startsWith('KafkaJS')
        ? outcome
        : new Error(outcome.message, { cause: outcome })
    }
  }

  #watch (): void {
    const now = performance.now()
    const { stuckMs, sessionMs } = this.#options
    const stuck = [...this.#unfinished].find(({ aliveAt }) => now - aliveAt > stuckMs)
    if (stuck !== undefined) {
      void this.#disconnect(
        new BusError(
          'revoked',
          `the handler of ${stuck.place} has said nothing for ${Math.round(stuckMs / 1_000)} s: ` +
            `this member leaves ${this.group} until it ends`
        )
      )
    } else if (this.silentMs() > silentSessionsMax * sessionMs) {
      void this.#disconnect(
        new BusError(
          'retriable',
          `no heartbeat of ${this.group} was answered for ${Math.round(this.silentMs() / 1_000)} s`
        )
      )
    }
  }
}

import { setTimeout as pause } from 'node:timers/promises'
import { isEventType, type DuelineEvent, type EventTypeOn, type Topic } from '@dueline/contracts'
import type { Database } from '@dueline/postgres'
import {
  backoff,
  createPoller,
  Signal,
  systemIds,
  type Clock,
  type Ids,
  type Logger,
  type Loop,
  type Metrics,
  type Poller
} from '@dueline/runtime'
import { Attendance } from './attendance.ts'
import type { Bus, BusConsumer, Health, InBatch, StartFrom } from './bus.ts'
import { inspect, workOff, type Item, type BatchDeps } from './consumer-batch.ts'
import { consumerMetrics, type ConsumerMetrics } from './consumer-metrics.ts'
import { createDeadLetterPublisher } from './dead-letter-publisher.ts'
import { handlersByType, type Handlers } from './grouping.ts'
import { pruneInbox } from './inbox.ts'
import { nextTogether, type InTurn } from './next-together.ts'

/** Options of `createConsumer`; times in milliseconds unless named otherwise. */
export interface ConsumerOptions<T extends Topic = Topic> {
  database: Database
  bus: Bus
  /** Also the name in the inbox: renaming a group makes it handle everything again. */
  group: string
  topics: readonly T[]
  /** Names every event type of the topics. */
  handlers: Handlers<EventTypeOn<T>>
  logger: Logger
  metrics: Metrics
  clock?: Clock
  ids?: Ids
  /** Where a new group begins; 'earliest'. */
  from?: StartFrom
  /** Most records of one transaction; 500. */
  batchMax?: number
  /** How often a failing handler is tried; 5. */
  triesMax?: number
  /** How long a stop waits for running handlers; 5,000. */
  stopGraceMs?: number
  /** How long handled ids are remembered, in seconds; 8 days, more than the log keeps its records. */
  inboxRetentionSeconds?: number
  /** It leaves the group when the database has not answered it for this long, until it does; 30,000. */
  databaseAwayMs?: number
}

/** A group's part in this process. */
export interface Consumer extends Loop {
  /** Emits the events of each committed transaction that took effect. */
  readonly handled: Signal<readonly DuelineEvent[]>
  /**
   * That of its member in the group; `degraded` too while its transactions fail, as partitions that it has read wait
   * for those.
   */
  health(): Health
  /** Records not yet handled by the group, by `topic/partition`. */
  lag(): Promise<Map<string, bigint>>
}

interface Waiting extends InTurn {
  batch: InBatch
  items: Item[]
  done: () => void
  failed: (error: unknown) => void
}

/**
 * Reads topics, checks every record against its contract, drops what was handled before and runs the handlers: one
 * transaction for all partitions that have something, so that busy groups work set-wise. No record blocks a partition:
 * what cannot be handled becomes a dead letter. One transaction at a time, so one connection per consumer.
 */
export function createConsumer<const T extends Topic> (options: ConsumerOptions<T>): Consumer {
  const handlers = handlersByType(options.handlers)
  const {
    bus,
    database,
    group,
    topics,
    logger,
    stopGraceMs: graceMs = 5_000,
    from = 'earliest',
    databaseAwayMs = 30_000
  } = options
  const handled = new Signal<readonly DuelineEvent[]>()
  const metrics = consumerMetrics(options.metrics, group)
  const attendance = new Attendance({ bus, group, topics, from, database, logger, graceMs, databaseAwayMs })
  let failure: unknown
  let running: Promise<void> | undefined
  const upkeep = createUpkeep(options, metrics, () => attendance.member)
  let publisher: Poller | undefined

  async function run (stopping: AbortSignal): Promise<void> {
    const trouble = (error: unknown): void => {
      failure = error
      attendance.note(error)
    }
    await attendance.attend(
      createGatherer(
        createBatchDeps(options, metrics, { handlers, handled, stopping, trouble }),
        options.batchMax ?? 500
      ),
      stopping
    )
  }

  let stopping = new AbortController()
  return {
    name: `consumer ${group}`,
    handled,
    async start () {
      if (running !== undefined) return
      stopping = new AbortController()
      await attendance.join()
      running = run(stopping.signal).catch((error: unknown) => logger.error({ err: error, group }, 'consumer ended'))
      await upkeep.start()
      const deadLetterTopic = bus.deadLetterTopic(group)
      if (deadLetterTopic !== undefined) {
        publisher ??= createDeadLetterPublisher({ database, bus, group, topic: deadLetterTopic, logger })
      }
      await publisher?.start()
    },
    async stop () {
      stopping.abort()
      await Promise.all([upkeep.stop(), publisher?.stop(), running])
      // still there when its reading has failed
      await attendance.member?.close({ graceMs })
      running = undefined
    },
    health: () =>
      running === undefined ? { state: 'down', detail: 'not started' } : healthOf(attendance.member, failure),
    lag: async () => await attendance.member?.lag() ?? new Map()
  }
}

/** `failure`: why the last transaction failed, if it did. */
function healthOf (member: BusConsumer | undefined, failure: unknown): Health {
  const health = member?.health() ?? { state: 'degraded', detail: 'not in the group until the database answers' }
  if (health.state !== 'ok' || failure === undefined) return health
  const why = failure instanceof Error ? failure.message : String(failure)
  return { state: 'degraded', detail: `${health.detail}, the last transaction failed: ${why}` }
}

function createBatchDeps (
  options: Omit<ConsumerOptions, 'handlers'>,
  metrics: ConsumerMetrics,
  { handled, ...given }:
    & { handled: Signal<readonly DuelineEvent[]> }
    & Pick<
      BatchDeps,
      'handlers' | 'stopping' | 'trouble'
    >
): BatchDeps {
  const { stopping } = given
  const { database, group, logger, triesMax = 5 } = options
  return {
    database,
    group,
    ids: options.ids ?? systemIds,
    logger,
    metrics,
    backoff: backoff({ initialMs: 50, maxMs: 2_000 }),
    triesMax,
    ...given,
    pause: async (ms) => {
      await pause(ms, undefined, { signal: stopping }).catch(() => {})
    },
    handled: (events) => handled.emit(events)
  }
}

/**
 * Collects what the partitions deliver while a transaction runs; the next one takes all of it, up to `batchMax`, small
 * batches before a large one.
 */
function createGatherer (deps: BatchDeps, batchMax: number): (batch: InBatch) => Promise<void> {
  const queue: Waiting[] = []
  let busy = false

  async function work (): Promise<void> {
    while (queue.length > 0) {
      const taken = nextTogether(queue, batchMax)
      const items = taken.flatMap(({ items }) => items)
      let error: unknown
      await workOff(deps, items).catch((e: unknown) => {
        error = e
      })
      const left = new Set(items.filter((item) => item.settled !== true).map((item) => item.batch))
      for (const { batch, done, failed } of taken) {
        if (left.has(batch)) failed(error ?? batch.signal.reason ?? deps.stopping.reason)
        else done()
      }
    }
    busy = false
  }

  return async (batch) => {
    // before it waits with others: what this throws concerns nobody else
    const items = inspect(batch, deps.handlers, isEventType)
    await new Promise<void>((resolve, reject) => {
      queue.push({ batch, items, size: items.length, passed: false, done: resolve, failed: reject })
      if (busy) return
      busy = true
      // what arrives in this turn of the event loop comes along
      setImmediate(() => {
        void work()
      })
    })
  }
}

/** Prunes the inbox and measures the lag, every ten seconds at most. */
function createUpkeep (
  options: Omit<ConsumerOptions, 'handlers'>,
  metrics: ConsumerMetrics,
  member: () => BusConsumer | undefined
): Poller {
  const { database, group, logger, inboxRetentionSeconds = 8 * 86_400 } = options
  let prunes = 0
  return createPoller({
    name: `upkeep ${group}`,
    idleMs: 10_000,
    logger,
    async run () {
      const sums = new Map<string, number>()
      for (const [place, records] of await member()?.lag() ?? []) {
        const topic = place.slice(0, place.lastIndexOf('/'))
        sums.set(topic, (sums.get(topic) ?? 0) + Number(records))
      }
      for (const [topic, records] of sums) metrics.lag(topic, records)
      // every ten minutes; a full chunk means that there is more
      if (prunes++ % 60 === 0 && await pruneInbox(database, group, inboxRetentionSeconds) >= 5_000) prunes = 0
      return 'idle'
    }
  })
}

import { spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseInstant } from '../packages/business-time/src/index.ts'
import { createKafkaBus } from '@dueline/messaging/kafka'
import {
  createConsumer,
  createOutbox,
  createPgLogBus,
  createRelay,
  migrations,
  type Consumer,
  type DuelineEvent
} from '../packages/messaging/src/index.ts'
import { createDatabase, migrate, type Database } from '../packages/postgres/src/index.ts'
import { createLogger, createMetrics, systemClock, systemIds } from '../packages/runtime/src/index.ts'
import { withFreshDatabase } from './fresh-database.ts'
import { benchKafka, openLoop, quantile } from './measure.ts'
import { benchEvent, benchTopic, benchType } from './outbox-parts/event.ts'
import { plainKafka } from './outbox-parts/plain-kafka.ts'
import type { BusName, Result } from './scenario.ts'

/**
 * Business update and outbox row in one transaction, then relay, Postgres log or Kafka and consumer group, to the
 * reader's commit.
 */
export const name = 'outbox'

const logger = createLogger({ service: 'bench', level: 'warn' })
const schema = 'notification'
const connections = 16
const aggregates = 1_000
const steadyPerSecond = 500

/** Runs about 40 seconds, or 12 when `quick`. The database waits for its disk, as in production. */
export async function run ({ quick, bus }: { quick: boolean, bus: BusName }): Promise<Result> {
  const kafka = bus === 'kafka' ? await benchKafka() : undefined
  try {
    return await withFreshDatabase('outbox', async (url) => await measure(url, quick, kafka?.brokers.split(',')))
  } finally {
    await kafka?.stop()
  }
}

async function measure (url: string, quick: boolean, kafkaBrokers: readonly string[] | undefined): Promise<Result> {
  await migrate({ url, schema, sources: [migrations], logger })
  const database = createDatabase({ url, schema, poolMax: 12, applicationName: 'bench', logger })
  await database.pool.query('create table bare (id bigint generated always as identity primary key, note text)')
  await database.pool.query(
    `create table aggregate (id int primary key, version int not null default 0) with (fillfactor = 50);
    insert into aggregate select generate_series(0, ${aggregates - 1})`
  )
  const seconds = quick ? 3 : 10
  const bare = await writer({ url, mode: 'bare', connections, seconds: seconds / 2, aggregates })
  const path = await startPath(url, database, kafkaBrokers)
  const full = await fullSpeed(path, url, seconds, 'statement')
  const interactive = await fullSpeed(path, url, seconds, 'transaction')
  const steady = await steadyRate(path, database, quick ? 4 : 15)
  const restartToFirstMs = await path.restart()
  await path.stop()
  await database.close()
  const plain = kafkaBrokers === undefined
    ? {}
    : await plainKafka(kafkaBrokers, { count: quick ? 10_000 : 50_000, steadyPerSecond, seconds: quick ? 4 : 10 })
  const raw = {
    bareCommitsPerSecond: bare.perSecond,
    ...full,
    shareOfBound: full.eventsPerSecond! / bare.perSecond,
    interactiveEventsPerSecond: interactive.eventsPerSecond!,
    interactiveP99Ms: interactive.fullSpeedP99Ms!,
    lost: full.lost! + interactive.lost!,
    reordered: path.reordered(),
    ...steady,
    restartToFirstMs,
    ...plain
  }
  return {
    figures: Object.fromEntries(
      Object.entries(raw).map(([figure, value]) => [figure, Math.round(value * 1000) / 1000])
    ),
    targets: kafkaBrokers === undefined ? targets : { ...targets, ...kafkaTargets }
  }
}

/**
 * Targets in the order of the figures; the bound is what this machine commits at this moment without any of our work.
 */
const targets: Result['targets'] = {
  eventsPerSecond: { atLeast: 6_000 },
  lost: { atMost: 0 },
  reordered: { atMost: 0 },
  steadyP99Ms: { atMost: 30 }
}

const kafkaTargets: Result['targets'] = {
  eventsPerSecond: { atLeast: 5_000 },
  steadyP99Ms: { atMost: 40 },
  restartToFirstMs: { atMost: 5_000 }
}

interface Path {
  /** Latencies of the events handled since the last reset, in milliseconds. */
  latencies: number[]
  handled(): number
  reordered(): number
  /** Stops the consumer, writes an event and starts another one: milliseconds until that has handled it. */
  restart(): Promise<number>
  stop(): Promise<void>
}

const handlers = {
  [benchType]: async (): Promise<void> => {},
  'dueline.message.sent.v1': 'ignored',
  'dueline.message.failed.v1': 'ignored',
  'dueline.inbox.message-added.v1': 'ignored',
  'dueline.inbox.read.v1': 'ignored',
  'dueline.webhook-endpoint.tested.v1': 'ignored'
} as const

async function startPath (url: string, database: Database, kafkaBrokers: readonly string[] | undefined): Promise<Path> {
  const bus = kafkaBrokers === undefined
    ? createPgLogBus({ url, logger })
    : createKafkaBus({ brokers: kafkaBrokers, prefix: `bench-${systemIds.next()}.`, logger })
  await bus.ensureTopics([{ topic: benchTopic, partitions: 12 }])
  const metrics = createMetrics('bench')
  const relay = createRelay({ database, bus, topic: benchTopic, logger, metrics })
  const latest = new Map<string, number>()
  const latencies: number[] = []
  let handled = 0
  let reordered = 0
  const join = (): Consumer =>
    createConsumer({
      database,
      bus,
      group: 'bench',
      topics: [benchTopic],
      logger,
      metrics,
      handlers
    })
  let consumer = join()
  function note (event: DuelineEvent, now: number): void {
    handled++
    latencies.push((now - parseInstant(event.time)) / 1000)
    if (event.sequence !== (latest.get(event.partitionkey) ?? 0) + 1) reordered++
    latest.set(event.partitionkey, event.sequence)
  }
  function watch (): void {
    // emitted after the transaction that handled them has committed
    consumer.handled.next().then((events) => {
      const now = systemClock.now()
      watch()
      for (const event of events) note(event, now)
    }, () => {})
  }
  watch()
  await consumer.start()
  await relay.start()
  while (consumer.health().state !== 'ok' || !consumer.health().detail.startsWith('12')) await pause(20)
  return {
    latencies,
    handled: () => handled,
    reordered: () => reordered,
    async restart () {
      await consumer.stop()
      await database.tx(async (tx) => await createOutbox().add(tx, [benchEvent('restart', 1)]))
      consumer = join()
      const first = consumer.handled.next()
      const begunMs = performance.now()
      await consumer.start()
      await first
      return performance.now() - begunMs
    },
    async stop () {
      await relay.stop()
      await consumer.stop()
      await bus.close()
    }
  }
}

/** 16 connections in a process of their own write as fast as they can. */
async function fullSpeed (
  path: Path,
  url: string,
  seconds: number,
  mode: 'statement' | 'transaction'
): Promise<Record<string, number>> {
  const cpu = process.cpuUsage()
  const before = path.handled()
  const result = await writer({ url, mode, connections, seconds, aggregates })
  const handledThen = path.handled() - before
  const used = process.cpuUsage(cpu)
  for (let waited = 0; path.handled() - before < result.written && waited < 30_000; waited += 20) await pause(20)
  const figures = {
    eventsPerSecond: result.perSecond,
    fullSpeedP50Ms: quantile(path.latencies, 0.5),
    fullSpeedP99Ms: quantile(path.latencies, 0.99),
    behindAtEnd: result.written - handledThen,
    lost: result.written - (path.handled() - before),
    readerCpuMsPerEvent: (used.user + used.system) / 1000 / result.written,
    writerCpuMsPerEvent: result.cpuSeconds * 1000 / result.written
  }
  path.latencies.length = 0
  return figures
}

/** 500 transactions a second, evenly spread, in the process of the relay and the consumer. */
async function steadyRate (path: Path, database: Database, seconds: number): Promise<Record<string, number>> {
  const outbox = createOutbox()
  const before = path.handled()
  const total = steadyPerSecond * seconds
  await openLoop({ perSecond: steadyPerSecond, seconds, call: async (i) => await change(i % aggregates) })
  for (let waited = 0; path.handled() < before + total && waited < 10_000; waited += 20) await pause(20)
  return {
    steadyP50Ms: quantile(path.latencies, 0.5),
    steadyP99Ms: quantile(path.latencies, 0.99),
    steadyMaxMs: Math.max(...path.latencies)
  }

  async function change (aggregate: number): Promise<void> {
    await database.tx(async (tx) => {
      const { rows } = await tx.$client.query<{ version: number }>({
        name: 'change',
        text: 'update aggregate set version = version + 1 where id = $1 returning version',
        values: [aggregate]
      })
      await outbox.add(tx, [benchEvent(`aggregate-${aggregate}`, rows[0]!.version)])
    })
  }
}

interface Written {
  written: number
  perSecond: number
  cpuSeconds: number
}

async function writer (orders: object): Promise<Written> {
  const child = spawn(process.execPath, [
    ...process.execArgv,
    fileURLToPath(new URL('./outbox-parts/writer.ts', import.meta.url)),
    JSON.stringify(orders)
  ], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += String(chunk)
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the writer ended with code ${String(code)}`)
  return JSON.parse(output) as Written
}

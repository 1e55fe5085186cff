import { partitionCount, publisherOf, topics, type DuelineEvent, type EventType } from '@dueline/contracts'
import type { Service, ServiceDeps, TrustedIssuer } from '@dueline/http'
import { createPgLogBus, decodeEvent, encodeEvent, partitionOf, type Bus } from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import { createMetrics, systemClock, systemIds, type Clock, type Ids } from '@dueline/runtime'
import { arrivals } from './arrivals.ts'
import { switchedDatabase } from './conformance/switched-database.ts'
import { bearersOf, testIssuer, type Bearer, type TestIssuer } from './issuer.ts'
import { frozen } from './test-event.ts'
import { silentLogger } from './silent-logger.ts'
import { testDatabase, type TestContext, type TestDatabase } from './test-database.ts'

/** What a service is made of in its tests. */
export interface HarnessOptions<C, S extends Service, K extends Clock> {
  /** The service's name. */
  name: string
  build(deps: ServiceDeps<C, Bus>): S
  schema: string
  migrations: readonly MigrationSource[]
  config: C
  clock?: K
  ids?: Ids
  /** Issuers that it trusts besides the one of the harness. */
  trusts?: readonly TrustedIssuer[]
  /** The database of another harness: then this is a second replica of its service. */
  on?: Pick<TestDatabase, 'url' | 'name' | 'database'>
}

/** A request to the service: as whom, and with what. */
export interface HarnessCall extends Bearer {
  headers?: Readonly<Record<string, string>> | undefined
  body?: unknown
}

/** An answer with its body parsed; null when it had none. */
export interface HarnessAnswer {
  status: number
  // what a test looks into is its own affair
  body: any
  headers: Record<string, unknown>
  etag: string
}

/**
 * The real service on a database of its own, compiled, with nothing running in the background: start the loops that a
 * test needs. All of it ends with the test.
 */
export async function serviceHarness<C, S extends Service, K extends Clock = Clock> (
  t: TestContext,
  options: HarnessOptions<C, S, K>
) {
  const { url, name, database } = options.on ?? await testDatabase(t, {
    schema: options.schema,
    sources: options.migrations
  })
  const switched = switchedDatabase(database)
  const bus = busOfFrozenEvents(createPgLogBus({ url, logger: silentLogger }))
  const issuer = testIssuer()
  const metrics = createMetrics(options.name)
  const { config, ids = systemIds } = options
  const clock = options.clock ?? systemClock as unknown as K
  const service = options.build({
    config,
    logger: silentLogger,
    clock,
    ids,
    metrics,
    database: switched.database,
    bus,
    auth: { issuers: [...issuer.auth.issuers, ...options.trusts ?? []] }
  })
  await service.http.ready()
  async function stopLoops (): Promise<void> {
    for (const loop of [...service.loops].reverse()) await loop.stop()
  }
  t.teardown(async () => {
    await stopLoops()
    // A caller that did not read an answer would be waited for until its connection has been idle for 72 s.
    service.http.server.closeAllConnections()
    await service.http.close()
    await bus.close()
  })
  const outbox = async (): Promise<AnyEvent[]> => await readOutbox(database)
  const call = callerOf(service, issuer)
  return { service, database, switched, url, name, bus, issuer, metrics, clock, ids, call, outbox, stopLoops }
}

/** Sends requests with tokens of a tenant's people. */
function callerOf (service: Service, issuer: TestIssuer) {
  const bearer = bearersOf(issuer)
  return async function call (method: string, path: string, request: HarnessCall): Promise<HarnessAnswer> {
    const { headers, body } = request
    const answer = await service.http.inject({
      method: method as 'GET',
      url: `/v1${path}`,
      headers: { ...await bearer(request), ...headers },
      ...(body === undefined ? {} : { payload: body as object })
    })
    return {
      status: answer.statusCode,
      body: answer.body === '' ? null : answer.json(),
      headers: answer.headers,
      etag: String(answer.headers.etag ?? '')
    }
  }
}

/** An event whose type and data a test reads as it likes. */
export type AnyEvent = Omit<DuelineEvent, 'type' | 'data'> & { type: any, data: any }

/** Everything that waits in the outbox, oldest first. */
async function readOutbox (database: TestDatabase['database']): Promise<AnyEvent[]> {
  const { rows } = await database.pool.query<{ payload: string, headers: string }>(
    'select payload, headers from outbox order by seq'
  )
  return rows.map(({ payload, headers }) => {
    const { event, fault } = decodeEvent({
      headers: JSON.parse(headers) as Record<string, string>,
      value: Buffer.from(payload)
    })
    if (event === undefined) throw new Error(`what goes out is no event: ${fault.reason}, ${fault.detail}`)
    return event
  })
}

/** The groups of a process are given the same events: with this bus, a handler that changes one fails. */
function busOfFrozenEvents (bus: Bus): Bus {
  return {
    producer: async () => await bus.producer(),
    ensureTopics: async (topics) => await bus.ensureTopics(topics),
    partitionCount: async (topic) => await bus.partitionCount(topic),
    assertGroup: async (group) => await bus.assertGroup(group),
    deadLetterTopic: (group) => bus.deadLetterTopic(group),
    close: async () => await bus.close(),
    async consumer (options) {
      const consumer = await bus.consumer(options)
      return {
        lag: async () => await consumer.lag(),
        health: () => consumer.health(),
        close: async (options) => await consumer.close(options),
        run: async (handler) =>
          await consumer.run(async (batch) => {
            for (const record of batch.records) record.decoded ??= frozen(decodeEvent(record))
            await handler(batch)
          })
      }
    }
  }
}

/** Puts events on a bus, each in the topic of whoever publishes it; the topics are made when they are missing. */
export async function publish (bus: Bus, events: readonly DuelineEvent[]): Promise<void> {
  await bus.ensureTopics(Object.values(topics).map((topic) => ({ topic, partitions: partitionCount })))
  const producer = await bus.producer()
  await producer.publish(
    events.map((event) => {
      const { key, headers, value } = encodeEvent(event)
      const topic = topics[publisherOf[event.type as EventType]]
      return { topic, key, headers, partition: partitionOf(key, partitionCount), value: Buffer.from(value) }
    }),
    { signal: AbortSignal.timeout(60_000) }
  )
  await producer.close()
}

/** Whatever signals batches of things it has done. */
interface Announces<T> {
  next(accept: (items: readonly T[]) => boolean): Promise<unknown>
}

/** Collects everything that a signal emits, one by one, to be waited for. */
export function recordOf<T> (signal: Announces<T>) {
  const record = arrivals<T>()
  void signal.next((items) => {
    for (const item of items) record.add(item)
    return false
  })
  return record
}

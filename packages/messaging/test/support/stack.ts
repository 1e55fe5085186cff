import type { Database } from '@dueline/postgres'
import { createMetrics, type Metrics } from '@dueline/runtime'
import type { Test } from 'tap'
import {
  createConsumer,
  createOutbox,
  createPgLogBus,
  createRelay,
  migrations,
  type Bus,
  type Consumer,
  type ConsumerOptions,
  type DuelineEvent,
  type NewEvent,
  type Outbox,
  type Relay,
  type RelayOptions
} from '../../src/index.ts'
import { asOwner, silentLogger, testDatabase } from '@dueline/testkit'
import { ignored, topic } from './events.ts'

export { until } from '../../conformance/reading.ts'

/** What a test wants otherwise; topics may be others of the same event types. */
export type ConsumerChanges = Partial<Omit<ConsumerOptions<typeof topic>, 'topics'> & { topics: readonly string[] }>

/** A service's database with the messaging tables, table `aggregate(id, version)`, and a bus on the same database. */
export interface Stack {
  url: string
  database: Database
  bus: Bus
  metrics: Metrics
  outbox: Outbox
  relay(options?: Partial<RelayOptions>): Relay
  consumer(
    handlers: Partial<ConsumerOptions<typeof topic>['handlers']>,
    options?: ConsumerChanges
  ): Consumer
  /** Adds events, each in its own transaction. */
  add(...events: NewEvent[]): Promise<void>
  /** Rows in the outbox. */
  waiting(): Promise<number>
}

/** Everything is stopped and dropped by `t.teardown`. */
export async function makeStack (t: Test): Promise<Stack> {
  const loops: Array<Relay | Consumer> = []
  const buses: Bus[] = []
  const { url, database } = await testDatabase(t, { schema: 'notification', sources: [migrations] })
  t.teardown(async () => {
    for (const loop of loops) await loop.stop()
    for (const bus of buses) await bus.close()
  })
  await asOwner(database, 'create table aggregate (id text primary key, version int not null default 0)')
  const bus = createPgLogBus({ url, logger: silentLogger })
  buses.push(bus)
  await bus.ensureTopics([{ topic, partitions: 12 }])
  const metrics = createMetrics('test')
  const outbox = createOutbox()
  const given = { database, bus, logger: silentLogger, metrics }
  return {
    url,
    database,
    bus,
    metrics,
    outbox,
    relay (options) {
      const relay = createRelay({ ...given, topic, ...options })
      loops.push(relay)
      return relay
    },
    consumer (handlers, options) {
      const consumer = createConsumer<typeof topic>({
        ...given,
        group: 'test',
        topics: [topic],
        handlers: { ...ignored, ...handlers } as ConsumerOptions<typeof topic>['handlers'],
        ...options as Partial<ConsumerOptions<typeof topic>>
      })
      loops.push(consumer)
      return consumer
    },
    async add (...events) {
      for (const event of events) await database.tx(async (tx) => await outbox.add(tx, [event]))
    },
    async waiting () {
      const { rows } = await database.pool.query<{ n: number }>('select count(*)::int as n from outbox')
      return rows[0]!.n
    }
  }
}

/** A raw reader of a topic: everything that the log holds, repeats included. */
export async function collect (t: Test, bus: Bus, group = 'collector'): Promise<DuelineEvent[]> {
  const seen: DuelineEvent[] = []
  const consumer = await bus.consumer({ group, topics: [topic], from: 'earliest' })
  consumer.run(async ({ records }) => {
    for (const { headers, value } of records) {
      seen.push(
        {
          id: headers.ce_id,
          partitionkey: headers.ce_partitionkey,
          sequence: Number(headers.ce_sequence),
          data: JSON.parse(Buffer.from(value).toString())
        } as DuelineEvent
      )
    }
  }).catch(() => {})
  t.teardown(async () => await consumer.close({ graceMs: 1_000 }))
  return seen
}

/** Keys whose events, at first sight, do not count 1, 2, 3 …: `lost` has gaps, `reordered` an overtaking. */
export function check (seen: readonly DuelineEvent[]): { events: number, lost: number, reordered: number } {
  const firsts = new Map<string, number[]>()
  const ids = new Set<string>()
  for (const { id, partitionkey, sequence } of seen) {
    if (ids.has(id)) continue
    ids.add(id)
    const list = firsts.get(partitionkey) ?? []
    firsts.set(partitionkey, list)
    list.push(sequence)
  }
  let lost = 0
  let reordered = 0
  for (const list of firsts.values()) {
    lost += Math.max(...list) - list.length
    reordered += list.filter((sequence, i) => i > 0 && sequence < list[i - 1]!).length
  }
  return { events: ids.size, lost, reordered }
}

import { createDatabase } from '@dueline/postgres'
import { silentLogger } from '@dueline/testkit'
import type { Test } from 'tap'
import { completeEvent, encodeEvent, partitionOf, type Bus, type Consumer } from '../../src/index.ts'
import { cutConnections, type Line } from './cut-off.ts'
import { newEvent, topic, type } from './events.ts'
import { publish } from './kafka.ts'
import { makeStack, until } from './stack.ts'

const partitions = 12
const keys = Array.from({ length: 50 }, (_, i) => `key-${i}`)
const isAway = { state: 'degraded', detail: 'not in the group until the database answers' }

/** Two replicas, and the way of one of them or both to the database. */
interface Pair {
  line: Line
  consumers: [Consumer, Consumer]
  /** Publishes one more event of each key. */
  send(): Promise<void>
  /** How many of the events that were sent last a replica has handled. */
  count(replica: 0 | 1): number
}

async function startPair (t: Test, bus: Bus, behindLine: { both: boolean }): Promise<Pair> {
  const stack = await makeStack(t)
  await bus.ensureTopics([{ topic, partitions }])
  const line = await cutConnections(t, stack.url)
  const database = createDatabase({
    url: line.url,
    schema: 'notification',
    poolMax: 4,
    applicationName: 'dueline-test',
    logger: silentLogger
  })
  t.teardown(async () => await database.close())
  let sequence = 0
  const handled: [Set<string>, Set<string>] = [new Set(), new Set()]
  const start = async (mine: Set<string>, reaches: object): Promise<Consumer> => {
    const consumer = stack.consumer({
      [type]: async (_, events) => {
        for (const event of events) if (event.sequence === sequence) mine.add(event.partitionkey)
      }
    }, { bus, group: 'pair', databaseAwayMs: 500, ...reaches })
    await consumer.start()
    return consumer
  }
  return {
    line,
    consumers: [await start(handled[0], { database }), await start(handled[1], behindLine.both ? { database } : {})],
    async send () {
      sequence++
      for (const mine of handled) mine.clear()
      await publish(
        bus,
        keys.map((name) => {
          const { key, headers, value } = encodeEvent(completeEvent(newEvent(name, sequence)))
          return { topic, key, partition: partitionOf(key, partitions), headers, value: Buffer.from(value) }
        })
      )
    },
    count: (replica) => handled[replica].size
  }
}

async function untilShared ({ send, count }: Pair): Promise<void> {
  await until('both at work', async () => {
    await send()
    await until('every event', () => count(0) + count(1) >= keys.length)
    return count(0) > 0 && count(1) > 0
  }, 40_000)
}

/** One of two replicas loses the way to its database: the other one handles everything, until it is back. */
export async function oneLosesItsDatabase (t: Test, bus: Bus): Promise<void> {
  const pair = await startPair(t, bus, { both: false })
  await untilShared(pair)
  await pair.line.cut()
  await pair.send()
  await until('the other one to handle all of them', () => pair.count(1) === keys.length, 40_000)
  t.match(pair.consumers[0].health(), isAway)
  pair.line.mend()
  await untilShared(pair)
  t.match(pair.consumers[0].health(), { state: 'ok' })
}

/** The database is away from all: what was sent meanwhile is handled once it is back. */
export async function allLoseTheDatabase (t: Test, bus: Bus): Promise<void> {
  const pair = await startPair(t, bus, { both: true })
  await untilShared(pair)
  await pair.line.cut()
  await pair.send()
  await until(
    'both to leave',
    () => pair.consumers.every((consumer) => consumer.health().detail === isAway.detail),
    40_000
  )
  t.equal(pair.count(0) + pair.count(1), 0)
  pair.line.mend()
  await until('every event', () => pair.count(0) + pair.count(1) >= keys.length, 40_000)
  await untilShared(pair)
}

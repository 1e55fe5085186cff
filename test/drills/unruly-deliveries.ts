// Loaded into each service of the drill `reorder`, ahead of its own code: at the bus port, whatever a consumer reads
// comes late, in another order, and more than once.
import { setTimeout as pause } from 'node:timers/promises'
import { createPgLogBus, type Bus, type BusConsumer, type InBatch, type InRecord } from '@dueline/messaging'
import { createKafkaBus } from '@dueline/messaging/kafka'
import { createLogger } from '@dueline/runtime'

type Handler = (batch: InBatch) => Promise<void>

/** Meanwhile a partition gathers what there is to be reordered. */
const lateMsMax = 1_000
/** Kept of each partition to be delivered again among later records. */
const rememberedMax = 100

/**
 * So far: records read, how often they were delivered altogether, and how many came for the first time after a later
 * one of their key.
 */
export interface Disorder {
  records: number
  deliveries: number
  outOfOrder: number
}

const counts: Disorder = { records: 0, deliveries: 0, outOfOrder: 0 }

/** Of feed and stream the arrival is the order, per key as the bus gives it; all others must cope with any order. */
const ordersByKey = (group: string): boolean => group === 'notification'

function unruly (member: BusConsumer, group: string): BusConsumer {
  return {
    run: async (handler) => await member.run(unrulyHandler(handler, group)),
    lag: async () => await member.lag(),
    health: () => member.health(),
    close: async (options) => await member.close(options)
  }
}

function unrulyHandler (handler: Handler, group: string): Handler {
  const remembered = new Map<string, readonly InRecord[]>()
  const mix = ordersByKey(group) ? shuffledByKey : shuffled
  return async (batch) => {
    const { topic, partition, records, signal } = batch
    await pause(Math.random() * lateMsMax, undefined, { signal })
    const place = `${topic}/${partition}`
    const old = remembered.get(place) ?? []
    const first = mix(records)
    const middle = first.length >> 1
    const again = shuffled([...old, ...records])
    // in halves: a consumer sorts what it gets at once
    for (const delivered of [first.slice(0, middle), first.slice(middle), again]) {
      await handler({
        topic,
        partition,
        records: delivered,
        signal,
        alive: async () => await batch.alive()
      })
    }
    counts.records += records.length
    counts.deliveries += first.length + again.length
    counts.outOfOrder += outOfOrderIn(first)
    remembered.set(place, [...old, ...records].slice(-rememberedMax))
  }
}

function shuffled<T> (items: readonly T[]): T[] {
  return items.map((item) => ({ item, at: Math.random() })).sort((a, b) => a.at - b.at).map(({ item }) => item)
}

/** Keys in any order among each other, the records of each in theirs. */
function shuffledByKey (records: readonly InRecord[]): InRecord[] {
  const ofKey = new Map<string, InRecord[]>()
  for (const record of records) ofKey.set(record.key, [...ofKey.get(record.key) ?? [], record])
  return shuffled(records).map(({ key }) => ofKey.get(key)!.shift()!)
}

/** Records that come after a later one of their key. */
function outOfOrderIn (records: readonly InRecord[]): number {
  const last = new Map<string, bigint>()
  return records.filter(({ key, offset }) => {
    const before = last.get(key) ?? -1n
    if (offset > before) last.set(key, offset)
    return offset < before
  }).length
}

const logger = createLogger({ service: 'unruly', level: 'silent' })
// Neither connects before it is used.
for (
  const bus of [
    createKafkaBus({ brokers: [], logger }),
    createPgLogBus({ url: 'postgres://nobody@127.0.0.1:1/none', logger })
  ]
) {
  const port = Object.getPrototypeOf(bus) as Bus
  const consumer = port.consumer
  port.consumer = async function (this: Bus, options) {
    return unruly(await consumer.call(this, options), options.group)
  }
}
setInterval(() => {
  process.stderr.write(`${JSON.stringify({ unruly: counts })}\n`)
}, 1_000).unref()

import type { Database } from '@dueline/postgres'
import { createPoller, type Logger, type Poller } from '@dueline/runtime'
import { recordBytesMax, type Bus, type BusProducer, type OutRecord } from './bus.ts'
import { oversizedBytesMax } from './dead-letters.ts'
import { partitionOf } from './murmur2.ts'

interface Letter {
  id: string
  topic: string
  part: number
  off: string
  reason: string
  detail: string
  key: string
  headers: string
  value: Buffer
  truncated: boolean
  failedAt: string
}

/** Detail of the reason that goes into a header; all of it is in the row. */
const detailLengthMax = 500
const batchMax = 50

/**
 * Publishes what a consumer put aside to the bus's dead-letter topic: the original record, with the reason in further
 * headers. The rows are the outbox of that topic: one is marked when the bus has its record, so that none is lost and
 * few come twice.
 */
export function createDeadLetterPublisher (
  { database, bus, group, topic, logger }: {
    database: Database,
    bus: Bus,
    group: string,
    topic: string,
    logger: Logger
  }
): Poller {
  let producer: BusProducer | undefined
  const giveUp = async (): Promise<void> => {
    await producer?.close()
    producer = undefined
  }

  const publishSome = async (signal: AbortSignal): Promise<number> =>
    await database.tx(async (tx) => {
      // another replica may be at it
      const { rows } = await tx.$client.query<Letter>(
        `
      select id::text, topic, part, off::text, reason, detail, key, headers, value,
        value_bytes > octet_length(value) as truncated, failed_at as "failedAt"
      from dead_letter
        where consumer = $1 and published_at is null order by failed_at, id limit ${batchMax}
        for update skip locked`,
        [group]
      )
      if (rows.length === 0) return 0
      producer ??= await bus.producer()
      const partitions = await bus.partitionCount(topic)
      await producer.publish(rows.map((letter) => toRecord(letter, { group, topic, partitions })), {
        signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)])
      })
      await tx.$client.query(
        'update dead_letter set published_at = now() where consumer = $1 and id = any($2::uuid[])',
        [group, rows.map(({ id }) => id)]
      )
      return rows.length
    })

  const poller = createPoller({
    name: `dead letters of ${group}`,
    idleMs: 1_000,
    idleMsMax: 10_000,
    logger,
    async run (signal) {
      try {
        const count = await publishSome(signal)
        // dead letters are rare: no connection is held for them
        if (count < batchMax) await giveUp()
        return count === 0 ? 'idle' : 'busy'
      } catch (error) {
        await giveUp()
        throw error
      }
    }
  })
  return poller
}

function toRecord (
  letter: Letter,
  { group, topic, partitions }: { group: string, topic: string, partitions: number }
): OutRecord {
  const { key, reason, detail, failedAt } = letter
  const isLarge = letter.value.byteLength + letter.headers.length > recordBytesMax
  return {
    topic,
    key,
    partition: partitionOf(key, partitions),
    value: isLarge ? letter.value.subarray(0, oversizedBytesMax) : letter.value,
    headers: {
      ...JSON.parse(letter.headers) as Record<string, string>,
      'dueline-reason': reason,
      'dueline-detail': detail.slice(0, detailLengthMax),
      'dueline-consumer': group,
      'dueline-topic': letter.topic,
      'dueline-partition': String(letter.part),
      'dueline-offset': letter.off,
      'dueline-failed-at': failedAt,
      'dueline-dead-letter-id': letter.id,
      ...(isLarge || letter.truncated ? { 'dueline-truncated': 'true' } : {})
    }
  }
}

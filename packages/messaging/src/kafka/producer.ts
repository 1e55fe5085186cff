import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '@dueline/runtime'
import type { Message, Producer, RecordMetadata, TopicMessages } from 'kafkajs'
import { BusError, recordBytesMax, type BusProducer, type OutRecord } from '../bus.ts'
import { createClient } from './client.ts'
import { toBusError } from './errors.ts'
import type { KafkaConnection } from './options.ts'

/** A broker that is away is tried for about 2.5 s; then the relay begins anew with its own, longer waits. */
const retries = 5
const closeMsMax = 3_000
/** A partition's share of one request becomes one batch, which a broker takes up to 1,048,588 bytes. */
const partitionBytesMax = 1_000_000
const requestBytesMax = 8_000_000
/** Framing of a record beside key, value and headers. */
const recordOverheadBytes = 32

/**
 * A producer that stores a record once: idempotent, one request in flight, acknowledged by all replicas. After a
 * rejected send the client winds its sequence numbers back, also where records were appended, and later sends may
 * then resolve with nothing written: so a rejection spends the producer for good.
 */
export async function createKafkaProducer (
  connection: KafkaConnection,
  logger: Logger,
  closed: () => void
): Promise<BusProducer> {
  const client = createClient(connection, { retries, logger })
  const producer = client.kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: () => ({ message }) => message.partition!
  })
  let state: 'ready' | 'sending' | 'spent' = 'ready'
  await producer.connect().catch((error: unknown) => {
    client.cut()
    throw toBusError(error, 'connect to publish')
  })
  return {
    async publish (batch, { signal }) {
      if (state === 'spent') throw new BusError('fatal', 'this producer is spent: make a new one')
      if (state === 'sending') throw new BusError('fatal', 'one publish at a time')
      state = 'sending'
      try {
        for (const request of requestsOf(batch)) {
          await sendOrAbort(producer, request, { prefix: connection.prefix ?? '', signal })
        }
        state = 'ready'
      } catch (error) {
        state = 'spent'
        // whatever it still retries must not reach the log after its successor's records
        client.cut()
        throw toBusError(error, 'publish')
      }
    },
    async close () {
      state = 'spent'
      await Promise.race([producer.disconnect().catch(() => {}), pause(closeMsMax, undefined, { ref: false })])
      client.cut()
      closed()
    }
  }
}

async function sendOrAbort (
  producer: Producer,
  records: readonly OutRecord[],
  { prefix, signal }: { prefix: string, signal: AbortSignal }
): Promise<void> {
  if (signal.aborted) throw new BusError('retriable', 'publish was given up', signal.reason)
  const sent = producer.sendBatch({ acks: -1, topicMessages: toTopics(records, prefix) })
  sent.catch(() => {})
  let stop = (): void => {}
  const aborted = new Promise<never>((resolve, reject) => {
    stop = () => reject(new BusError('retriable', 'publish was given up', signal.reason))
    signal.addEventListener('abort', stop)
  })
  const answers = await Promise.race([sent, aborted]).finally(() => signal.removeEventListener('abort', stop))
  demandAnswers(records, answers, prefix)
}

/** The client leaves out records of partitions that it does not know, and says nothing. */
function demandAnswers (records: readonly OutRecord[], answers: readonly RecordMetadata[], prefix: string): void {
  const stored = new Set(
    answers.filter(({ errorCode }) => errorCode === 0).map(({ topicName, partition }) => `${topicName}/${partition}`)
  )
  const missing = records.find(({ topic, partition }) => !stored.has(`${prefix}${topic}/${partition}`))
  if (missing !== undefined) {
    throw new BusError('fatal', `Kafka: cannot publish: ${missing.topic} has no partition ${missing.partition}`)
  }
}

/**
 * Cuts a batch into requests that the broker takes, in order.
 * @throws BusError 'fatal' for a record over `recordBytesMax`
 */
function requestsOf (batch: readonly OutRecord[]): OutRecord[][] {
  const requests: OutRecord[][] = []
  let current: OutRecord[] = []
  let total = 0
  let perPartition = new Map<string, number>()
  for (const record of batch) {
    if (record.value.byteLength > recordBytesMax) {
      throw new BusError('fatal', `a record of ${record.value.byteLength} bytes is larger than ${recordBytesMax}`)
    }
    const place = `${record.topic}/${record.partition}`
    const bytes = bytesOf(record)
    const share = (perPartition.get(place) ?? 0) + bytes
    if (current.length > 0 && (share > partitionBytesMax || total + bytes > requestBytesMax)) {
      requests.push(current)
      current = []
      total = 0
      perPartition = new Map()
    }
    current.push(record)
    total += bytes
    perPartition.set(place, (perPartition.get(place) ?? 0) + bytes)
  }
  if (current.length > 0) requests.push(current)
  return requests
}

function bytesOf ({ key, value, headers }: OutRecord): number {
  let bytes = recordOverheadBytes + value.byteLength + Buffer.byteLength(key)
  for (const name in headers) bytes += 8 + name.length + Buffer.byteLength(headers[name]!)
  return bytes
}

function toTopics (records: readonly OutRecord[], prefix: string): TopicMessages[] {
  const topics = new Map<string, Message[]>()
  for (const { topic, key, partition, value, headers } of records) {
    const messages = topics.get(topic) ?? []
    topics.set(topic, messages)
    messages.push({ key, partition, value: Buffer.from(value.buffer, value.byteOffset, value.byteLength), headers })
  }
  return [...topics].map(([topic, messages]) => ({ topic: prefix + topic, messages }))
}

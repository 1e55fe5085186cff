import type { Decoded } from './codec.ts'

/** One record to publish. `partition` comes from `partitionOf`: no adapter chooses it. */
export interface OutRecord {
  topic: string
  /** Records of one key keep their order. No NUL character. */
  key: string
  partition: number
  /** At most `recordBytesMax` bytes. */
  value: Uint8Array
  headers: Record<string, string>
}

/** One record as it is read back; `offset` grows within a partition. */
export interface InRecord {
  topic: string
  partition: number
  offset: bigint
  key: string
  value: Uint8Array
  headers: Record<string, string>
  /** What the first group that got this very object made of it, for the other groups of the process. */
  decoded?: Decoded
}

/** Records of one partition, in order. */
export interface InBatch {
  topic: string
  partition: number
  records: readonly InRecord[]
  /**
   * Says that the handler is still at work; to be called between steps that may take longer than a second.
   * @throws BusError 'revoked' once the partition is lost: stop, the records go to its next owner
   */
  alive(): Promise<void>
  /** Aborted on revoke and on shutdown: end soon. */
  signal: AbortSignal
}

/** Sends records. After a rejected `publish` the producer is spent: close it and make a new one. */
export interface BusProducer {
  /**
   * Resolves when every record is durable. Order per partition is the array's order. One call in flight at most.
   * Rejects with a `BusError`; some or all records may have been stored all the same (readers drop duplicates).
   */
  publish(batch: readonly OutRecord[], options: { signal: AbortSignal }): Promise<void>
  close(): Promise<void>
}

/** How an adapter's part is doing; `down` for longer than the adapter can help should fail the liveness check. */
export interface Health {
  state: 'ok' | 'degraded' | 'down'
  detail: string
}

/** One member of a consumer group. */
export interface BusConsumer {
  /**
   * Starts delivery and resolves when `close` has been called; never rejects for a broker that is away. The handler
   * runs for several partitions at once, once at a time for each. Resolved: the batch is done. Thrown: it comes again.
   */
  run(handler: (batch: InBatch) => Promise<void>): Promise<void>
  /** Records not yet done by this group, by `topic/partition`, for all partitions of its topics. */
  lag(): Promise<Map<string, bigint>>
  health(): Health
  /** Aborts the running batches, waits up to `graceMs` for their handlers, then leaves the group. */
  close(options: { graceMs: number }): Promise<void>
}

export interface TopicSpec {
  topic: string
  partitions: number
}

/** Where a group begins that has never been seen before. */
export type StartFrom = 'earliest' | 'latest'

/**
 * A partitioned, durable log with consumer groups: at least once, in order per key while one member owns the
 * partition. A member that was cut off may replay what it was handling, so readers need the inbox.
 */
export interface Bus {
  producer(): Promise<BusProducer>
  consumer(options: { group: string, topics: readonly string[], from: StartFrom }): Promise<BusConsumer>
  /** Creates what is missing; never shrinks a topic nor adds partitions to one (that would break order per key). */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>
  /** @throws BusError 'fatal' for an unknown topic */
  partitionCount(topic: string): Promise<number>
  /** @throws BusError 'fatal' when this program has no right to be a member of the group */
  assertGroup(group: string): Promise<void>
  /**
   * Where what a group put aside is published too, for other programs to read; undefined: this bus has no such topics.
   */
  deadLetterTopic(group: string): string | undefined
  close(): Promise<void>
}

/** Largest value of a record in bytes, the same on every adapter. */
export const recordBytesMax = 1_000_000

/**
 * `retriable`: try again with a new producer. `fatal`: this batch can never be stored. `fenced`: another one took
 * the place. `revoked`: the partition belongs to another member now.
 */
export type BusErrorKind = 'retriable' | 'fatal' | 'fenced' | 'revoked'

/** What every adapter rejects with; client libraries' own errors never get out. */
export class BusError extends Error {
  override readonly name = 'BusError'
  readonly kind: BusErrorKind

  constructor (kind: BusErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
  }
}

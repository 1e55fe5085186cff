import type { Backoff, Logger } from '@dueline/runtime'
import type { EachBatchPayload, KafkaMessage } from 'kafkajs'
import { BusError, recordBytesMax, type InBatch, type InRecord } from '../bus.ts'
import type { Commits } from './commits.ts'
import { saysRevoked } from './errors.ts'

/** What the work on a batch needs of its member. */
export interface WorkHost {
  readonly group: string
  readonly logger: Logger
  readonly backoff: Backoff
  readonly commits: Commits
  readonly batchRecordsMax: number
  /** Before the names of topics on the cluster. */
  readonly prefix: string
  handler(batch: InBatch): Promise<void>
  /** Longer than the session since a broker answered: others may have the partitions. */
  isSilent(): boolean
}

/** What was fetched of one partition, on its way through the handler, slice by slice. */
export class Work {
  /** Resolves when no handler of it runs any more, with the error of the commit if that failed. Never rejects. */
  readonly finished: Promise<unknown>
  /** When the handler last said that it is at work (monotonic milliseconds). */
  aliveAt = performance.now()
  readonly #host: WorkHost
  readonly #payload: EachBatchPayload
  readonly #stop = new AbortController()
  #lost = false
  #over = false
  #resume: (() => void) | undefined

  /** `before`: earlier work on the same partition that may still run. */
  constructor (host: WorkHost, payload: EachBatchPayload, before: Promise<unknown> | undefined) {
    this.#host = host
    this.#payload = payload
    this.finished = this.#run(before).catch((error: unknown) => error).finally(() => {
      this.#over = true
      this.#unpause()
    })
  }

  get place (): string {
    return `${this.#payload.batch.topic}/${this.#payload.batch.partition}`
  }

  /**
   * Fetches nothing more of the partition until this work is finished: the fetch loop, and heartbeats with it, go on.
   */
  pause (): void {
    if (!this.#over && !this.#lost) this.#resume = this.#payload.pause()
  }

  /** Asks the handler to end soon. What it still finishes counts. */
  abort (reason: BusError): void {
    this.#stop.abort(reason)
  }

  /** The partition may be another member's by now: the outcome does not count any more. */
  lose (): void {
    this.#lost = true
    this.abort(new BusError('revoked', `${this.place} was assigned anew in ${this.#host.group}`))
    this.#unpause()
  }

  /** Once: later on, it may be a successor that has paused the partition. */
  #unpause (): void {
    this.#resume?.()
    this.#resume = undefined
  }

  async #run (before: Promise<unknown> | undefined): Promise<void> {
    await before
    const { partition, messages } = this.#payload.batch
    const topic = this.#payload.batch.topic.slice(this.#host.prefix.length)
    for (let from = 0; from < messages.length;) {
      const until = endOfSlice(messages, from, this.#host.batchRecordsMax)
      const records = messages.slice(from, until).map((message) => toRecord(topic, partition, message))
      if (
        !await this.#handle({
          topic,
          partition,
          records,
          signal: this.#stop.signal,
          alive: async () => await this.#alive()
        })
      ) return
      await this.#commit(until === messages.length ? this.#payload.batch.lastOffset() : messages[until - 1]!.offset)
      from = until
    }
  }

  /** Runs the handler until it succeeds. @returns false when the work was aborted before that, or the partition lost */
  async #handle (batch: InBatch): Promise<boolean> {
    const { logger, group, backoff } = this.#host
    for (let failures = 1; !this.#stop.signal.aborted; failures++) {
      this.aliveAt = performance.now()
      try {
        await this.#host.handler(batch)
        return !this.#lost
      } catch (error) {
        if (this.#stop.signal.aborted) return false
        const retryMs = backoff.nextMs(failures)
        logger.warn(
          { err: error, group, topic: batch.topic, partition: batch.partition, retryMs },
          'batch failed, it comes again'
        )
        await this.#pause(retryMs)
      }
    }
    return false
  }

  async #commit (offset: string): Promise<void> {
    const { topic, partition } = this.#payload.batch
    this.#payload.resolveOffset(offset)
    await this.#host.commits.add(
      { topic, partition, offset: String(BigInt(offset) + 1n) },
      this.#payload.commitOffsetsIfNecessary
    )
  }

  async #alive (): Promise<void> {
    this.aliveAt = performance.now()
    const revoked = this.#lost || this.#host.isSilent() ||
      await this.#payload.heartbeat().then(() => false, saysRevoked)
    if (!revoked) return
    const error = new BusError('revoked', `${this.place} may belong to another member of ${this.#host.group}`)
    this.abort(error)
    throw error
  }

  /** Ends early when the work is aborted. */
  async #pause (ms: number): Promise<void> {
    const { signal } = this.#stop
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      signal.addEventListener('abort', end)
    })
  }
}

/** At least one record, at most `recordsMax` and about a megabyte. */
function endOfSlice (messages: readonly KafkaMessage[], from: number, recordsMax: number): number {
  let bytes = 0
  let end = from
  while (end < messages.length && end - from < recordsMax) {
    bytes += messages[end]!.value?.byteLength ?? 0
    if (end > from && bytes > recordBytesMax) break
    end++
  }
  return end
}

const nothing = new Uint8Array(0)

function toRecord (topic: string, partition: number, { offset, key, value, headers = {} }: KafkaMessage): InRecord {
  const texts: Record<string, string> = {}
  for (const name in headers) {
    // a header may come more than once: the last one counts
    const given = headers[name]
    const last = Array.isArray(given) ? given.at(-1) : given
    if (last !== undefined) texts[name] = String(last)
  }
  return {
    topic,
    partition,
    offset: BigInt(offset),
    key: key?.toString() ?? '',
    value: value ?? nothing,
    headers: texts
  }
}

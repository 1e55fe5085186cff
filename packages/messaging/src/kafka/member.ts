import { setTimeout as pause } from 'node:timers/promises'
import { orAborted } from '../aborted.ts'
import { BusError, type BusConsumer, type Health, type InBatch } from '../bus.ts'
import type { KafkaAdmin } from './admin.ts'
import { toBusError } from './errors.ts'
import { Session, type SessionOptions } from './session.ts'

/** After so long without its group a member is `down`: more than a restart of a broker takes. */
const downMs = 60_000

type MemberOptions = Omit<SessionOptions, 'handler' | 'reading' | 'partitions'>

/** One member of one group, session after session until it is closed. */
export class KafkaMember implements BusConsumer {
  readonly #options: MemberOptions
  readonly #admin: KafkaAdmin
  readonly #closed: () => void
  readonly #closing = new AbortController()
  #running: Promise<void> | undefined
  #session: Session | undefined
  /** What is in the way of joining, until it reads. */
  #trouble: BusError | undefined
  #lastOkAt = performance.now()

  constructor (options: MemberOptions, admin: KafkaAdmin, closed: () => void) {
    this.#options = options
    this.#admin = admin
    this.#closed = closed
  }

  async run (handler: (batch: InBatch) => Promise<void>): Promise<void> {
    if (this.#running !== undefined) throw new BusError('fatal', 'a consumer runs once')
    this.#running = this.#supervise(handler)
    await this.#running
  }

  async lag (): Promise<Map<string, bigint>> {
    return await this.#admin.lag(this.#options.group, this.#options.topics)
  }

  health (): Health {
    const { sessionMs } = this.#options
    const now = performance.now()
    const session = this.#session
    if (session?.hasRead() === true) this.#lastOkAt = now - session.silentMs()
    if (session?.isReading() === true && session.silentMs() < sessionMs / 2) {
      return { state: 'ok', detail: `${session.partitions} partitions` }
    }
    const awayMs = now - this.#lastOkAt
    const detail = this.#trouble?.message ??
      (session?.isReading() === true ? `no heartbeat for ${Math.round(session.silentMs())} ms` : 'not in the group')
    return { state: awayMs > downMs || this.#trouble?.kind === 'fatal' ? 'down' : 'degraded', detail }
  }

  async close ({ graceMs }: { graceMs: number }): Promise<void> {
    if (!this.#closing.signal.aborted) {
      this.#closing.abort()
      await this.#session?.leave(graceMs)
      this.#closed()
    }
    await this.#running
  }

  /** Stops as if the process had died. */
  cut (): void {
    this.#closing.abort()
    this.#session?.cut()
  }

  async #supervise (handler: SessionOptions['handler']): Promise<void> {
    const { signal } = this.#closing
    for (let failures = 0; !signal.aborted;) {
      const stable = await this.#live(handler).catch((error: unknown) =>
        this.#note(toBusError(error, `read as a member of ${this.#options.group}`))
      )
      failures = stable === true ? 1 : failures + 1
      await pause(this.#options.backoff.nextMs(failures), undefined, { signal }).catch(() => {})
    }
  }

  /** One session. @returns whether it held for long; @throws what kept it from joining */
  async #live (handler: SessionOptions['handler']): Promise<boolean> {
    // asked with few retries: the consumer itself would retry what a person has to mend
    const partitions = await orAborted(this.#closing.signal, this.#countPartitions())
    if (partitions === undefined || this.#closing.signal.aborted) return false
    const session = new Session({ ...this.#options, handler, partitions, reading: () => this.#recovered() })
    this.#session = session
    try {
      const ended = await Promise.race([session.ended, session.start().then(() => session.ended)])
      if (ended !== undefined) this.#note(toBusError(ended, `go on as a member of ${this.#options.group}`))
    } catch (error) {
      await session.leave(0)
      throw error
    }
    // a handler that was stuck may not meet its own successor
    await orAborted(this.#closing.signal, session.idle())
    return session.wasStable()
  }

  async #countPartitions (): Promise<number> {
    let sum = 0
    for (const topic of this.#options.topics) sum += await this.#admin.partitionCount(topic)
    return sum
  }

  #recovered (): void {
    if (this.#trouble !== undefined) {
      this.#options.logger.info({ group: this.#options.group }, 'reading from Kafka again')
    }
    this.#trouble = undefined
  }

  /** Logs a trouble when it is new. */
  #note (trouble: BusError): void {
    const { group, logger } = this.#options
    const isNew = trouble.message !== this.#trouble?.message
    this.#trouble = trouble
    if (!isNew || this.#closing.signal.aborted) return
    if (trouble.kind === 'fatal') logger.error({ err: trouble, group }, 'cannot read from Kafka until this is mended')
    else logger.warn({ err: trouble, group }, 'lost Kafka, trying again')
  }
}

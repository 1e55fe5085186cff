import { setTimeout as pause } from 'node:timers/promises'
import { isUnavailable, type Database } from '@dueline/postgres'
import type { Logger } from '@dueline/runtime'
import { orAborted } from './aborted.ts'
import type { Bus, BusConsumer, InBatch, StartFrom } from './bus.ts'

export interface AttendanceOptions {
  bus: Bus
  group: string
  topics: readonly string[]
  from: StartFrom
  database: Database
  logger: Logger
  /** How long it waits for running handlers when it leaves. */
  graceMs: number
  /** It leaves when the database has not answered it for so long. */
  databaseAwayMs: number
}

const lookMs = 1_000

/**
 * A process's part in a group: one member after another, and none while the database is away from this process alone or
 * from all.
 */
export class Attendance {
  readonly #options: AttendanceOptions
  #member: BusConsumer | undefined
  #awaySince: number | undefined
  #leave: () => void = () => {}

  constructor (options: AttendanceOptions) {
    this.#options = options
  }

  /** Undefined before it joins, and while it waits for the database. */
  get member (): BusConsumer | undefined {
    return this.#member
  }

  async join (): Promise<void> {
    const { bus, group, topics, from } = this.#options
    this.#awaySince = undefined
    this.#member = await bus.consumer({ group, topics, from })
  }

  /** Called with why a transaction failed that is tried again; undefined once none is. */
  note (error: unknown): void {
    this.#awaySince = isUnavailable(error) ? this.#awaySince ?? performance.now() : undefined
    if (this.#awaySince !== undefined && performance.now() - this.#awaySince >= this.#options.databaseAwayMs) {
      this.#leave()
    }
  }

  /**
   * Reads until `stopping`. Whoever has lost the database gives back its partitions: another replica may have it still.
   */
  async attend (handler: (batch: InBatch) => Promise<void>, stopping: AbortSignal): Promise<void> {
    const { group, logger } = this.#options
    while (await this.#read(handler, stopping)) {
      logger.warn({ group }, 'the database does not answer: others of the group may have the partitions until it does')
      await this.#untilAnswered(stopping)
      if (stopping.aborted) return
      await this.join()
      logger.info({ group }, 'the database answers again: back in the group')
    }
  }

  /** @returns whether it ended because the database is away */
  async #read (handler: (batch: InBatch) => Promise<void>, stopping: AbortSignal): Promise<boolean> {
    const member = this.#member!
    const ended = member.run(handler)
    const left = new Promise<void>((resolve) => {
      this.#leave = resolve
    })
    const isAway = await orAborted(stopping, Promise.race([left.then(() => true), ended.then(() => false)]))
    await member.close({ graceMs: this.#options.graceMs })
    await ended
    this.#member = undefined
    return isAway === true && !stopping.aborted
  }

  async #untilAnswered (stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted && !await this.#isAnswered()) {
      await pause(lookMs, undefined, { signal: stopping }).catch(() => {})
    }
  }

  /** By a primary: a standby has no transaction ids to give. */
  async #isAnswered (): Promise<boolean> {
    return await this.#options.database.tx(async (tx) => await tx.$client.query('select pg_current_xact_id()')).then(
      () => true,
      () => false
    )
  }
}

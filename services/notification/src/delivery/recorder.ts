import type { Micros } from '@dueline/business-time'
import { isTransient } from '@dueline/postgres'
import type { Clock, Logger } from '@dueline/runtime'
import { setTimeout as pause } from 'node:timers/promises'

/** Whose row lock a line of things to send goes by, as the owner of a timer. */
export interface Owner {
  readonly tenantId: string
  readonly ownerId: string
}

/** The outcome of an item (`id`), with whose it is, and until when it is worth writing down. */
export interface Outcome<Result> {
  readonly id: string
  readonly owner: Owner
  readonly result: Result
  readonly leaseEnd: Micros
}

/** Owners to look at, with the outcomes that they have. */
export interface Batch<Result> {
  readonly owners: readonly Owner[]
  readonly outcomes: ReadonlyArray<Outcome<Result>>
}

interface RecorderDeps<Result> {
  readonly clock: Clock
  readonly logger: Logger
  readonly kind: string
  /** At most this many transactions at once; each owner is in one of them only. */
  readonly atOnce: number
  /** How long it is tried to look at owners that have no outcome. */
  readonly lookMicros: Micros
  /** One transaction that writes a batch down. */
  write(batch: Batch<Result>): Promise<void>
  /** These need nothing any more. `written`: or they could not be written down. */
  done(outcomes: ReadonlyArray<Outcome<Result>>, written: boolean): void
}

const writeAgainMs = 250

/**
 * Writes down what has gathered since the last transaction. An owner that is being written holds up no other: one whose
 * transaction is slow costs the others nothing. What gathers while all transactions are taken goes together in the
 * next.
 */
export class Recorder<Result> {
  readonly #deps: RecorderDeps<Result>
  readonly #waiting = new Map<string, { owner: Owner, outcomes: Array<Outcome<Result>> }>()
  readonly #busy = new Set<string>()
  readonly #running = new Set<Promise<void>>()

  constructor (deps: RecorderDeps<Result>) {
    this.#deps = deps
  }

  add (outcome: Outcome<Result>): void {
    this.#gather(outcome.owner).push(outcome)
    this.#pump()
  }

  /** Has owners written that have no outcome: something else is to be done for them. */
  look (owners: readonly Owner[]): void {
    for (const owner of owners) this.#gather(owner)
    this.#pump()
  }

  /** Resolves when nothing is being written any more. */
  async idle (): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  #gather (owner: Owner): Array<Outcome<Result>> {
    const waiting = this.#waiting.get(owner.ownerId) ?? { owner, outcomes: [] }
    this.#waiting.set(owner.ownerId, waiting)
    return waiting.outcomes
  }

  /** Shares out what waits among the transactions that are free: each owner has one of its own if there are enough. */
  #pump (): void {
    const waiting = [...this.#waiting.values()].filter(({ owner }) => !this.#busy.has(owner.ownerId))
    for (let free = this.#deps.atOnce - this.#running.size; free > 0 && waiting.length > 0; free--) {
      const taken = waiting.splice(0, Math.ceil(waiting.length / free))
      for (const { owner } of taken) this.#waiting.delete(owner.ownerId)
      this.#run({ owners: taken.map(({ owner }) => owner), outcomes: taken.flatMap(({ outcomes }) => outcomes) })
    }
  }

  #run (batch: Batch<Result>): void {
    for (const { ownerId } of batch.owners) this.#busy.add(ownerId)
    const running = this.#write(batch).finally(() => {
      for (const { ownerId } of batch.owners) this.#busy.delete(ownerId)
      this.#running.delete(running)
      this.#pump()
    })
    this.#running.add(running)
  }

  /**
   * Tries until the lease ends: an outcome that is not written down would be sent again. One that cannot be is kept
   * from the others.
   */
  async #write (batch: Batch<Result>): Promise<void> {
    const { clock, logger, kind, lookMicros } = this.#deps
    const until = batch.outcomes[0]?.leaseEnd ?? clock.now() + lookMicros
    for (;;) {
      try {
        await this.#deps.write(batch)
        this.#deps.done(batch.outcomes, true)
        return
      } catch (error) {
        const parts = isTransient(error) ? [] : partsOf(batch)
        if (parts.length > 1) {
          for (const part of parts) await this.#write(part)
          return
        }
        if (!isTransient(error) || clock.now() > until) {
          const about = { err: error, kind, items: batch.outcomes.map(({ id }) => id), owners: batch.owners }
          logger.error(about, 'an outcome could not be written down; the attempt will be repeated')
          this.#deps.done(batch.outcomes, false)
          return
        }
        await pause(writeAgainMs)
      }
    }
  }
}

/** Its owners apart, or the outcomes of the one that it has. */
function partsOf<Result> ({ owners, outcomes }: Batch<Result>): Array<Batch<Result>> {
  if (owners.length === 1) return outcomes.map((outcome) => ({ owners, outcomes: [outcome] }))
  return owners.map((owner) => {
    return { owners: [owner], outcomes: outcomes.filter((each) => each.owner.ownerId === owner.ownerId) }
  })
}

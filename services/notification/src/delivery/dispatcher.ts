import type { Micros } from '@dueline/business-time'
import { afterCommit, type Database, type Tx } from '@dueline/postgres'
import { crashPoint, Signal, type Clock, type Logger } from '@dueline/runtime'
import type { DueTimer, Timers } from '@dueline/timers'
import type { Attempted, Channel, Lease, Result } from './channel.ts'
import { Pace } from './pace.ts'
import { Recorder, type Batch, type Owner } from './recorder.ts'

export interface Dispatcher {
  /** The timer handler: begins what is due and sends it once the transaction has committed. */
  fire(tx: Tx, due: readonly DueTimer[], now: Micros): Promise<void>
  /** There may be something to begin for these, by no timer of theirs. Nothing is done while draining. */
  look(owners: readonly Owner[]): void
  /** How many of an owner are being sent, or will be at once. */
  sending(ownerId: string): number
  /** How many more can be begun and sent within about a second. */
  room(): number
  /** Emits the id of each item whose outcome has been written down. */
  readonly recorded: Signal<string>
  /**
   * Gives back what is queued, due at once for another replica or the next start. Resolves when nothing is being sent
   * any more.
   */
  drain(): Promise<void>
}

interface DispatcherDeps {
  database: Database
  clock: Clock
  logger: Logger
  timers: Pick<Timers, 'wake'>
}

/** An item claimed with its lease; its sending begins by `startBy`, by this process's clock, or not at all. */
interface Attempt<Item> {
  readonly item: Item
  readonly lease: Lease
  readonly startBy: Micros
}

const leaseMarginMs = 5_000
/** Longest wait in the queue; the rest of the margin is for the transactions that begin and record. */
const queuedMs = 4_000

/**
 * Sends outside of any transaction, without losing or doubling an item when the process dies: beginning an attempt
 * leaves a timer behind (the lease). The outcome removes or moves it; if this process dies, the timer begins the next
 * attempt. Between a receiver's "accepted" and the recorded outcome lies the one window in which an item can go out
 * twice; it then carries the same Message-ID or webhook-id, by which receivers know it.
 */
export function createDispatcher<Item extends Attempted, Outcome> (
  channel: Channel<Item, Outcome>,
  deps: DispatcherDeps
): Dispatcher {
  return new ChannelDispatcher(channel, deps)
}

class ChannelDispatcher<Item extends Attempted, Outcome> implements Dispatcher {
  readonly recorded = new Signal<string>()
  readonly #channel: Channel<Item, Outcome>
  readonly #deps: DispatcherDeps
  readonly #leaseMicros: Micros
  readonly #pace: Pace
  readonly #inFlight = new Set<Item>()
  #queue: Attempt<Item>[] = []
  #sending = 0
  readonly #sendingOf = new Map<string, number>()
  readonly #recorder: Recorder<Result<Item, Outcome>>
  #draining = false
  /** Resolves with the next attempt that is done with. */
  readonly #progress = new Signal<void>()

  constructor (channel: Channel<Item, Outcome>, deps: DispatcherDeps) {
    this.#channel = channel
    this.#deps = deps
    this.#leaseMicros = (channel.sendTimeoutMs + leaseMarginMs) * 1_000
    this.#pace = new Pace(channel.concurrency)
    this.#recorder = new Recorder({
      clock: deps.clock,
      logger: deps.logger,
      kind: channel.kind,
      atOnce: channel.recordingsAtOnce,
      lookMicros: this.#leaseMicros,
      write: async (batch) => await this.#record(batch),
      done: (outcomes, written) => {
        this.#done(outcomes.map(({ result }) => result.item))
        if (written) { for (const { id } of outcomes) this.recorded.emit(id) }
        this.#deps.timers.wake()
      }
    })
  }

  async fire (tx: Tx, due: readonly DueTimer[], now: Micros): Promise<void> {
    const lease = { now, leaseEnd: now + this.#leaseMicros }
    this.#start(tx, await this.#channel.begin(tx, due, lease, this.#inFlight), lease)
  }

  look (owners: readonly Owner[]): void {
    if (!this.#draining) this.#recorder.look(owners)
  }

  sending (ownerId: string): number {
    return this.#sendingOf.get(ownerId) ?? 0
  }

  room (): number {
    const perSecond = this.#pace.perSecond()
    const free = perSecond - this.#inFlight.size
    // a transaction for each few of a backlog would cost more than sending them
    return 2 * free < perSecond ? 0 : free
  }

  async drain (): Promise<void> {
    this.#draining = true
    await this.#releaseQueue()
    while (this.#inFlight.size > 0) await this.#progress.next()
    await this.#recorder.idle()
    this.#draining = false
  }

  /** What was begun is sent if `tx` commits; the time until then counts as waiting. */
  #start (tx: Tx, items: readonly Item[], lease: Lease): void {
    if (items.length === 0) return
    const startBy = this.#deps.clock.now() + queuedMs * 1_000
    afterCommit(tx, () => {
      for (const item of items) {
        this.#inFlight.add(item)
        this.#countSending(item, 1)
        this.#queue.push({ item, lease, startBy })
      }
      if (this.#draining) void this.#releaseQueue()
      else this.#sendNext()
    })
  }

  #sendNext (): void {
    while (this.#sending < this.#channel.concurrency && this.#queue.length > 0) {
      // The lease would end while it is sent. What is queued behind it is hardly better off.
      if (this.#deps.clock.now() > this.#queue[0]!.startBy) return void this.#releaseQueue()
      void this.#send(this.#queue.shift()!)
    }
  }

  async #send ({ item, lease: { leaseEnd } }: Attempt<Item>): Promise<void> {
    this.#sending++
    const begunMs = performance.now()
    try {
      crashPoint('notification:before-send')
      const outcome = await this.#channel.send(item)
      crashPoint('notification:after-send')
      this.#countSending(item, -1)
      this.#recorder.add({ id: item.id, owner: this.#channel.ownerOf(item), result: { item, outcome }, leaseEnd })
    } catch (error) {
      const about = { err: error, kind: this.#channel.kind, id: item.id }
      this.#deps.logger.error(about, 'sending failed by a fault of ours; the attempt will be repeated')
      this.#countSending(item, -1)
      this.#done([item])
    } finally {
      this.#sending--
      this.#pace.started(performance.now() - begunMs)
      this.#sendNext()
      if (this.room() > 0) this.#deps.timers.wake()
    }
  }

  #countSending (item: Item, by: 1 | -1): void {
    const { ownerId } = this.#channel.ownerOf(item)
    const count = this.sending(ownerId) + by
    if (count === 0) this.#sendingOf.delete(ownerId)
    else this.#sendingOf.set(ownerId, count)
  }

  async #record ({ owners, outcomes }: Batch<Result<Item, Outcome>>): Promise<void> {
    const { database, clock } = this.#deps
    const results = outcomes.map(({ result }) => result)
    await database.tx(async (tx) => {
      const now = clock.now()
      const lease = { now, leaseEnd: now + this.#leaseMicros }
      const recorded = new Set(results.map(({ item }) => item))
      const others = new Set([...this.#inFlight].filter((item) => !recorded.has(item)))
      this.#start(tx, await this.#channel.record(tx, { owners, results }, lease, others), lease)
    })
  }

  #done (items: readonly Item[]): void {
    for (const item of items) this.#inFlight.delete(item)
    this.#progress.emit()
  }

  /**
   * Tried once: when it is unknown whether a commit came through, another replica may be sending by the second time.
   */
  async #releaseQueue (): Promise<void> {
    const { database, logger } = this.#deps
    const { kind } = this.#channel
    const items = this.#queue.map(({ item }) => item)
    for (const item of items) this.#countSending(item, -1)
    // due when the first was begun: in the past, by the clock that timers go by
    const dueAt = this.#queue[0]?.lease.now
    this.#queue = []
    if (dueAt === undefined) return
    try {
      await database.tx(async (tx) => await this.#channel.release(tx, items, dueAt))
    } catch (error) {
      const about = { err: error, kind, items: items.length }
      logger.warn(about, 'what was queued could not be released, it is sent when its lease has ended')
    }
    this.#done(items)
  }
}

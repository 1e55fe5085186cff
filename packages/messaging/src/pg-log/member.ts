import type { Backoff, Logger } from '@dueline/runtime'
import { BusError, type BusConsumer, type Health, type InBatch, type InRecord, type StartFrom } from '../bus.ts'
import type { Claim, Commit, MemberId } from './group-store.ts'
import { partitionKey } from './log-store.ts'

/** A partition in a member's hands. */
export interface Owned extends Claim {
  /** Next offset to deliver. */
  off: number
  /** Set while a handler runs. */
  batch: AbortController | undefined
  /** When the handler last said it was at work (monotonic milliseconds). */
  aliveAt: number
  /** Another member should have it: no new batch, release when idle. Monotonic milliseconds since when. */
  revokedAt: number | undefined
  /** No longer ours: what its handler still does is not committed. */
  lost: boolean
  failures: number
  /** After a failed batch: not before (monotonic milliseconds). */
  notBefore: number
}

/** What a member needs of its bus. */
export interface MemberHost {
  logger: Logger
  backoff: Backoff
  commit(commit: Commit): void
  /** A partition became free, or something else changed that the reader should look at. */
  changed(): void
  /** Resolves the rest of a clean leave: store progress, leave the group. */
  leave(member: Member, signal: AbortSignal): Promise<void>
  lag(group: string, topics: readonly string[]): Promise<Map<string, bigint>>
  /** Milliseconds since the last heartbeat that the database answered. */
  silentMs(): number
  leaseMs: number
  add(member: Member): void
}

/** One member of one group: holds partitions, runs its handler on their batches. */
export class Member implements BusConsumer {
  readonly id: MemberId
  readonly topics: readonly string[]
  readonly from: StartFrom
  readonly owned = new Map<string, Owned>()
  /** Whether the group knows this member. */
  joined = false
  closing = false
  readonly #host: MemberHost
  #handler: ((batch: InBatch) => Promise<void>) | undefined
  #running = new Set<Promise<void>>()
  #finish: (() => void) | undefined

  constructor (host: MemberHost, id: MemberId, topics: readonly string[], from: StartFrom) {
    this.#host = host
    this.id = id
    this.topics = topics
    this.from = from
  }

  async run (handler: (batch: InBatch) => Promise<void>): Promise<void> {
    if (this.#handler !== undefined) throw new BusError('fatal', 'a consumer runs once')
    if (this.closing) return
    this.#handler = handler
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve
    })
    this.#host.add(this)
    await finished
  }

  /** Partitions of which a batch may be delivered now; `ends`: where each ends, by its key. */
  behind (ends: ReadonlyMap<string, number>, now: number): Owned[] {
    if (this.closing) return []
    const behind: Owned[] = []
    for (const [key, owned] of this.owned) {
      if (owned.off >= (ends.get(key) ?? 0)) continue
      if (owned.batch === undefined && owned.revokedAt === undefined && owned.notBefore <= now) behind.push(owned)
    }
    return behind
  }

  own (claims: readonly Claim[]): void {
    for (const claim of claims) {
      this.owned.set(partitionKey(claim.topic, claim.part), {
        ...claim,
        batch: undefined,
        aliveAt: 0,
        revokedAt: undefined,
        lost: false,
        failures: 0,
        notBefore: 0
      })
    }
  }

  /** The partition is somebody else's: its handler is aborted, and its outcome will not count. */
  lose (owned: Owned): void {
    owned.lost = true
    const key = partitionKey(owned.topic, owned.part)
    if (this.owned.get(key) === owned) this.owned.delete(key)
    owned.batch?.abort(new BusError('revoked', `${key} belongs to another member of ${this.id.group}`))
  }

  loseAll (): void {
    for (const owned of [...this.owned.values()]) this.lose(owned)
  }

  epochs (): number {
    let sum = 0
    for (const owned of this.owned.values()) sum += owned.epoch
    return sum
  }

  /** Runs the handler on records of one partition; never throws, returns at once. */
  deliver (owned: Owned, records: readonly InRecord[], now: number): void {
    const controller = new AbortController()
    owned.batch = controller
    owned.aliveAt = now
    const batch: InBatch = {
      topic: owned.topic,
      partition: owned.part,
      records,
      signal: controller.signal,
      alive: async () => {
        if (owned.lost || this.#host.silentMs() > this.#host.leaseMs) {
          throw new BusError('revoked', `${owned.topic}/${owned.part} may belong to another member of ${this.id.group}`)
        }
        owned.aliveAt = performance.now()
      }
    }
    const work = this.#handle(owned, batch).finally(() => {
      this.#running.delete(work)
      owned.batch = undefined
      this.#host.changed()
    })
    this.#running.add(work)
  }

  async #handle (owned: Owned, batch: InBatch): Promise<void> {
    try {
      await this.#handler!(batch)
      owned.failures = 0
      owned.off = Number(batch.records.at(-1)!.offset) + 1
      if (!owned.lost) {
        this.#host.commit({
          group: this.id.group,
          topic: owned.topic,
          part: owned.part,
          epoch: owned.epoch,
          off: owned.off
        })
      }
    } catch (error) {
      if (batch.signal.aborted) return
      owned.failures++
      const retryMs = this.#host.backoff.nextMs(owned.failures)
      owned.notBefore = performance.now() + retryMs
      setTimeout(() => {
        this.#host.changed()
      }, retryMs + 1).unref()
      this.#host.logger.warn(
        { err: error, group: this.id.group, topic: owned.topic, partition: owned.part, retryMs },
        'batch failed, it comes again'
      )
    }
  }

  async lag (): Promise<Map<string, bigint>> {
    return await this.#host.lag(this.id.group, this.topics)
  }

  health (): Health {
    const silent = this.#host.silentMs()
    if (silent > 20 * this.#host.leaseMs) {
      return { state: 'down', detail: `no heartbeat for ${Math.round(silent / 1000)} s` }
    }
    if (silent > this.#host.leaseMs || !this.joined) {
      return {
        state: 'degraded',
        detail: this.joined ? `no heartbeat for ${Math.round(silent)} ms` : 'not in the group'
      }
    }
    return { state: 'ok', detail: `${this.owned.size} partitions` }
  }

  async close ({ graceMs }: { graceMs: number }): Promise<void> {
    if (this.closing) return
    this.closing = true
    for (const owned of this.owned.values()) owned.batch?.abort(new BusError('revoked', 'the consumer is closing'))
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), graceMs)
    const late = new Promise<void>((resolve) =>
      deadline.signal.addEventListener('abort', () => resolve(), { once: true })
    )
    await Promise.race([Promise.allSettled([...this.#running]), late])
    for (const owned of this.owned.values()) if (owned.batch !== undefined) owned.lost = true
    if (this.#handler !== undefined) await this.#host.leave(this, deadline.signal)
    clearTimeout(timer)
    this.#finish?.()
  }
}

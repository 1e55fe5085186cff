import { createPoller, type Backoff, type Logger, type Poller } from '@dueline/runtime'
import type { Pool } from 'pg'
import type { InRecord, OutRecord } from '../bus.ts'
import { fetchRecords, partitionKey, readEnds, readTotal, type Position } from './log-store.ts'
import type { Member, Owned } from './member.ts'
import { RecentRecords } from './recent-records.ts'

/** Bounds of reading. */
export interface ReaderBounds {
  /** Shortest and longest pause between looks at the log while it is quiet, in milliseconds. */
  pollMs: number
  pollMsMax: number
  /** Most records and (but for the first record) bytes of one batch. */
  batchRecordsMax: number
  batchBytesMax: number
}

/** Most partitions read by one statement: bounds what one answer can weigh. */
const positionsMax = 24

type Taker = readonly [Member, Owned]
/** One place in the log, where the log ended when it was chosen, and who wants to read there. */
interface Place {
  position: Position
  end: number
  takers: Taker[]
}

/**
 * The one reading loop of a bus: a single cheap question for all topics while nothing happens, and one statement
 * that reads every partition which any group is behind in. Groups at the same place share what was read, and what this
 * process has appended lately is not read at all.
 */
export class Reader {
  readonly loop: Poller
  readonly #pool: Pool
  readonly #members: ReadonlySet<Member>
  readonly #bounds: ReaderBounds
  readonly #ends = new Map<string, number>()
  readonly #recent = new RecentRecords()
  readonly #partitions = new Map<string, readonly number[]>()
  /** Sum of all known ends. */
  #total = 0
  #askedAt = -Infinity
  /** Whether somebody may be behind: nothing is compared while nothing changes. */
  #dirty = true

  constructor (
    { pool, members, bounds, backoff, logger }: {
      pool: Pool,
      members: ReadonlySet<Member>,
      bounds: ReaderBounds,
      backoff: Backoff,
      logger: Logger
    }
  ) {
    this.#pool = pool
    this.#members = members
    this.#bounds = bounds
    this.loop = createPoller({
      name: 'bus-reader',
      run: () => this.#pass(),
      idleMs: bounds.pollMs,
      idleMsMax: bounds.pollMsMax,
      logger,
      backoff
    })
  }

  /** A partition was gained or became free. */
  changed (): void {
    this.#dirty = true
    this.loop.wake()
  }

  /** What a producer of this process has appended, and where its partitions end now: their readers start at once. */
  appended (batch: readonly OutRecord[], ends: readonly Position[]): void {
    const read = ends.filter(({ topic }) => this.#partitions.has(topic))
    if (read.length === 0) return
    this.#recent.add(batch, read)
    this.#learn(read)
    this.loop.wake()
  }

  /** The partition numbers of a topic; looked up until the topic exists. */
  async partitionsOf (topic: string): Promise<readonly number[]> {
    const known = this.#partitions.get(topic)
    if (known !== undefined) return known
    const found = await readEnds(this.#pool, [topic])
    if (found.length === 0) return []
    const parts = found.map((position) => position.part).sort((a, b) => a - b)
    this.#partitions.set(topic, parts)
    this.#learn(found)
    return parts
  }

  #learn (positions: readonly Position[]): void {
    for (const { topic, part, off } of positions) {
      const key = partitionKey(topic, part)
      const known = this.#ends.get(key) ?? 0
      if (off < known) continue
      this.#ends.set(key, off)
      this.#total += off - known
      this.#dirty = true
    }
  }

  #endOf ({ topic, part }: Owned): number {
    return this.#ends.get(partitionKey(topic, part)) ?? 0
  }

  #behind (now: number): Taker[] {
    const found: Taker[] = []
    for (const member of this.#members) {
      for (const owned of member.behind(this.#ends, now)) found.push([member, owned])
    }
    return found
  }

  /** Looks for records of other processes. */
  async #look (): Promise<void> {
    this.#askedAt = performance.now()
    const topics = [...this.#partitions.keys()]
    if (topics.length > 0 && await readTotal(this.#pool, topics) > this.#total) {
      this.#learn(await readEnds(this.#pool, topics))
    }
  }

  async #pass (): Promise<'busy' | 'idle'> {
    let todo = this.#todo()
    if (performance.now() - this.#askedAt >= (todo.length === 0 ? this.#bounds.pollMs : this.#bounds.pollMsMax)) {
      await this.#look()
      if (todo.length === 0) todo = this.#todo()
    }
    if (todo.length === 0) return 'idle'
    // what does not fit into one statement, and what goes on behind this batch, is looked at again
    this.#dirty = true
    await this.#read(this.#places(todo))
    return 'busy'
  }

  /** Free partitions that are behind. A partition in use, or waiting after a failure, says `changed` later. */
  #todo (): Taker[] {
    if (!this.#dirty) return []
    this.#dirty = false
    return this.#behind(performance.now())
  }

  #places (todo: readonly Taker[]): Place[] {
    const places = new Map<string, Place>()
    for (const taker of todo) {
      const owned = taker[1]
      const key = `${partitionKey(owned.topic, owned.part)}@${owned.off}`
      const place = places.get(key)
      if (place !== undefined) place.takers.push(taker)
      else if (places.size < positionsMax) {
        places.set(key, {
          position: { topic: owned.topic, part: owned.part, off: owned.off },
          end: this.#endOf(owned),
          takers: [taker]
        })
      }
    }
    return [...places.values()]
  }

  async #read (places: readonly Place[]): Promise<void> {
    const { batchRecordsMax, batchBytesMax } = this.#bounds
    const unknown = places.filter((place) => {
      const records = this.#recent.read(place.position, batchRecordsMax, batchBytesMax)
      if (records !== undefined) this.#handAll(place, records)
      return records === undefined
    })
    if (unknown.length === 0) return
    const positions = unknown.map(({ position }) => position)
    const found = await fetchRecords(this.#pool, positions, batchRecordsMax, batchBytesMax)
    for (const [i, place] of unknown.entries()) this.#handAll(place, found[i]!)
  }

  #handAll (place: Place, records: readonly InRecord[]): void {
    const now = performance.now()
    for (const [member, owned] of place.takers) this.#deliver(member, owned, place, records, now)
  }

  #deliver (member: Member, owned: Owned, { position, end }: Place, records: readonly InRecord[], now: number): void {
    // while the statement ran the partition may have gone, or the consumer closed
    if (
      owned.lost || owned.revokedAt !== undefined || member.closing || owned.off !== position.off ||
      owned.batch !== undefined
    ) return
    if (records.length > 0) member.deliver(owned, records, now)
    // everything up to the end known before the statement was purged: go on behind it
    else owned.off = end
  }
}

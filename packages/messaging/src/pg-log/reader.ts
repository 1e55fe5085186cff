import { createPoller, type Backoff, type Logger, type Poller } from '@dueline/runtime'
import type { Pool } from 'pg'
import type { InRecord } from '../bus.ts'
import { fetchRecords, partitionKey, readEnds, readTotal, type Position } from './log-store.ts'
import type { Member, Owned } from './member.ts'

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

export interface Reader {
  readonly loop: Poller
  /** Ends of partitions, learnt from an append in this process: their readers start at once. */
  appended (ends: readonly Position[]): void
  /** The partition numbers of a topic; looked up until the topic exists. */
  partitionsOf (topic: string): Promise<readonly number[]>
}

/**
 * The one reading loop of a bus: a single cheap question for all topics while nothing happens, and one statement
 * that reads every partition which any group is behind in. Groups at the same place share what was read.
 */
export function createReader ({ pool, members, bounds, backoff, logger }: {
  pool: Pool
  members: ReadonlySet<Member>
  bounds: ReaderBounds
  backoff: Backoff
  logger: Logger
}): Reader {
  const ends = new Map<string, Position>()
  const partitions = new Map<string, readonly number[]>()
  let total = 0
  let askedAt = -Infinity

  function learn (positions: readonly Position[]): void {
    for (const position of positions) {
      const key = partitionKey(position.topic, position.part)
      const known = ends.get(key)
      if (known === undefined) {
        ends.set(key, { ...position })
        total += position.off
      } else if (position.off > known.off) {
        total += position.off - known.off
        known.off = position.off
      }
    }
  }

  function behind (now: number): Array<[Member, Owned]> {
    const found: Array<[Member, Owned]> = []
    for (const member of members) {
      for (const owned of member.ready(now)) {
        if (owned.off < (ends.get(partitionKey(owned.topic, owned.part))?.off ?? 0)) found.push([member, owned])
      }
    }
    return found
  }

  /** Looks for records of other processes. `total` covers the topics of all partitions known here. */
  async function look (now: number): Promise<void> {
    askedAt = now
    const topics = [...partitions.keys()]
    if (topics.length > 0 && await readTotal(pool, topics) > total) learn(await readEnds(pool, topics))
  }

  async function pass (): Promise<'busy' | 'idle'> {
    const now = performance.now()
    let todo = behind(now)
    const due = now - askedAt >= (todo.length === 0 ? bounds.pollMs : bounds.pollMsMax)
    if (due && [...members].some((member) => member.ready(now).length > 0)) {
      await look(now)
      todo = behind(performance.now())
    }
    if (todo.length === 0) return 'idle'
    await read(todo)
    return 'busy'
  }

  async function read (todo: ReadonlyArray<[Member, Owned]>): Promise<void> {
    const places = new Map<string, { position: Position, end: number, takers: Array<[Member, Owned]> }>()
    for (const [member, owned] of todo) {
      const key = `${partitionKey(owned.topic, owned.part)}@${owned.off}`
      const place = places.get(key)
      if (place !== undefined) place.takers.push([member, owned])
      else if (places.size < positionsMax) {
        const { topic, part, off } = owned
        places.set(key, { position: { topic, part, off }, end: ends.get(partitionKey(topic, part))!.off, takers: [[member, owned]] })
      }
    }
    const list = [...places.values()]
    const found = await fetchRecords(pool, list.map((place) => place.position), bounds.batchRecordsMax, bounds.batchBytesMax)
    const now = performance.now()
    for (const [i, { position, end, takers }] of list.entries()) {
      for (const [member, owned] of takers) hand(member, owned, position.off, end, found[i]!, now)
    }
  }

  function hand (member: Member, owned: Owned, off: number, end: number, records: readonly InRecord[], now: number): void {
    // while the statement ran the partition may have gone, or the consumer closed
    if (owned.lost || owned.revokedAt !== undefined || member.closing || owned.off !== off || owned.batch !== undefined) return
    if (records.length > 0) member.deliver(owned, records, now)
    // everything up to the end known before the statement was purged: go on behind it
    else owned.off = end
  }

  const loop = createPoller({ name: 'bus-reader', run: pass, idleMs: bounds.pollMs, idleMsMax: bounds.pollMsMax, logger, backoff })
  return {
    loop,
    appended (positions) {
      learn(positions.filter((position) => partitions.has(position.topic)))
      loop.wake()
    },
    async partitionsOf (topic) {
      const known = partitions.get(topic)
      if (known !== undefined) return known
      const found = await readEnds(pool, [topic])
      if (found.length === 0) return []
      const parts = found.map((position) => position.part).sort((a, b) => a - b)
      partitions.set(topic, parts)
      learn(found)
      return parts
    }
  }
}

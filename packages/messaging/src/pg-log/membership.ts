import { createPoller, type Backoff, type Logger, type Poller } from '@dueline/runtime'
import type { Pool } from 'pg'
import * as groups from './group-store.ts'
import { partitionKey } from './log-store.ts'
import type { Member, Owned } from './member.ts'
import { ownerOf } from './rendezvous.ts'

/** Times of group membership, in milliseconds. */
export interface MembershipTimes {
  /** A member without a sign of life for this long is replaced. */
  leaseMs: number
  heartbeatMs: number
  /** Pause between passes while partitions are changing hands. */
  rebalanceMs: number
  /** How long a handler may go on after its partition was wanted by another member. */
  revokeGraceMs: number
  /** A handler that says nothing for this long is taken for stuck. */
  stuckMs: number
}

export interface MembershipOptions {
  pool: Pool
  members: ReadonlySet<Member>
  /** The partition numbers of a topic; none while it does not exist. */
  partitionsOf(topic: string): Promise<readonly number[]>
  /** Stores all progress noted so far. */
  flush(): Promise<void>
  /** Partitions were gained: there may be something to read. */
  changed(): void
  times: MembershipTimes
  backoff: Backoff
  logger: Logger
}

interface Place {
  topic: string
  part: number
}

/**
 * Keeps all members of a bus in their groups by one statement per heartbeat, and moves partitions to the member that
 * rendezvous hashing names. A partition is handed over only when its handler has ended, unless it ends too late.
 */
export class Membership {
  readonly loop: Poller
  readonly #options: MembershipOptions
  #answeredAt = performance.now()

  constructor (options: MembershipOptions) {
    this.#options = options
    const { times, logger, backoff } = options
    this.loop = createPoller({
      name: 'bus-membership',
      run: () => this.#pass(),
      idleMs: times.heartbeatMs,
      busyMs: () => times.rebalanceMs,
      logger,
      backoff
    })
  }

  /** Milliseconds since the database last answered a heartbeat. */
  silentMs (): number {
    return performance.now() - this.#answeredAt
  }

  async #pass (): Promise<'busy' | 'idle'> {
    const { pool, members, times } = this.#options
    for (const member of members) {
      if (member.joined || member.closing) continue
      await groups.join(pool, member.id, member.topics, member.from, times.leaseMs)
      member.joined = true
    }
    const present = [...members].filter((member) => member.joined && !member.closing)
    if (present.length === 0) return 'idle'
    const beats = await groups.heartbeat(pool, present.map((member) => member.id), times.leaseMs)
    const now = this.#answeredAt = performance.now()
    let moving = false
    for (const [i, member] of present.entries()) {
      if (!member.closing && await this.#balance(member, beats[i]!, now)) moving = true
    }
    return moving ? 'busy' : 'idle'
  }

  /** Moves a member towards what it should own. Returns whether that is not finished. */
  async #balance (member: Member, beat: groups.Beat, now: number): Promise<boolean> {
    const { pool, logger, changed } = this.#options
    if (!beat.renewed) {
      logger.warn({ group: member.id.group }, 'lease ran out, joining again')
      member.loseAll()
      member.joined = false
      return true
    }
    // somebody took a partition from us while our lease had run out unnoticed: take stock anew
    if (beat.owned !== member.epochs()) member.loseAll()
    const { wanted, complete } = await this.#compare(member, beat.live, now)
    const giving = await this.#releaseSurplus(member, now)
    const claimed = wanted.length === 0 || member.closing ? [] : await groups.claim(pool, member.id, wanted)
    if (claimed.length > 0) {
      member.own(claimed)
      changed()
    }
    return giving || claimed.length < wanted.length || !complete
  }

  /** Revokes what others should own; returns what this member should, and whether all its topics exist. */
  async #compare (
    member: Member,
    live: readonly string[],
    now: number
  ): Promise<{ wanted: Place[], complete: boolean }> {
    const wanted: Place[] = []
    let complete = true
    for (const topic of member.topics) {
      const parts = await this.#options.partitionsOf(topic)
      if (parts.length === 0) {
        // joining again makes the offset rows of a topic that exists by then
        member.joined = false
        complete = false
      }
      for (const part of parts) {
        const mine = ownerOf(member.id.group, topic, part, live) === member.id.member
        const owned = member.owned.get(partitionKey(topic, part))
        if (mine && owned === undefined) wanted.push({ topic, part })
        if (!mine && owned !== undefined && owned.revokedAt === undefined) {
          owned.revokedAt = now
          owned.batch?.abort()
        }
      }
    }
    return { wanted, complete }
  }

  /** Releases what is revoked and idle, or overdue. Returns whether something is on its way out. */
  async #releaseSurplus (member: Member, now: number): Promise<boolean> {
    const { pool, times, logger } = this.#options
    const free: Owned[] = []
    let waiting = false
    for (const owned of member.owned.values()) {
      const stuck = owned.batch !== undefined && now - owned.aliveAt > times.stuckMs
      if (owned.revokedAt === undefined && !stuck) continue
      if (owned.batch === undefined || stuck || now - (owned.revokedAt ?? now) > times.revokeGraceMs) free.push(owned)
      else waiting = true
    }
    if (free.length === 0) return waiting
    for (const owned of free) {
      if (owned.batch !== undefined) {
        logger.warn(
          { group: member.id.group, topic: owned.topic, partition: owned.part },
          'handler did not end in time, its partition is given up'
        )
      }
      member.lose(owned)
    }
    await this.#options.flush()
    await groups.release(pool, member.id, free)
    return true
  }
}

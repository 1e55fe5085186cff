import { createDatabase, migrate, type Database } from '@dueline/postgres'
import { backoff, systemIds, type Ids, type Logger, type Loop } from '@dueline/runtime'
import type { Pool } from 'pg'
import { orAborted } from '../aborted.ts'
import { BusError, type Bus, type BusConsumer, type BusProducer, type StartFrom, type TopicSpec } from '../bus.ts'
import { busMigrations } from '../migrations.ts'
import { createCommitter, type Committer } from './committer.ts'
import * as groups from './group-store.ts'
import { createTopics, partitionKey, readEnds } from './log-store.ts'
import { Member, type MemberHost } from './member.ts'
import { Membership, type MembershipTimes } from './membership.ts'
import { createPgLogProducer } from './producer.ts'
import { Reader, type ReaderBounds } from './reader.ts'
import { createPurge, type Retention } from './retention.ts'

/** Options of `createPgLogBus`; every one but where the database is has a default. */
export interface PgLogBusOptions extends Partial<MembershipTimes>, Partial<ReaderBounds>, Partial<Retention> {
  /** The database that holds schema `bus`; the bus makes its own pool. */
  url?: string
  /** A pool to use instead; it is not closed. Its schema `bus` must be migrated already. */
  pool?: Pool
  logger: Logger
  ids?: Ids
  /** Connections of the bus's own pool; 6 by default. */
  poolMax?: number
  /** How long progress may stay unstored, in milliseconds; 20 by default. */
  commitMs?: number
}

const defaults = {
  leaseMs: 3_000,
  heartbeatMs: 1_000,
  rebalanceMs: 200,
  revokeGraceMs: 10_000,
  stuckMs: 60_000,
  pollMs: 10,
  pollMsMax: 250,
  batchRecordsMax: 500,
  batchBytesMax: 1_000_000,
  retentionSeconds: 7 * 86_400,
  forgetGroupSeconds: 30 * 86_400,
  commitMs: 20,
  poolMax: 6
}

/**
 * The bus on Postgres: no broker to run. Several processes on one database share it, and divide the partitions of a
 * group among them. Loops start with the first consumer; `ensureTopics` also migrates schema `bus`.
 * @throws TypeError without `url` and `pool`
 */
export function createPgLogBus (options: PgLogBusOptions): Bus {
  return new PgLogBus(options)
}

class PgLogBus implements Bus, MemberHost {
  readonly logger: Logger
  readonly backoff = backoff({ initialMs: 100, maxMs: 5_000 })
  readonly leaseMs: number
  readonly #url: string | undefined
  readonly #ids: Ids
  readonly #own: Database | undefined
  readonly #pool: Pool
  readonly #members = new Set<Member>()
  readonly #reader: Reader
  readonly #membership: Membership
  readonly #committer: Committer
  readonly #loops: readonly Loop[]

  constructor (options: PgLogBusOptions) {
    const settings = { ...defaults, ...options }
    const { logger, url } = options
    this.logger = logger
    this.leaseMs = settings.leaseMs
    this.#url = url
    this.#ids = options.ids ?? systemIds
    this.#own = url === undefined
      ? undefined
      : createDatabase({ url, schema: 'bus', poolMax: settings.poolMax, applicationName: 'dueline-bus', logger })
    const pool = options.pool ?? this.#own?.pool
    if (pool === undefined) throw new TypeError('createPgLogBus needs a url or a pool')
    this.#pool = pool
    const retries = backoff({ initialMs: 50, maxMs: 2_000 })
    const members = this.#members
    this.#committer = createCommitter({
      store: (commits) => groups.commitOffsets(pool, commits),
      refused: (commits) => this.#refused(commits),
      everyMs: settings.commitMs,
      backoff: retries,
      logger
    })
    this.#reader = new Reader({ pool, members, bounds: settings, backoff: retries, logger })
    this.#membership = new Membership({
      pool,
      members,
      partitionsOf: (topic) => this.#reader.partitionsOf(topic),
      flush: () => this.#committer.flush(AbortSignal.timeout(settings.leaseMs)),
      changed: () => this.changed(),
      times: settings,
      backoff: retries,
      logger
    })
    this.#loops = [this.#reader.loop, this.#membership.loop, createPurge({ pool, retention: settings, logger })]
  }

  async producer (): Promise<BusProducer> {
    return createPgLogProducer(this.#pool, (batch, ends) => this.#reader.appended(batch, ends))
  }

  async consumer (
    { group, topics, from }: { group: string, topics: readonly string[], from: StartFrom }
  ): Promise<BusConsumer> {
    return new Member(this, { group, member: this.#ids.next() }, topics, from)
  }

  async ensureTopics (topics: readonly TopicSpec[]): Promise<void> {
    if (this.#url !== undefined) {
      await migrate({ url: this.#url, schema: 'bus', sources: [busMigrations], logger: this.logger })
    }
    await createTopics(this.#pool, topics)
  }

  async partitionCount (topic: string): Promise<number> {
    const { length } = await readEnds(this.#pool, [topic])
    if (length === 0) throw new BusError('fatal', `topic ${topic} does not exist`)
    return length
  }

  /** Who may use the log may be a member of any group. */
  async assertGroup (): Promise<void> {}

  deadLetterTopic (): undefined {}

  async close (): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.close({ graceMs: 5_000 })))
    await Promise.all(this.#loops.map((loop) => loop.stop()))
    await this.#own?.close()
  }

  // what members ask of their bus

  add (member: Member): void {
    this.#members.add(member)
    for (const loop of this.#loops) loop.start().catch(() => {})
    this.#membership.loop.wake()
  }

  async leave (member: Member, signal: AbortSignal): Promise<void> {
    await this.#committer.flush(signal)
    const left = groups.leave(this.#pool, member.id).catch((error: unknown) =>
      this.logger.warn({ err: error, group: member.id.group }, 'could not leave the group, its lease will run out')
    )
    await orAborted(signal, left)
    this.#members.delete(member)
    // others of the group in this process need not wait for their next heartbeat
    this.#membership.loop.wake()
  }

  async lag (group: string, topics: readonly string[]): Promise<Map<string, bigint>> {
    const rows = await groups.readLag(this.#pool, group, topics)
    return new Map(rows.map(({ topic, part, lag }) => [partitionKey(topic, part), BigInt(lag)]))
  }

  silentMs (): number {
    return this.#membership.silentMs()
  }
  commit (commit: groups.Commit): void {
    this.#committer.add(commit)
  }
  changed (): void {
    this.#reader.changed()
  }

  #refused (commits: readonly groups.Commit[]): void {
    for (const { group, topic, part, epoch } of commits) {
      for (const member of this.#members) {
        const owned = member.id.group === group ? member.owned.get(partitionKey(topic, part)) : undefined
        if (owned?.epoch === epoch) member.lose(owned)
      }
    }
    this.#membership.loop.wake()
  }
}

import { createDatabase, migrate } from '@dueline/postgres'
import { backoff, systemIds, type Ids, type Logger } from '@dueline/runtime'
import type { Pool } from 'pg'
import { BusError, type Bus } from '../bus.ts'
import { busMigrations } from '../migrations.ts'
import { createCommitter } from './committer.ts'
import * as groups from './group-store.ts'
import { createTopics, partitionKey, readEnds } from './log-store.ts'
import { Member, type MemberHost } from './member.ts'
import { createMembership, type MembershipTimes } from './membership.ts'
import { createPgLogProducer } from './producer.ts'
import { createReader, type ReaderBounds } from './reader.ts'
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
  pollMsMax: 150,
  batchRecordsMax: 200,
  batchBytesMax: 1_000_000,
  keepSeconds: 7 * 86_400,
  forgetGroupSeconds: 30 * 86_400,
  commitMs: 20,
  poolMax: 6
}

// Every statement of the log goes by an index. Plans are made once per connection, perhaps while a table is still
// empty and a scan looks cheap; and a price tag on scans must not bring the compiler in.
const plannerSettings = '-c enable_seqscan=off -c jit=off'

/**
 * The bus on Postgres: no broker to run. Several processes on one database share it, and divide the partitions of a
 * group among them. Loops start with the first consumer; `ensureTopics` also migrates schema `bus`.
 */
export function createPgLogBus (options: PgLogBusOptions): Bus {
  const settings = { ...defaults, ...options }
  const { logger, url } = options
  const ids = options.ids ?? systemIds
  const own = url === undefined ? undefined : createDatabase({ url: withPlanner(url), schema: 'bus', poolMax: settings.poolMax, applicationName: 'dueline-bus', logger })
  const pool = options.pool ?? own?.pool
  if (pool === undefined) throw new TypeError('createPgLogBus needs a url or a pool')
  const retries = backoff({ initialMs: 50, maxMs: 2_000 })
  const members = new Set<Member>()
  const reader = createReader({ pool, members, bounds: settings, backoff: retries, logger })
  const membership = createMembership({
    pool, members, partitionsOf: reader.partitionsOf, changed: () => reader.loop.wake(), times: settings, backoff: retries, logger
  })
  const purge = createPurge({ pool, retention: settings, logger })
  const committer = createCommitter({ store: (commits) => groups.commitOffsets(pool, commits), refused, everyMs: settings.commitMs, backoff: retries, logger })
  const loops = [reader.loop, membership.loop, purge]

  function refused (commits: readonly groups.Commit[]): void {
    for (const { group, topic, part, epoch } of commits) {
      for (const member of members) {
        const owned = member.id.group === group ? member.owned.get(partitionKey(topic, part)) : undefined
        if (owned?.epoch === epoch) member.lose(owned)
      }
    }
    membership.loop.wake()
  }

  const host: MemberHost = {
    logger,
    backoff: backoff({ initialMs: 100, maxMs: 5_000 }),
    leaseMs: settings.leaseMs,
    silentMs: membership.silentMs,
    commit: committer.add,
    changed: () => reader.loop.wake(),
    add (member) {
      members.add(member)
      for (const loop of loops) void loop.start()
      membership.loop.wake()
    },
    async leave (member, signal) {
      await committer.flush(signal)
      const left = groups.leave(pool, member.id).catch((error: unknown) => logger.warn({ err: error, group: member.id.group }, 'could not leave the group, its lease will run out'))
      await Promise.race([left, new Promise((resolve) => signal.aborted ? resolve(undefined) : signal.addEventListener('abort', resolve, { once: true }))])
      members.delete(member)
      membership.loop.wake()
    },
    async lag (group, topics) {
      const rows = await groups.readLag(pool, group, topics)
      return new Map(rows.map(({ topic, part, lag }) => [partitionKey(topic, part), BigInt(lag)]))
    }
  }

  return {
    producer: async () => createPgLogProducer(pool, reader.appended),
    async consumer ({ group, topics, from }) {
      return new Member(host, { group, member: ids.next() }, topics, from)
    },
    async ensureTopics (topics) {
      if (url !== undefined) await migrate({ url, schema: 'bus', sources: [busMigrations], logger })
      await createTopics(pool, topics)
    },
    async partitionCount (topic) {
      const { length } = await readEnds(pool, [topic])
      if (length === 0) throw new BusError('fatal', `topic ${topic} does not exist`)
      return length
    },
    async close () {
      await Promise.all([...members].map((member) => member.close({ graceMs: 5_000 })))
      await Promise.all(loops.map((loop) => loop.stop()))
      await own?.close()
    }
  }
}

function withPlanner (url: string): string {
  const changed = new URL(url)
  const given = changed.searchParams.get('options')
  changed.searchParams.set('options', given === null ? plannerSettings : `${given} ${plannerSettings}`)
  return changed.toString()
}

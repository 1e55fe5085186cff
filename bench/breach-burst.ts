import { formatDuration } from '@dueline/business-time'
import { createPgLogBus } from '@dueline/messaging'
import { createMetrics, systemClock, systemIds } from '@dueline/runtime'
import { silentLogger, testIssuer } from '@dueline/testkit'
import { createDatabase, migrate, type Database } from '../packages/postgres/src/index.ts'
import { buildClock, migrations, schema, type ClockService } from '../services/clock/src/app.ts'
import { TestTicket } from '../services/clock/test/support/events.ts'
import { config, handleAll } from '../services/clock/test/support/harness.ts'
import { withFreshDatabase } from './fresh-database.ts'
import { quantile } from './measure.ts'
import type { Result } from './scenario.ts'

/** What one ticket costs here to take in, generously: the deadline lies behind the last of them. */
const seedMsPerTicket = 2
const ticketsPerBatch = 250
const batchSize = 500
const lanes = 4

/**
 * The clock service alone, its database waiting for the disk: 50,000 clocks are due at one instant; until every breach
 * is committed with its event. Beside it, the least that Postgres must do for that: the same rows changed and the same
 * events written again, in batches of the same size, computed by nobody.
 */
export async function run ({ quick }: { quick: boolean }): Promise<Result> {
  return await withFreshDatabase(
    'burst',
    async (url) =>
      await withService(url, async (service, database) => await measure(service, database, quick ? 5_000 : 50_000))
  )
}

async function withService (
  url: string,
  use: (service: ClockService, database: Database) => Promise<Result>
): Promise<Result> {
  await migrate({ url, schema, sources: migrations, logger: silentLogger })
  const database = createDatabase({
    url,
    schema,
    poolMax: 10,
    applicationName: 'bench',
    logger: silentLogger,
    statementTimeoutMs: 0
  })
  const bus = createPgLogBus({ url, logger: silentLogger })
  const service = buildClock({
    config,
    logger: silentLogger,
    clock: systemClock,
    ids: systemIds,
    metrics: createMetrics('clock'),
    database,
    bus,
    auth: testIssuer().auth
  })
  try {
    return await use(service, database)
  } finally {
    await service.timers.stop()
    await service.http.close()
    await bus.close()
    await database.close()
  }
}

async function measure (service: ClockService, database: Database, count: number): Promise<Result> {
  await service.timers.start()
  // what a process in service has long done: compiling, preparing statements
  await burst(service, database, count / 10)
  const { latenessMs, takenInMs } = await burst(service, database, count)
  const { rows: [announced] } = await database.pool.query<{ events: number, clocks: number }>(
    `select count(*)::int as events, count(distinct payload::json -> 'clock' ->> 'id')::int as clocks from outbox
      where type = 'dueline.clock.breached.v1'`
  )
  await service.timers.stop()
  return {
    figures: {
      clocks: count,
      taken_in_per_second: count / takenInMs * 1_000,
      breaches_p50_ms: quantile(latenessMs, 0.5),
      breaches_committed_ms: Math.max(...latenessMs),
      least_writing_ms: await writeAgain(database),
      lost: count - (announced?.clocks ?? 0),
      twice: (announced?.events ?? 0) - (announced?.clocks ?? 0)
    },
    targets: { breaches_committed_ms: { atMost: 1_500 }, lost: { atMost: 0 }, twice: { atMost: 0 } }
  }
}

/**
 * Takes `count` clocks in that are all due at one instant, and waits until all are fired.
 * @returns of each, how late its breach was committed
 */
async function burst (
  service: ClockService,
  database: Database,
  count: number
): Promise<{ latenessMs: number[], takenInMs: number }> {
  const begunAt = systemClock.now()
  const targetMicros = (count * seedMsPerTicket + 5_000) * 1_000
  const dueAt = begunAt + targetMicros
  for (let made = 0; made < count; made += ticketsPerBatch) await ingest(service, database, begunAt, targetMicros)
  const takenInMs = (systemClock.now() - begunAt) / 1_000
  await database.pool.query('vacuum analyze')
  await database.pool.query('delete from outbox')
  await database.pool.query('checkpoint')
  if (systemClock.now() > dueAt - 2_000_000) {
    throw new Error(
      `taking in ${count} tickets took ${takenInMs.toFixed(0)} ms: they were due before all of them were here`
    )
  }
  const latenessMs: number[] = []
  await service.timers.fired.next((due) => {
    const lateMs = (systemClock.now() - dueAt) / 1_000
    for (let i = 0; i < due.length; i++) latenessMs.push(lateMs)
    return latenessMs.length >= count
  })
  return { latenessMs, takenInMs }
}

/** Tickets with one clock each, as the consumer would hand them on. */
async function ingest (
  { handlers }: ClockService,
  database: Database,
  createdAt: number,
  targetMicros: number
): Promise<void> {
  const tickets = Array.from({ length: ticketsPerBatch }, () => new TestTicket(createdAt))
  const created = tickets.map((ticket) => ticket.created(createdAt))
  const agreed = tickets.map((ticket) =>
    ticket.agreement(createdAt, { targets: { resolution: formatDuration(targetMicros) }, reminders: [] })
  )
  await database.tx(async (tx) => {
    await handleAll(handlers, tx, created)
    await handleAll(handlers, tx, agreed)
  })
}

/**
 * Each clock's row changed once and each event of the outbox written once more.
 * @returns milliseconds until the last commit
 */
async function writeAgain (database: Database): Promise<number> {
  const { rows } = await database.pool.query<
    { tenant_id: string, type: string, partition_key: string, headers: string, payload: string, clock: string }
  >(
    "select tenant_id, type, partition_key, headers, payload, payload::json -> 'clock' ->> 'id' as clock from outbox"
  )
  await database.pool.query('checkpoint')
  const begunMs = performance.now()
  await Promise.all(Array.from({ length: lanes }, async (_, lane) => {
    for (let at = lane * batchSize; at < rows.length; at += lanes * batchSize) {
      const batch = rows.slice(at, at + batchSize)
      await database.tx(async (tx) => {
        await tx.$client.query({
          name: 'again-clock',
          text: `update clock c set breached_at = now() from unnest($1::text[], $2::uuid[]) as r(tenant_id, id)
            where c.tenant_id = r.tenant_id and c.id = r.id`,
          values: [batch.map((row) => row.tenant_id), batch.map((row) => row.clock)]
        })
        await tx.$client.query({
          name: 'again-outbox',
          text: `insert into outbox (tenant_id, id, type, partition_key, headers, payload)
            select tenant_id, gen_random_uuid(), type, partition_key, headers, payload
              from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
                as r(tenant_id, type, partition_key, headers, payload)`,
          values: [
            batch.map((row) => row.tenant_id),
            batch.map((row) => row.type),
            batch.map((row) => row.partition_key),
            batch.map((row) => row.headers),
            batch.map((row) => row.payload)
          ]
        })
      })
    }
  }))
  return performance.now() - begunMs
}

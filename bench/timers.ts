import { setTimeout as pause } from 'node:timers/promises'
import { afterCommit, createDatabase, migrate, type Database } from '../packages/postgres/src/index.ts'
import { createLogger, createMetrics, systemClock } from '../packages/runtime/src/index.ts'
import { createTimers, migrations, type Timers } from '../packages/timers/src/index.ts'
import { withFreshDatabase } from './fresh-database.ts'
import { mean } from './measure.ts'
import { figuresOfBuild } from './other-build.ts'
import type { Options, Result } from './scenario.ts'

/**
 * Lateness of timers (due instant to commit acknowledged in Node), beside a bare transaction and a poller on the
 * same table.
 */
export const name = 'timers'

const logger = createLogger({ service: 'bench', level: 'warn' })
const schema = 'clock'
const perSecond = 200

/**
 * Runs about 100 seconds with a million pending timers, or 25 with a hundred thousand when `quick`. The database waits
 * for its disk. Another build, where one is named, runs the same bench as it has it, turn about and twice each.
 */
export async function run ({ quick, beside }: Options): Promise<Result> {
  const own = [await turn(quick)]
  if (beside === undefined) return judge(own)
  const other = [await figuresOfBuild(beside, name, quick)]
  if (!quick) {
    other.push(await figuresOfBuild(beside, name, quick))
    own.push(await turn(quick))
  }
  return judge(own, other)
}

async function turn (quick: boolean): Promise<Record<string, number>> {
  return await withFreshDatabase('timers', async (url) => {
    await migrate({ url, schema, sources: [migrations], logger })
    const pool = createDatabase({ url, schema, poolMax: 8, applicationName: 'bench', logger, statementTimeoutMs: 0 })
    try {
      return await measure(pool, quick)
    } finally {
      await pool.close()
    }
  })
}

async function measure (database: Database, quick: boolean): Promise<Record<string, number>> {
  const pending = quick ? 100_000 : 1_000_000
  const seconds = quick ? 5 : 30
  await fill(database, pending)
  const bound = await bareTransactions(database, quick ? 2 : 10)
  const polled = await poller(database, quick ? 3 : 10)
  const latenesses: number[] = []
  const timers = engine(database, latenesses)
  await timers.start()
  await timers.loaded.next()
  const cpu = process.cpuUsage()
  await lateness(database, timers, latenesses, seconds, perSecond)
  const used = process.cpuUsage(cpu)
  const steady = percentiles('', latenesses)
  latenesses.length = 0
  await lateness(database, timers, latenesses, quick ? 3 : 10, 1_000)
  const fast = percentiles('at1000', latenesses)
  latenesses.length = 0
  const count = quick ? 5_000 : 50_000
  await burst(database, timers, count)
  const burstMs = Math.max(...latenesses)
  await timers.stop()
  return {
    pending,
    ...steady,
    ...fast,
    burstCount: count,
    burstMs,
    ...bound,
    ...polled,
    cpuShare: (used.user + used.system) / 1e6 / (seconds + 3)
  }
}

function judge (own: Array<Record<string, number>>, other: Array<Record<string, number>> = []): Result {
  const figures = rounded(meanOfTurns(own))
  const targets: Result['targets'] = {
    p99Ms: { atMost: Math.min(10, figures.pollerP99Ms ?? 10) },
    at1000P99Ms: { atMost: 50 }
  }
  if (other.length === 0) return { figures, targets }
  const before = meanOfTurns(other)
  const now = meanOfTurns(own)
  const times = (figure: string): number => (now[figure] ?? NaN) / (before[figure] ?? NaN)
  return {
    figures: {
      ...figures,
      ...rounded({
        besideP50Ms: before.p50Ms ?? NaN,
        besideP99Ms: before.p99Ms ?? NaN,
        besideAt1000P99Ms: before.at1000P99Ms ?? NaN,
        besideBurstPerSecond: before.burstPerSecond ?? NaN,
        besideCpuShare: before.cpuShare ?? NaN,
        p99TimesBeside: times('p99Ms'),
        at1000P99TimesBeside: times('at1000P99Ms'),
        burstRateTimesBeside: times('burstPerSecond')
      })
    },
    targets: { ...targets, p99TimesBeside: { atMost: 1.1 }, burstRateTimesBeside: { atLeast: 0.9 } }
  }
}

/** The mean of each figure, and the rate of a burst, which an older build does not say itself. */
function meanOfTurns (turns: Array<Record<string, number>>): Record<string, number> {
  const means = Object.fromEntries(
    Object.keys(turns[0] ?? {}).map((figure) => [figure, mean(turns.map((each) => each[figure] ?? NaN))])
  )
  return { ...means, burstPerSecond: (means.burstCount ?? NaN) / (means.burstMs ?? NaN) * 1_000 }
}

function rounded (figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Math.round(value * 100) / 100]))
}

/** Owners with one pending timer each, spread over the next thirty days. */
async function fill (database: Database, count: number): Promise<void> {
  await database.pool.query(
    `create table clock (tenant_id text not null, id uuid not null, version integer not null default 0,
      primary key (tenant_id, id)) with (fillfactor = 80);
    create table effect (tenant_id text not null, id uuid not null, due_at timestamptz not null)`
  )
  await database.pool.query(
    `insert into clock (tenant_id, id)
      select 'tenant-' || n % 200, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
      from generate_series(0, ${count - 1}) n`
  )
  await database.pool.query(`insert into timer (kind, tenant_id, owner_id, due_at, fire_at)
    select 'due', tenant_id, id, at, at
      from (select tenant_id, id, now() + interval '1 hour' + random() * interval '30 days' as at from clock) c`)
  await database.pool.query('vacuum analyze timer')
  await database.pool.query('vacuum analyze clock')
  // so that no run pays for the filling
  await database.pool.query('checkpoint')
}

function engine (database: Database, latenesses: number[]): Timers {
  const timers = createTimers({ database, clock: systemClock, logger, metrics: createMetrics('bench') })
  timers.handle('due', {
    ownerTable: 'clock',
    async fire (tx, due) {
      await tx.$client.query({
        name: 'effect',
        text: `with changed as (update clock c set version = version + 1
            from unnest($1::text[], $2::uuid[]) as d(tenant_id, id)
            where c.tenant_id = d.tenant_id and c.id = d.id returning c.tenant_id, c.id)
          insert into effect (tenant_id, id, due_at) select tenant_id, id, now() from changed`,
        values: [due.map((each) => each.tenantId), due.map((each) => each.ownerId)]
      })
      afterCommit(tx, () => {
        const now = systemClock.now()
        for (const { dueAt } of due) latenesses.push((now - dueAt) / 1000)
      })
    }
  })
  return timers
}

/**
 * Gives `count` of the pending timers instants from three seconds on, `rate` a second; a rate of Infinity means one
 * instant.
 */
async function schedule (database: Database, count: number, rate: number): Promise<void> {
  await database.pool.query(
    `with chosen as (select kind, tenant_id, owner_id, row_number() over () as n
      from (select * from timer where fire_at > now() + interval '1 minute' order by fire_at limit $1) t),
      timed as (select *, now() + interval '3 seconds' + n * $2::float8 * interval '1 second' as at from chosen)
    update timer t set due_at = c.at, fire_at = c.at from timed c
      where t.kind = c.kind and t.tenant_id = c.tenant_id and t.owner_id = c.owner_id`,
    [count, rate === Infinity ? 0 : 1 / rate]
  )
}

async function lateness (
  database: Database,
  timers: Timers,
  latenesses: number[],
  seconds: number,
  rate: number
): Promise<void> {
  const count = seconds * rate
  const done = timers.fired.next(() => latenesses.length >= count)
  await schedule(database, count, rate)
  await done
}

async function burst (database: Database, timers: Timers, count: number): Promise<void> {
  let seen = 0
  const done = timers.fired.next((due) => (seen += due.length) >= count)
  await schedule(database, count, Infinity)
  await done
}

/** The least that any transaction costs here, at the same pace: with nothing in it, and with one row changed. */
async function bareTransactions (database: Database, seconds: number): Promise<Record<string, number>> {
  const empty: number[] = []
  const write: number[] = []
  for (
    const [times, text] of [[empty, 'select 1'], [
      write,
      "update clock set version = version where tenant_id = 'tenant-0' and id = '01900000-0000-7000-8000-000000000000'"
    ]] as const
  ) {
    const end = performance.now() + seconds * 500
    while (performance.now() < end) {
      const from = performance.now()
      await database.tx(async (tx) => await tx.$client.query({ name: text.slice(0, 6), text }))
      times.push(performance.now() - from)
      await pause(1000 / perSecond)
    }
  }
  return { ...percentiles('emptyTransaction', empty), ...percentiles('writeTransaction', write) }
}

/** What most job queues do: look every 25 ms, lock, act, delete. */
async function poller (database: Database, seconds: number): Promise<Record<string, number>> {
  const latenesses: number[] = []
  const count = seconds * perSecond
  await schedule(database, count, perSecond)
  while (latenesses.length < count) {
    const from = performance.now()
    const fired = await database.tx(async (tx) => {
      const { rows } = await tx.$client.query({
        name: 'poll',
        text: `with due as (select kind, tenant_id, owner_id from timer
            where fire_at <= now() order by fire_at limit 500 for update skip locked),
            gone as (delete from timer t using due d
              where t.kind = d.kind and t.tenant_id = d.tenant_id and t.owner_id = d.owner_id
              returning t.tenant_id, t.owner_id, t.due_at),
            changed as (update clock c set version = version + 1 from gone g
              where c.tenant_id = g.tenant_id and c.id = g.owner_id)
          select (extract(epoch from due_at) * 1000)::float8 as due_ms from gone`
      })
      return rows as Array<{ due_ms: number }>
    })
    const now = systemClock.now() / 1000
    for (const row of fired) latenesses.push(now - row.due_ms)
    await pause(Math.max(1, 25 - (performance.now() - from)))
  }
  return percentiles('poller', latenesses)
}

function percentiles (label: string, values: readonly number[]): Record<string, number> {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  const key = (suffix: string): string =>
    label === '' ? suffix[0]!.toLowerCase() + suffix.slice(1) : `${label}${suffix}`
  return { [key('P50Ms')]: at(0.5), [key('P99Ms')]: at(0.99), [key('MaxMs')]: at(1) }
}

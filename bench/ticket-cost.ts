import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { openBenchStack, type BenchStack } from './bench-stack.ts'
import { sender } from './create-ticket.ts'
import { quantile } from './measure.ts'
import { atRest, cpuSeconds } from './process-cost.ts'
import type { Options, Result } from './scenario.ts'

const concurrency = 32

/** What has been used, in microseconds, bytes and numbers; of a turn: per ticket. */
type Cost = Record<string, number>
interface Side {
  readonly bench: BenchStack
  readonly client: pg.Client
}

/**
 * What one ticket costs the whole embedded stack with all that follows from it, by who pays: processor time of the
 * process (its main thread; its helpers, which compile and collect garbage), of Postgres by the schema it works for,
 * and what is written. Time of processors, as that says more than time by the clock on a machine that others use too.
 * Another build, where one is named, takes its turns in between.
 */
export async function run ({ quick, beside }: Options): Promise<Result> {
  const sides: Side[] = []
  try {
    for (const build of beside === undefined ? [undefined] : [undefined, beside]) sides.push(await openSide(build))
    for (const side of sides) await create(side, quick ? 1_000 : 5_000)
    const turns: Cost[][] = sides.map(() => [])
    for (let round = 0; round < (quick ? 2 : 5); round++) {
      for (const [i, side] of sides.entries()) turns[i]!.push(await costOf(side, quick ? 1_000 : 3_000))
    }
    const [own = {}, other] = turns.map(medians)
    if (other === undefined) return { figures: own, targets: {} }
    const ratios = turns[0]!.map((cost, round) => cost['processor_micros']! / turns[1]![round]!['processor_micros']!)
    return {
      figures: {
        ...own,
        ...Object.fromEntries(Object.entries(other).map(([name, value]) => [`beside_${name}`, value])),
        processor_times_beside: quantile(ratios, 0.5)
      },
      targets: { processor_times_beside: { atMost: 0.67 } }
    }
  } finally {
    for (const { bench, client } of sides) {
      await client.end()
      await bench.close()
    }
  }
}

async function openSide (build: string | undefined): Promise<Side> {
  const bench = await openBenchStack(['customer', 'admin'], { connections: concurrency, ...(build && { build }) })
  const client = new pg.Client(bench.databaseUrl)
  await client.connect()
  return { bench, client }
}

/** Creates tickets, and waits until all that follows from them is done. */
async function create ({ bench: { pool, token, stack } }: Side, tickets: number): Promise<void> {
  const send = sender(pool, token)
  let left = tickets
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (left-- > 0) await send()
  }))
  await atRest([stack.pid])
}

async function costOf (side: Side, tickets: number): Promise<Cost> {
  const before = await usedBy(side)
  await create(side, tickets)
  const after = await usedBy(side)
  const cost = Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, Math.max(0, value - (before[name] ?? 0)) / tickets])
  )
  const micros = Object.entries(cost).filter(([name]) => name.endsWith('_micros')).map(([, value]) => value)
  return { processor_micros: micros.reduce((sum, value) => sum + value, 0), ...cost }
}

async function usedBy ({ bench: { stack: { pid } }, client }: Side): Promise<Cost> {
  const used: Cost = { node_main_micros: 0, node_helpers_micros: 0 }
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const name = task === String(pid) ? 'node_main_micros' : 'node_helpers_micros'
    used[name]! += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1_000
  }
  const { rows: backends } = await client.query<{ pid: number, who: string }>(
    `select pid, coalesce(replace(usename, 'dueline_', ''), 'server') as who from pg_stat_activity
     where pid <> pg_backend_pid()`
  )
  for (const backend of backends) {
    const name = `postgres_${backend.who}_micros`
    used[name] = (used[name] ?? 0) + cpuSeconds([backend.pid]) * 1e6
  }
  const { rows: [written] } = await client.query<
    { wal: string, transactions: string, inserted: string, other: string }
  >(
    `select pg_current_wal_lsn() - '0/0'::pg_lsn as wal, xact_commit as transactions, tup_inserted as inserted,
       tup_updated + tup_deleted as other
     from pg_stat_database where datname = current_database()`
  )
  return {
    ...used,
    written_bytes: Number(written!.wal),
    transactions: Number(written!.transactions),
    rows_inserted: Number(written!.inserted),
    rows_changed: Number(written!.other)
  }
}

function medians (turns: readonly Cost[]): Cost {
  const names = Object.keys(Object.assign({}, ...turns) as Cost)
  return Object.fromEntries(names.map((name) => [name, quantile(turns.map((turn) => turn[name] ?? 0), 0.5)]))
}

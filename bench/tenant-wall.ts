import pg from 'pg'
import { cpuByProcess, openBenchStack, type BenchStack } from './bench-stack.ts'
import { sender } from './create-ticket.ts'
import { allFollowed, reader, seed } from './list-tickets.ts'
import { closedLoop, mean, quantile } from './measure.ts'
import { atRest } from './process-cost.ts'
import type { Options, Result } from './scenario.ts'

type Side = 'walled' | 'open'

/** What one kind of call took in one turn. */
interface Turn {
  perSecond: number
  /** Of stack and Postgres, with all that follows from the call. */
  cpuMicros: number
}
const figureNames = { perSecond: 'per_second', cpuMicros: 'cpu_micros' } as const

/**
 * What the wall between tenants costs: one stack is asked for pages of tickets and for new tickets, by turns with its
 * policies and without them. The median of all rounds counts.
 */
export async function run ({ quick }: Options): Promise<Result> {
  const bench = await openBenchStack(['customer', 'admin', 'manager'], { connections: 32 })
  const client = new pg.Client({ connectionString: bench.databaseUrl })
  try {
    await client.connect()
    await seed(bench.api, 1_000)
    await allFollowed(bench.databaseUrl)
    const setWall = await wallOf(client)
    const calls = {
      list: { call: reader(bench.pool, bench.token), concurrency: 8 },
      create: { call: sender(bench.pool, bench.token), concurrency: 32 }
    }
    const figures: Record<string, number> = {}
    for (const [name, call] of Object.entries(calls)) {
      const rounds: Array<Record<Side, Turn[]>> = []
      for (let round = 0; round < (quick ? 2 : 6); round++) {
        const turns: Record<Side, Turn[]> = { walled: [], open: [] }
        // whatever grows meanwhile counts as much for one as for the other
        for (const side of ['walled', 'open', 'open', 'walled'] as const) {
          await setWall(side)
          turns[side].push(await turnOf(bench, client, { ...call, seconds: quick ? 1.5 : 3 }))
        }
        rounds.push(turns)
      }
      const median = (of: (round: Record<Side, Turn[]>) => number): number => quantile(rounds.map(of), 0.5)
      for (const figure of ['perSecond', 'cpuMicros'] as const) {
        const own = (turns: Turn[]): number => mean(turns.map((turn) => turn[figure]))
        figures[`${name}_${figureNames[figure]}`] = median(({ walled }) => own(walled))
        figures[`${name}_${figureNames[figure]}_times_without`] = median(({ walled, open }) => own(walled) / own(open))
      }
    }
    return {
      figures,
      targets: {
        list_per_second_times_without: { atLeast: 0.97 },
        list_cpu_micros_times_without: { atMost: 1.03 },
        create_per_second_times_without: { atLeast: 0.97 },
        create_cpu_micros_times_without: { atMost: 1.03 }
      }
    }
  } finally {
    await client.end()
    await bench.close()
  }
}

/** Calls in a closed loop after a second of warm-up, in which connections plan their statements anew. */
async function turnOf (
  { stack }: BenchStack,
  client: pg.Client,
  { call, concurrency, seconds }: { call: () => Promise<void>, concurrency: number, seconds: number }
): Promise<Turn> {
  await closedLoop({ concurrency, seconds: 1, call })
  await atRest([stack.pid])
  const before = await cpuByProcess(stack.pid, client)
  const perSecond = await closedLoop({ concurrency, seconds, call })
  await atRest([stack.pid])
  const after = await cpuByProcess(stack.pid, client)
  const spent = [...after].reduce((sum, [pid, cpu]) => sum + cpu - (before.get(pid) ?? 0), 0)
  return { perSecond, cpuMicros: spent / (perSecond * seconds) * 1e6 }
}

/** Takes the policies of all tables away, or puts them back. */
async function wallOf (client: pg.Client): Promise<(side: Side) => Promise<void>> {
  const { rows } = await client.query<{ name: string }>(
    'select oid::regclass::text as name from pg_class where relrowsecurity order by 1'
  )
  if (rows.length === 0) throw new Error('no table has policies')
  return async (side) => {
    for (const { name } of rows) {
      await client.query(`alter table ${name} ${side === 'walled' ? 'enable' : 'disable'} row level security`)
    }
  }
}

import { spawn } from 'node:child_process'
import { asOwner } from '@dueline/testkit'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isTransient } from '@dueline/postgres'
import type { Database, Tx } from '@dueline/postgres'
import t from 'tap'
import type { TestContext } from '@dueline/testkit'
import type { Timers } from '@dueline/timers'
import { mutate, raceKind, raceTables, violations } from '../fixtures/race.ts'
import { anotherPool, ownerId, sampleDatabase, sampleTimers } from '../fixtures/sample.ts'

// few, so that everybody is at the same owners all the time
const owners = 15
// seconds on a free machine; on a crowded one the race just takes longer to have enough rounds

const tenants = ['acme', 'globex']
const engineOptions = { loadMs: 50, horizonMs: 100 }

async function raceDatabase (t: TestContext) {
  const { database, url } = await sampleDatabase(t)
  await asOwner(database, raceTables)
  for (const tenant of tenants) {
    await database.pool.query(
      `insert into racer (tenant_id, id)
        select $1, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
        from generate_series(0, $2::int - 1) n`,
      [tenant, owners]
    )
  }
  return { database, url }
}

/** A linear congruential generator: the same choices in every run (the interleaving is the machine's). */
function choices (seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = state * 48_271 % 2_147_483_647
    return state % below
  }
}

/**
 * Changes owners without a pause until it is stopped; returns how many changes, and how many were refused for a
 * deadlock.
 */
async function mutateOn (
  database: Database,
  timers: Timers,
  seed: number,
  signal: AbortSignal
): Promise<{ changes: number, refused: number }> {
  const choose = choices(seed)
  const counts = { changes: 0, refused: 0 }
  while (!signal.aborted) {
    const due = choose(4) === 0 ? null : choose(40_000) - 5_000
    try {
      await mutate(database, timers, tenants[choose(2)] ?? '', ownerId(choose(owners)), due, choose(3))
      counts.changes++
    } catch (error) {
      if (!isTransient(error)) throw error
      counts.refused++
    }
  }
  return counts
}

function firer (url: string): ChildProcess {
  return spawn(process.execPath, [
    ...process.execArgv,
    fileURLToPath(new URL('../fixtures/firer.ts', import.meta.url)),
    url
  ], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Starts a firer, lets it fire for a while, and kills it; so many times. */
async function killFirers (t: TestContext, url: string, times: number): Promise<void> {
  const choose = choices(11)
  for (let kills = 0; kills < times; kills++) {
    const child = firer(url)
    t.teardown(() => child.kill('SIGKILL'))
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    await pause(30 + choose(400))
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

/** Runs the race until so many firings and kills have happened, waits until nothing is due any more, and reports. */
async function race (
  t: TestContext,
  { firings, kills, firers }: { firings: number, kills: number, firers: (pool: Database) => Timers }
) {
  const { database, url } = await raceDatabase(t)
  const engines = [anotherPool(t, url), anotherPool(t, url), anotherPool(t, url)].map(firers)
  let count = 0
  const enough = Promise.race(
    engines.map(async (engine) => await engine.fired.next((due) => (count += due.length) >= firings))
  )
  for (const engine of engines) await engine.start()
  const end = new AbortController()
  t.teardown(() => end.abort())
  const mutators = [1, 2, 3, 4].map(async (seed) =>
    await mutateOn(database, engines[seed % 3] as Timers, seed * 7_919, end.signal)
  )
  await Promise.all([enough, killFirers(t, url, kills)])
  end.abort()
  const counts = await Promise.all(mutators)
  // firing arms every second version again, once: so this comes to an end
  const pending = async (): Promise<number> =>
    Number((await database.pool.query('select count(*) from timer')).rows[0].count)
  for (let n = 0; n < 100 && await pending() > 0; n++) await engines[0]?.loaded.next()
  for (const engine of engines) await engine.stop()
  const found = {
    ...await violations(database),
    pending: await pending(),
    deadlock: counts.reduce((sum, each) => sum + each.refused, 0)
  }
  const { rows } = await database.pool.query('select count(*) as firings from firing')
  t.comment(
    `${rows[0].firings} firings, ${counts.reduce((sum, each) => sum + each.changes, 0)} changes, ${kills} kills: ` +
      `${JSON.stringify(found)}`
  )
  return found
}

function racing (t: TestContext, pool: Database): Timers {
  const engine = sampleTimers(t, pool, { ...engineOptions, kinds: {} })
  engine.handle('race', raceKind(engine, 1))
  return engine
}

const clean = { duplicate: 0, stale: 0, lost: 0, torn: 0, pending: 0, deadlock: 0 }

t.test('three firers, four mutators, a firer killed over and over: each timer fires exactly once', async (t) => {
  const found = await race(t, {
    firings: 300,
    kills: 4,
    firers: (pool) => racing(t, pool)
  })
  t.same(found, clean)
})

t.test('the counter-test: without the lock on the owner the invariants break', async (t) => {
  // Which interleavings happen is the machine's choice: one race may pass by luck, five in a row do not.
  let broken = 0
  for (let races = 0; races < 5 && broken === 0; races++) {
    const { torn, duplicate, stale, deadlock } = await race(t, {
      firings: 200,
      kills: 0,
      firers: (pool) => racing(t, withoutOwnerLock(pool))
    })
    broken = torn + duplicate + stale + deadlock
  }
  t.ok(broken > 0, `${broken} times a command saw its owner fire while it had it locked, or deadlocked with it`)
})

t.test('the counter-test: reading what is due and deleting it afterwards fires twice', async (t) => {
  const found = await race(t, {
    firings: 200,
    kills: 0,
    firers: (pool) => racing(t, readThenAct(pool))
  })
  t.ok(found.duplicate > 0, `${found.duplicate} versions fired more than once`)
})

/** The same engine, its statements changed on the way to the server. */
function rewriting (database: Database, rewrite: (text: string) => string): Database {
  const wrap = (tx: Tx): Tx => {
    const client = new Proxy(tx.$client, {
      get (target, property) {
        if (property !== 'query') return Reflect.get(target, property)
        return async (config: string | { name?: string, text: string, values: unknown[] }, values?: unknown[]) => {
          if (typeof config === 'string') return await target.query(config, values)
          return await target.query({ text: rewrite(config.text), values: config.values })
        }
      }
    })
    return Object.defineProperty(tx, '$client', { value: client })
  }
  return { ...database, tx: async (fn) => await database.tx(async (tx) => await fn(wrap(tx))) }
}

function withoutOwnerLock (database: Database): Database {
  return rewriting(database, (text) => text.replace('for update of o skip locked', ''))
}

/** No lock, and the answer is what was read, not what was deleted. */
function readThenAct (database: Database): Database {
  return rewriting(
    database,
    (text) =>
      text.replace('for update of o skip locked', '').replace(
        'gone.* from (values (1)) one left join gone on true order by gone.due_at',
        'gone.*, null as traceparent from (values (1)) one left join due gone on true order by gone.due_at'
      )
  )
}

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createApi } from '@dueline/demo'
import { acquireServer } from '@dueline/embedded-postgres'
import pg from 'pg'
import { Pool } from 'undici'
import { forkStack } from '../test/harness/stack-process.ts'
import { closedLoop } from './measure.ts'
import type { Result } from './scenario.ts'

const tenant = 'bench'
const customerId = '01990000-0000-7000-8000-00000000000c'
const concurrency = 8
/** Twenty times what Libredesk answered on two such cores, at the same concurrency: 54 pages a second. */
const pagesPerSecondWanted = 1_080

/**
 * Pages of 20 among 10,000 tickets through the gateway of the whole embedded stack: the newest, those of one status and priority,
 * and a search for words; beside a bare Fastify with pg that reads the newest from the same table: same run, turn about.
 */
export async function run ({ quick }: { quick: boolean }): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-bench-'))
  const stack = await forkStack({ folder })
  const server = await acquireServer(join(folder, 'postgres'), {})
  const database = new URL(server.url)
  database.pathname = '/dueline'
  const bare = fork(fileURLToPath(new URL('./peers/bare-list.ts', import.meta.url)), [database.href])
  const pools: Pool[] = []
  try {
    const [{ url }] = await once(bare, 'message') as [{ url: string }]
    const token = await stack.token({ tenant, personId: customerId, roles: ['customer', 'admin', 'manager'] })
    await seed(stack.url, token, quick ? 1_000 : 10_000)
    await atRest(database.href)
    const reader = (base: string, query: string): () => Promise<void> => {
      const pool = new Pool(base, { connections: concurrency })
      pools.push(pool)
      return async () => {
        const answer = await pool.request({ path: `/v1/tickets?limit=20${query}`, method: 'GET', headers: { authorization: `Bearer ${token}` } })
        const { items } = await answer.body.json() as { items: unknown[] }
        if (answer.statusCode !== 200 || items.length !== 20) throw new Error(`answered ${answer.statusCode} with ${items?.length} tickets`)
      }
    }
    const readers = { bare: reader(url, ''), newest: reader(stack.url, ''), filtered: reader(stack.url, '&status=new&priority=P2'), searched: reader(stack.url, '&q=printer') }
    const rates = new Map<string, number[]>()
    for (const call of Object.values(readers)) await closedLoop({ concurrency, seconds: 1, call })
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      for (const [name, call] of Object.entries(readers)) rates.set(name, [...rates.get(name) ?? [], await closedLoop({ concurrency, seconds: quick ? 2 : 5, call })])
    }
    const mean = (name: string): number => rates.get(name)!.reduce((sum, value) => sum + value, 0) / rates.get(name)!.length
    return {
      figures: {
        pages_per_second: mean('newest'),
        filtered_pages_per_second: mean('filtered'),
        searched_pages_per_second: mean('searched'),
        bare_pages_per_second: mean('bare'),
        share_of_bare: mean('newest') / mean('bare')
      },
      targets: { pages_per_second: { atLeast: pagesPerSecondWanted } }
    }
  } finally {
    await Promise.all(pools.map((pool) => pool.close()))
    bare.kill()
    await stack.stop()
    await server.release()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Tickets of every priority; a tenth of them about printers. */
async function seed (url: string, token: string, count: number): Promise<void> {
  const api = createApi(url, token)
  await api.post('/v1/people', { id: customerId, role: 'customer', name: 'Bench', screenName: 'Bench', email: null, language: 'en' })
  for (let made = 0; made < count; made += 100) {
    const tickets = Array.from({ length: 100 }, (_, index) => ({
      subject: index % 10 === 0 ? `The printer ${made + index} is on fire` : `Screen ${made + index} stays dark`, description: 'It started this morning.', priority: `P${index % 4}`, customerId
    }))
    await api.post('/v1/tickets/batch', { tickets })
  }
}

/** Waits until nothing follows from the tickets any more (promises, clocks and their events were still on their way), and counts the tables as autovacuum would within a minute. */
async function atRest (url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (let before = -1, count = 0; count !== before; await pause(2_000)) {
    before = count
    count = (await client.query<{ count: number }>('select count(*)::int as count from notification.feed_event')).rows[0]!.count
  }
  await client.query('vacuum analyze')
  await client.end()
}
